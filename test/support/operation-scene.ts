/** An operation with rows, one tick of it, and what it sends with which delay. */

import { tickOperation } from '../../src/lib/execution/tick-operation.ts'
import { newOperation, type OperationState } from '../../src/lib/machine/operation-state.ts'
import type { StageSpec } from '../../src/lib/machine/spec.ts'
import type { OverTask } from '../../src/lib/machine/task-state.ts'
import type { TaskRecord } from '../../src/lib/ports/operations.ts'
import type { World } from '../../src/lib/ports/world.ts'
import { begunAt, type Given, hostSpec, openEngine, putOperation, putTask } from './engine-world.ts'

export const done: OverTask = { status: 'over', outcome: 'succeeded', at: 0, undo: [], passedOver: [] }

type Scene = {
  readonly stages: readonly StageSpec[]
  /** Without it the operation is as new. */
  readonly state?: Partial<OperationState>
  readonly given?: Omit<Given, 'spec' | 'state'>
  readonly tasks?: readonly Partial<TaskRecord>[]
  readonly change?: (world: World) => World
}

/** An operation with what is in its rows, and the messages it sends with their delays. */
export async function openOperation({ stages, state, given, tasks = [], change = (world) => world }: Scene) {
  const delays: string[] = []
  const opened = openEngine((bare) => {
    const world = change(bare)
    const { taskTicks, operationTicks } = world
    return {
      ...world,
      taskTicks: {
        send: (message, delay) => {
          delays.push(`${message.stage} ${message.key} ${message.tick} +${delay}`)
          return taskTicks.send(message, delay)
        },
      },
      operationTicks: {
        send: (message, delay) => {
          delays.push(`operation ${message.tick} +${delay}`)
          return operationTicks.send(message, delay)
        },
      },
    }
  })
  const spec = hostSpec({ stages })
  await putOperation(opened, { ...given, spec, state: { ...newOperation(spec, begunAt), ...state } })
  for (const task of tasks) await putTask(opened, 'op-1', task)
  opened.deeds.length = 0
  const { operations } = opened.world
  return {
    ...opened,
    delays,
    tick: (message: { readonly tick?: number; readonly sentAt?: number } = { tick: 1 }) =>
      tickOperation(opened.engine, { v: 1, operationId: 'op-1', ...message }),
    row: async () => (await operations.load('op-1'))?.value,
    tasks: () => operations.tasks('op-1'),
  }
}
