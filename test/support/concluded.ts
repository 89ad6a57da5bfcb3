/** An operation that is over, and what its end leaves behind. */
import { conclude } from '../../src/lib/execution/conclude.ts'
import type { OperationState } from '../../src/lib/machine/operation-state.ts'
import type { OperationSpec } from '../../src/lib/machine/spec.ts'
import type { OverTask, Undo } from '../../src/lib/machine/task-state.ts'
import type { PairRecord, TaskRecord } from '../../src/lib/ports/operations.ts'
import { begunAt, hostSpec, openEngine, putOperation, putTask } from './engine-world.ts'
import { stage } from './operation-machine.ts'
import { hostSubject, move } from './step-things.ts'

export const done = (outcome: OverTask['outcome'], parts: Partial<OverTask> = {}): OverTask => ({
  status: 'over',
  outcome,
  at: 0,
  undo: [],
  passedOver: [],
  ...parts,
})
export const scalingOff: Undo = { step: 'enableScalingPlan', side: 'primary' }
export const started: Undo = { step: 'deallocateVm', side: 'secondary' }
export const moved = { outcome: 'succeeded', pastNoReturn: true } as const

export const away = hostSpec({
  stages: [
    stage('secure', 1),
    stage('capacity', 0, { tasks: [hostSubject] }),
    stage('revoke', 0, { tasks: [move('a'), move('b')] }),
    stage('grant', 0, { tasks: [move('c')], pointOfNoReturn: true }),
    stage('settle', 1),
  ],
})
export const home = { ...away, kind: 'failback', target: 'primary' } as const satisfies OperationSpec

export type Parts = {
  readonly spec?: OperationSpec
  readonly state?: Partial<OperationState>
  readonly tasks?: readonly Partial<TaskRecord>[]
  /** The pair before the end. */
  readonly pair?: Partial<PairRecord>
  /** Hosts that an earlier wake-up has left on. */
  readonly leftOn?: readonly string[]
}

/** An operation that is over, and what its end leaves behind. */
export async function concluded({ spec = away, state = moved, tasks = [], pair = {}, leftOn = [] }: Parts) {
  const saved: PairRecord[] = []
  const opened = openEngine((world) => ({
    ...world,
    pairs: {
      ...world.pairs,
      save: (record, etag) => {
        saved.push(record)
        return world.pairs.save(record, etag)
      },
    },
  }))
  const { world } = opened
  const record = await putOperation(opened, { spec, state: { status: 'over', endedAt: begunAt, ...state } })
  for (const task of tasks) await putTask(opened, 'op-1', { tick: 3, ...task })
  const before = await world.pairs.load('pair')
  await world.pairs.save({ ...before.value, ...pair }, before.etag)
  for (const host of leftOn)
    await world.hosts.save({
      pairId: 'pair',
      side: spec.target,
      host,
      firstSeen: 1,
      startFailures: [],
      left: ['deallocateVm'],
      leftSince: 1,
    })
  await conclude(opened.engine, record)
  return {
    ...opened,
    record,
    pair: (await world.pairs.load('pair')).value,
    /** As it was written last. */
    saved: saved.at(-1),
    stillLeft: (await world.hosts.list('pair')).flatMap(({ value }) => (value.left.length > 0 ? [value.host] : [])),
  }
}
