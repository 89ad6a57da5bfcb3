/** Where a tick of one host stands, for walks over its steps. */

import { type Place, placeOf, walk } from '../../src/lib/execution/walk-task.ts'
import type { OperationSpec, StageSpec, Subject } from '../../src/lib/machine/spec.ts'
import type { Look } from '../../src/lib/machine/step.ts'
import { newTask, type OpenTask, type TaskIntent } from '../../src/lib/machine/task-state.ts'
import type { OperationRecord } from '../../src/lib/ports/operations.ts'
import type { Step, StepContext } from '../../src/lib/ports/steps.ts'
import type { World } from '../../src/lib/ports/world.ts'
import { begunAt, callOf, hostSpec, openEngine, putOperation, putTask, stepOf } from './engine-world.ts'
import { hostSubject } from './step-things.ts'

export const startVm = stepOf('startVm', () => ({ kind: 'notBegun' }))

export type Placed = {
  readonly stage?: Partial<StageSpec>
  readonly spec?: Partial<OperationSpec>
  readonly subject?: Subject
  readonly operation?: Partial<OperationRecord>
  readonly doubtUntil?: number
  readonly gateways?: World['gateways']
  /** Of `startVm`, the only step there is. */
  readonly look?: (context: StepContext) => Promise<Look>
  readonly begins?: boolean
  readonly pollEvery?: number
}

/** Where a tick of one host stands, and what it has looked at. */
export async function placed(given: Placed = {}) {
  const contexts: StepContext[] = []
  const opened = openEngine((world) => {
    const look = async (context: StepContext): Promise<Look> => {
      contexts.push(context)
      return given.look?.(context) ?? { seen: { kind: 'done' }, readAt: context.now }
    }
    const limits = { ...startVm.limits, pollEvery: given.pollEvery ?? startVm.limits.pollEvery }
    const step: Step = { ...startVm, limits, look, ...(given.begins && { begin: async () => ({ kind: 'accepted' }) }) }
    return {
      ...world,
      ...(given.gateways && { gateways: given.gateways }),
      steps: { startVm: step } as unknown as World['steps'],
    }
  })
  const spec = hostSpec(given.spec)
  const operation = { ...(await putOperation(opened, { spec })), ...given.operation }
  const record = await putTask(opened, 'op-1')
  const stage: StageSpec = {
    name: 'capacity',
    after: [],
    steps: [callOf('startVm'), callOf('startVm', { side: 'primary' })],
    tasks: [hostSubject],
    trouble: 'turnBack',
    ...given.stage,
  }
  const place: Place = placeOf({
    world: opened.world,
    spec,
    stage,
    subject: given.subject ?? hostSubject,
    record,
    operation,
    ...(given.doubtUntil !== undefined && { doubtUntil: given.doubtUntil }),
  })
  return {
    ...opened,
    place,
    contexts,
    walk: (task: Partial<OpenTask> = {}, intent: TaskIntent = 'run') =>
      walk(place, { ...newTask(begunAt), ...task }, intent),
  }
}
