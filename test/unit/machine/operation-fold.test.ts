import { describe, expect, it } from 'vitest'
import { advanceOperation } from '../../../src/lib/machine/operation.ts'
import { foldBatches, restBetweenCounts, unfoldedRuns, wholeTally } from '../../../src/lib/machine/operation-fold.ts'
import type { Fold, OperationState, StageState, Tally } from '../../../src/lib/machine/operation-state.ts'
import { noTasks } from '../../../src/lib/machine/operation-state.ts'
import { advance, open, over, specWith, stage, standing, stateOf } from '../../support/operation-machine.ts'

/** Ten desktops, two a batch; three batches are out. */
const desktops = stage('desktops', 10, { batchSize: 2 })
const spec = specWith(desktops)
const tally = (parts: Partial<Tally>): Tally => ({ ...noTasks, ...parts })
const running = (folds?: readonly Fold[], more: Partial<OperationState> = {}): OperationState =>
  stateOf(spec, { desktops: standing('open', { open: 10 }, { releasedBatches: 3, ...(folds && { folds }) }) }, more)

function folded(state: OperationState, batches: Readonly<Record<number, Partial<Tally>>>): StageState['folds'] {
  const draft = { state, effects: [], again: false, lookAfter: 0, reasons: [] }
  const read = new Map(Object.entries(batches).map(([batch, parts]) => [Number(batch), tally(parts)]))
  foldBatches(draft, { spec, tallies: {}, batches: { desktops: read }, now: 0 })
  return draft.state.stages.desktops?.folds
}

const both: Fold = { runs: [[0, 0]], tally: tally({ succeeded: 2 }) }
const failing: Fold = { runs: [[1, 1]], tally: tally({ succeeded: 1, failed: 1 }), retries: 0 }

describe('a batch', () => {
  it.each<[string, Partial<Tally>, StageState['folds']]>([
    ['is folded for good when all of it has succeeded', { succeeded: 2 }, [both]],
    [
      'is folded for good when some only came through degraded',
      { succeeded: 1, degraded: 1 },
      [{ runs: [[0, 0]], tally: tally({ succeeded: 1, degraded: 1 }) }],
    ],
    ['is not folded while one of its tasks is not over', { succeeded: 1, open: 1 }, undefined],
    ['is not folded when one of its rows was not seen', { succeeded: 1 }, undefined],
    ['is not folded while a failed task is to try again', { succeeded: 1, open: 1, toRetry: 1 }, undefined],
    [
      'is folded until the next retry when something failed',
      { succeeded: 1, failed: 1 },
      [{ ...failing, runs: [[0, 0]] }],
    ],
    [
      'is folded until the next retry when somebody was not proven gone',
      { succeeded: 2, unproven: 1 },
      [{ runs: [[0, 0]], tally: tally({ succeeded: 2, unproven: 1 }), retries: 0 }],
    ],
  ])('%s', (_, read, expected) => {
    expect(folded(running(), { 0: read })).toEqual(expected)
  })

  it('joins its neighbours', () => {
    const all = folded(running([both]), { 1: { succeeded: 2 }, 2: { succeeded: 2 } })
    expect(all).toEqual([{ runs: [[0, 2]], tally: tally({ succeeded: 6 }) }])
  })

  it('in which something failed lies beside those that hold for good', () => {
    const two = folded(running([both]), { 1: { succeeded: 1, failed: 1 } })
    expect(two).toEqual([both, failing])
    const good = folded(running(two), { 2: { succeeded: 2 } })
    expect(good).toHaveLength(2)
    expect(good).toContainEqual({
      runs: [
        [0, 0],
        [2, 2],
      ],
      tally: tally({ succeeded: 4 }),
    })
    expect(good).toContainEqual(failing)
    expect(folded(running(good), { 2: { succeeded: 2 } })).toEqual(good)
  })

  it('joins those that were folded before it', () => {
    const later: Fold = { runs: [[1, 2]], tally: tally({ succeeded: 4 }) }
    expect(folded(running([later]), { 0: { succeeded: 2 } })).toEqual([
      { runs: [[0, 2]], tally: tally({ succeeded: 6 }) },
    ])
  })

  it('may try again when something in it was aborted, failed besides or not', () => {
    for (const read of [
      { succeeded: 1, aborted: 1 },
      { failed: 1, aborted: 1 },
    ])
      expect(folded(running(), { 0: read })).toEqual([{ runs: [[0, 0]], tally: tally(read), retries: 0 }])
  })

  it('is unfolded by a retry, though nothing else was read', () => {
    expect(folded(running([both, failing], { retries: 1 }), {})).toEqual([both])
  })

  it('is folded by the decision that reads it', () => {
    const read = { desktops: new Map([[0, tally({ succeeded: 2 })]]) }
    const { state } = advanceOperation(running(), { spec, tallies: {}, batches: read, now: 0 })
    expect(state.stages.desktops?.folds).toEqual([both])
  })

  it('is counted once, however often it is read', () => {
    expect(folded(running([both]), { 0: { succeeded: 2 } })).toEqual([both])
  })

  it('lies apart from others while one between them is open', () => {
    expect(folded(running([both]), { 1: { open: 2 }, 2: { succeeded: 2 } })).toEqual([
      {
        runs: [
          [0, 0],
          [2, 2],
        ],
        tally: tally({ succeeded: 4 }),
      },
    ])
  })

  it('is not folded on the way back', () => {
    expect(
      folded(running(undefined, { status: 'goingBack', backAt: 'desktops' }), { 0: { succeeded: 2 } }),
    ).toBeUndefined()
  })

  it('at the end of the stage may be a short one', () => {
    const nine = specWith(stage('desktops', 9, { batchSize: 2 }))
    const draft = { state: stateOf(nine, running().stages), effects: [], again: false, lookAfter: 0, reasons: [] }
    foldBatches(draft, {
      spec: nine,
      tallies: {},
      batches: { desktops: new Map([[4, tally({ succeeded: 1 })]]) },
      now: 0,
    })
    expect(draft.state.stages.desktops?.folds).toEqual([{ runs: [[4, 4]], tally: tally({ succeeded: 1 }) }])
  })
})

describe('what is still to be read', () => {
  it.each<[string, OperationState, [number, number][]]>([
    ['all batches that are out, at first', running(), [[0, 2]]],
    [
      'those that are not folded',
      running([{ ...both, runs: [[1, 1]] }]),
      [
        [0, 0],
        [2, 2],
      ],
    ],
    ['nothing when all are folded', running([{ ...both, runs: [[0, 2]] }]), []],
    ['a batch with failures again, after a retry', running([both, failing], { retries: 1 }), [[1, 2]]],
    ['everything on the way back', running([both], { status: 'goingBack' }), [[0, 2]]],
  ])('%s', (_, state, expected) => {
    expect(unfoldedRuns(desktops, state)).toEqual(expected)
  })
})

describe('the tally of a stage', () => {
  it('is what is folded and what was read; the rest is open', () => {
    const read = [tally({ succeeded: 1, open: 1 })]
    expect(wholeTally(desktops, running([both, failing]), read)).toEqual(tally({ succeeded: 4, failed: 1, open: 5 }))
  })

  it('leaves out what may have tried again since it was folded', () => {
    expect(wholeTally(desktops, running([both, failing], { retries: 1 }), [])).toEqual(tally({ succeeded: 2, open: 8 }))
  })
})

describe('an operation', () => {
  it('forgets what it folded when it turns back', () => {
    const { state } = advance(spec, running([both], { intent: 'abort' }), 0, { desktops: { succeeded: 2, open: 8 } })
    expect(state).toMatchObject({ status: 'goingBack', stages: { desktops: { tally: { succeeded: 2 } } } })
    expect(state.stages.desktops?.folds).toBeUndefined()
  })

  const thousands = stage('desktops', 4_000, { batchSize: 1_000 })
  it.each<[string, StageState, number]>([
    ['every two seconds while few tasks may move', standing('open', { open: 10 }, { releasedBatches: 4 }), 2_000],
    ['more rarely the more there are', standing('open', { open: 3_000 }, { releasedBatches: 2 }), 10_000],
    ['every half minute at least', standing('open', { open: 4_000 }, { releasedBatches: 4 }), 30_000],
    ['without regard to stages at rest', over({ succeeded: 4_000 }), 2_000],
    ['without regard to stages that wait', standing('waiting', { open: 4_000 }), 2_000],
  ])('is counted %s', (_, desktop, expected) => {
    expect(restBetweenCounts(stateOf(specWith(thousands), { desktops: desktop }), [thousands])).toBe(expected)
  })

  it('adds up the tasks of all stages that are open', () => {
    const stages = [stage('secure', 300), stage('capacity', 400)]
    const state = stateOf(specWith(...stages), { secure: open({ open: 300 }), capacity: open({ open: 400 }) })
    expect(restBetweenCounts(state, stages)).toBe(7_000)
  })
})
