import { describe, expect, it } from 'vitest'
import { countsOf, isReleased, isToRetry, isToTakeBack, tallyOf } from '../../../src/lib/execution/tally.ts'
import { type Fold, newOperation, noTasks, type OperationState } from '../../../src/lib/machine/operation-state.ts'
import type { OperationSpec } from '../../../src/lib/machine/spec.ts'
import { newTask, type OverTask } from '../../../src/lib/machine/task-state.ts'
import type { OperationStore, TaskGlance } from '../../../src/lib/ports/operations.ts'
import { begunAt, openEngine, putTask } from '../../support/engine-world.ts'
import { specWith, stage, standing, stateOf } from '../../support/operation-machine.ts'

const glance = (status: TaskGlance['status'], batch: number): TaskGlance => ({
  stage: 'desktops',
  key: 'avd-1',
  batch,
  tick: 0,
  dueAt: 0,
  retries: 0,
  status,
  outcome: '',
  hasUndo: false,
  isUnproven: false,
  isHalfWay: false,
  step: '',
})

const state: OperationState = {
  ...newOperation({ stages: [], grantWithoutSignOutProof: false } as unknown as OperationSpec, 0),
  stages: { desktops: { status: 'open', heldSince: {}, releasedBatches: 2, tally: noTasks } },
}
const back: OperationState = { ...state, status: 'goingBack' }

describe('a task', () => {
  it.each<[string, TaskGlance, OperationState, boolean]>([
    ['of a batch that is out', glance('waiting', 1), state, true],
    ['of a batch whose turn has not come', glance('waiting', 2), state, false],
    ['of such a batch, when everything is taken back', glance('waiting', 2), back, true],
    ['that has begun, whatever its batch', glance('open', 2), state, true],
    ['of a stage that has not opened', { ...glance('waiting', 0), stage: 'grant' }, state, false],
  ])('%s', (_, task, operation, expected) => {
    expect(isReleased(task, operation)).toBe(expected)
  })
})

describe('a count', () => {
  /** Eight desktops, two a batch. */
  const desktops = stage('desktops', 8, { batchSize: 2 })
  const spec = specWith(desktops)
  const done: OverTask = { status: 'over', outcome: 'succeeded', at: 0, undo: [], passedOver: [] }
  const failed: OverTask = { ...done, outcome: 'failed' }
  const folds: readonly Fold[] = [
    { runs: [[0, 0]], tally: { ...noTasks, succeeded: 2 } },
    { runs: [[1, 1]], tally: { ...noTasks, succeeded: 1, failed: 1 }, retries: 0 },
  ]
  const at = (releasedBatches: number, more: Partial<OperationState> = {}, known: readonly Fold[] = folds) =>
    stateOf(spec, { desktops: standing('open', {}, { releasedBatches, folds: known }) }, more)

  /** What is counted, and how many rows were read for it. */
  async function counted(states: readonly (OverTask | 'open')[], operation: OperationState) {
    const opened = openEngine()
    for (const [ordinal, task] of states.entries())
      await putTask(opened, 'op-1', {
        stage: 'desktops',
        key: `desktops-${ordinal}`,
        ordinal,
        batch: Math.floor(ordinal / 2),
        tick: 3,
        state: task === 'open' ? newTask(begunAt) : task,
      })
    let rows = 0
    const { tallies, batches } = await countsOf(
      {
        async glances(...asked) {
          const found = await opened.world.operations.glances(...asked)
          rows += found.length
          return found
        },
      },
      'op-1',
      spec,
      operation,
    )
    return { tally: tallies.desktops, read: [...(batches.desktops?.keys() ?? [])].sort(), rows }
  }

  it('reads only batches that are out and not folded', async () => {
    const states = [done, done, done, failed, done, 'open', 'open', 'open'] as const
    expect(await counted(states, at(3))).toEqual({
      tally: { ...noTasks, succeeded: 4, failed: 1, open: 3 },
      read: [2],
      rows: 2,
    })
  })

  it('reads a batch with failures again when they are to try again', async () => {
    const states = [done, done, done, failed, 'open', 'open', 'open', 'open'] as const
    expect(await counted(states, at(3, { retries: 1 }))).toEqual({
      tally: { ...noTasks, succeeded: 3, open: 5, toRetry: 1 },
      read: [1, 2],
      rows: 4,
    })
  })

  it('sees what was taken back before its batch was out, when it is to try again', async () => {
    const aborted: OverTask = { ...done, outcome: 'aborted' }
    const states = [done, done, done, done, aborted, aborted, aborted, aborted] as const
    const known = [{ runs: [[0, 1]], tally: { ...noTasks, succeeded: 4 } }] as const
    expect(await counted(states, at(3, { retries: 1 }, known))).toMatchObject({ tally: { toRetry: 4, open: 4 } })
  })

  it('believes no fold on the way back', async () => {
    const states = ['open', done, done, failed, 'open', 'open', 'open', 'open'] as const
    const back = at(3, { status: 'goingBack', backAt: 'desktops' })
    expect(await counted(states, back)).toMatchObject({ tally: { succeeded: 2, failed: 1, open: 5 }, rows: 8 })
  })

  it('leaves stages alone whose turn to be taken back has not come', async () => {
    const back = at(3, { status: 'goingBack', backAt: 'secure' })
    expect(await counted([done, done], back)).toEqual({ tally: undefined, read: [], rows: 0 })
  })

  it.each<[string, number, Partial<OperationState>, object[]]>([
    ['what is out and not folded', 3, {}, [{ batches: [2, 2] }]],
    [
      'also what was over before its batch was out, where it is to try again',
      3,
      { retries: 1 },
      [{ batches: [1, 2] }, { batches: [3, 4], status: 'over' }],
    ],
    ['no more than that where all batches are out', 4, { retries: 1 }, [{ batches: [1, 3] }]],
  ])('asks for %s', async (_, releasedBatches, more, expected) => {
    const asked: unknown[] = []
    const glances: OperationStore['glances'] = async (_id, _stage, which) => {
      asked.push(which)
      return []
    }
    await countsOf({ glances }, 'op-1', spec, at(releasedBatches, more))
    expect(asked).toEqual(expected)
  })

  it('asks for nothing of a stage that waits', async () => {
    const glances = () => Promise.reject(new Error('it was asked for'))
    const waiting = stateOf(spec, { desktops: standing('waiting') })
    expect(await countsOf({ glances }, 'op-1', spec, waiting)).toEqual({ tallies: {}, batches: {} })
  })

  it.each([
    [5, 5],
    [6, 1],
  ])('reads %i runs of stragglers by %i listings', async (runs, listings) => {
    const wide = specWith(stage('desktops', 2 * runs, { batchSize: 1 }))
    const folded = Array.from({ length: runs }, (_, i) => [2 * i, 2 * i] as const)
    const fold = { runs: folded, tally: { ...noTasks, succeeded: runs } }
    const state = stateOf(wide, { desktops: standing('open', {}, { releasedBatches: 2 * runs, folds: [fold] }) })
    const asked: unknown[] = []
    const glances: OperationStore['glances'] = async (_id, _stage, which) => {
      asked.push(which?.batches)
      return []
    }
    await countsOf({ glances }, 'op-1', wide, state)
    expect(asked).toHaveLength(listings)
    expect([asked[0], asked.at(-1)]).toEqual(
      listings === 1
        ? Array(2).fill([1, 2 * runs - 1])
        : [
            [1, 1],
            [2 * runs - 1, 2 * runs - 1],
          ],
    )
  })

  it('reads many stragglers with what lies between them', async () => {
    const wide = stage('desktops', 24, { batchSize: 1 })
    const runs = Array.from({ length: 12 }, (_, i) => [2 * i + 1, 2 * i + 1] as const)
    const state = stateOf(specWith(wide), {
      desktops: standing('open', {}, { releasedBatches: 24, folds: [{ runs, tally: { ...noTasks, succeeded: 12 } }] }),
    })
    const opened = openEngine()
    let listings = 0
    const row = { stage: 'desktops', tick: 3, state: done } as const
    for (let batch = 0; batch < 24; batch++)
      await putTask(opened, 'op-1', { ...row, key: `desktops-${batch}`, ordinal: batch, batch })
    const store = {
      glances: (...asked: Parameters<typeof opened.world.operations.glances>) => {
        listings++
        return opened.world.operations.glances(...asked)
      },
    }
    const { tallies } = await countsOf(store, 'op-1', specWith(wide), state)
    expect({ tally: tallies.desktops, listings }).toEqual({ tally: { ...noTasks, succeeded: 24 }, listings: 1 })
  })

  it('of a stage where one sign-out was not proven comes to the retry of those alone', async () => {
    const unproven: OverTask = { ...done, passedOver: ['signOutUsers'] }
    const known = [{ runs: [[0, 3]], tally: { ...noTasks, succeeded: 8, unproven: 1 }, retries: 0 }] as const
    const states = [unproven, done, done, done, done, done, done, done] as const
    expect(await counted(states, at(4, { retries: 1 }, known))).toMatchObject({ tally: { toRetry: 1, succeeded: 7 } })
  })
})

describe('tasks that are over', () => {
  const ended = (outcome: TaskGlance['outcome'], more: Partial<TaskGlance> = {}): TaskGlance => ({
    ...glance('over', 0),
    outcome,
    ...more,
  })

  it('are counted by what they came to, and by what they left', () => {
    const glances = [
      ended('succeeded'),
      ended('succeeded', { isUnproven: true, hasUndo: true }),
      ended('succeeded', { isUnproven: true }),
      ended('degraded', { isUnproven: true, hasUndo: true }),
      ended('failed', { isHalfWay: true }),
      ended('failed', { hasUndo: true }),
      ended('aborted', { hasUndo: true }),
      glance('open', 0),
      glance('waiting', 0),
    ]
    expect(tallyOf(glances, state)).toEqual({
      ...noTasks,
      open: 2,
      succeeded: 3,
      degraded: 1,
      failed: 2,
      aborted: 1,
      unproven: 2,
      halfWay: 1,
      stuck: 2,
      undoLeft: 2,
    })
  })

  it('are open again where they are to try again', () => {
    expect(tallyOf([ended('failed'), ended('succeeded')], { ...state, retries: 1 })).toEqual({
      ...noTasks,
      open: 1,
      toRetry: 1,
      succeeded: 1,
    })
  })

  it.each<[string, TaskGlance, Partial<OperationState>, boolean]>([
    ['failed', ended('failed'), {}, true],
    ['was aborted', ended('aborted'), {}, true],
    ['could not be proven', ended('succeeded', { isUnproven: true }), {}, true],
    ['succeeded', ended('succeeded'), {}, false],
    ['has tried again already', ended('failed', { retries: 1 }), {}, false],
    ['is still open', glance('open', 0), {}, false],
    ['is still open with something unproven behind it', { ...glance('open', 0), isUnproven: true }, {}, false],
    ['failed, on the way back, with nothing left', ended('failed'), { status: 'goingBack' }, false],
    ['failed, on the way back, with something left', ended('failed', { hasUndo: true }), { status: 'goingBack' }, true],
    ['succeeded, on the way back', ended('succeeded', { hasUndo: true }), { status: 'goingBack' }, false],
  ])('try again when the task %s: %#', (_, task, more, expected) => {
    expect(isToRetry(task, { ...state, retries: 1, ...more })).toBe(expected)
  })

  it.each<[TaskGlance, OperationState, boolean]>([
    [ended('succeeded', { hasUndo: true }), back, true],
    [ended('degraded', { hasUndo: true }), back, true],
    [ended('succeeded'), back, false],
    [ended('failed', { hasUndo: true }), back, false],
    [ended('aborted', { hasUndo: true }), back, false],
    [ended('succeeded', { hasUndo: true }), state, false],
    [{ ...glance('open', 0), hasUndo: true }, back, false],
  ])('are taken back only where they did something, and all goes back (%#)', (task, operation, expected) => {
    expect(isToTakeBack(task, operation)).toBe(expected)
  })
})
