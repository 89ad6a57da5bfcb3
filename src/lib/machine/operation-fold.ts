/**
 * What is counted once and never read again: batches whose tasks are all over (design §6).
 *
 * A task that is over moves again only when failed ones are to try again, or when the operation turns back. So a batch in
 * which nothing failed is folded for good, another one until the next retry, and turning back unfolds everything.
 */
import { type Millis, seconds } from '../core/time.ts'
import {
  batchCount,
  type Draft,
  type Fold,
  type Input,
  noTasks,
  type OperationState,
  operationLookAfter,
  type StageState,
  setStage,
  stageOf,
  type Tally,
} from './operation-state.ts'
import type { StageSpec } from './spec.ts'

/** Folds what `input.batches` shows to be over. Nothing is folded on the way back. */
export function foldBatches(draft: Draft, { spec, batches = {} }: Input): void {
  if (draft.state.status === 'goingBack') return
  for (const stage of spec.stages) {
    const before = stageOf(draft.state, stage.name)
    const valid = validFolds(before, draft.state)
    const fresh = [...(batches[stage.name] ?? [])].filter(
      ([batch, tally]) => !isFolded(valid, batch) && isAtRest(tally, batchLength(stage, batch)),
    )
    if (fresh.length === 0 && valid.length === (before.folds?.length ?? 0)) continue
    setStage(draft, stage.name, { ...before, folds: fresh.reduce(withBatch(draft.state.retries), valid) })
  }
}

/** Those that still hold: what failed in a batch may have tried again since. */
export const validFolds = ({ folds = [] }: StageState, { status, retries }: OperationState): readonly Fold[] =>
  status === 'goingBack' ? [] : folds.filter((fold) => fold.retries === undefined || fold.retries === retries)

export const isFolded = (folds: readonly Fold[], batch: number): boolean =>
  folds.some(({ runs }) => runs.some(([first, last]) => first <= batch && batch <= last))

/** The batches that have been released and are not folded, as runs of neighbours `[first, last]`. */
export function unfoldedRuns({ name }: StageSpec, state: OperationState): readonly Run[] {
  const stage = stageOf(state, name)
  const folds = validFolds(stage, state)
  const batches = Array.from({ length: stage.releasedBatches }, (_, batch) => batch)
  return runsOf(batches.filter((batch) => !isFolded(folds, batch)))
}

/** What the folds hold and what was read besides; everything that is not known to be over is open. */
export function wholeTally(stage: StageSpec, state: OperationState, read: Iterable<Tally>): Tally {
  const folded = validFolds(stageOf(state, stage.name), state).map(({ tally }) => tally)
  const sum = [...folded, ...read].reduce(added, noTasks)
  return { ...sum, open: Math.max(stage.tasks.length - overIn(sum), 0) }
}

export const unfolded = ({ folds: _, ...stage }: StageState): StageState => stage

type Run = Fold['runs'][number]

/** All of them were seen, and all of them are over. */
const isAtRest = (tally: Tally, length: number): boolean => tally.open === 0 && overIn(tally) === length

const overIn = ({ succeeded, degraded, failed, aborted }: Tally): number => succeeded + degraded + failed + aborted

const mayRetry = ({ failed, aborted, unproven }: Tally): boolean => failed + aborted + unproven > 0

function batchLength(stage: StageSpec, batch: number): number {
  const size = stage.batchSize ?? stage.tasks.length
  return batch < batchCount(stage) ? Math.min(size, stage.tasks.length - batch * size) : 0
}

/** At most two folds a stage: what holds for good, and what holds until the next retry. */
const withBatch =
  (retries: number) =>
  (folds: readonly Fold[], [batch, tally]: readonly [number, Tally]): readonly Fold[] => {
    const until: Pick<Fold, 'retries'> = mayRetry(tally) ? { retries } : {}
    const mate = folds.find((fold) => fold.retries === until.retries)
    const runs = runsOf([...(mate?.runs ?? []).flatMap(batchesIn), batch].sort((a, b) => a - b))
    return [...folds.filter((fold) => fold !== mate), { runs, tally: added(mate?.tally ?? noTasks, tally), ...until }]
  }

const batchesIn = ([first, last]: Run): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i)

function runsOf(batches: readonly number[]): readonly Run[] {
  const runs: [number, number][] = []
  for (const batch of batches) {
    const last = runs.at(-1)
    if (last && last[1] === batch - 1) last[1] = batch
    else runs.push([batch, batch])
  }
  return runs
}

const added = (a: Tally, b: Tally): Tally =>
  Object.fromEntries((Object.keys(noTasks) as (keyof Tally)[]).map((name) => [name, a[name] + b[name]])) as Tally

/** Between two counts of an operation's tasks, however often they end. */
const shortestRest: Millis = seconds(2)
/** A count reads a row for each task that may move: a thousand of them are counted every ten seconds. */
const restPerTask: Millis = 10

export function restBetweenCounts(state: OperationState, stages: readonly StageSpec[]): Millis {
  const moving = stages.reduce((sum, stage) => sum + inFlight(stageOf(state, stage.name), stage), 0)
  return Math.min(Math.max(moving * restPerTask, shortestRest), operationLookAfter)
}

/** Released and not over. */
function inFlight({ status, tally, releasedBatches }: StageState, stage: StageSpec): number {
  const released = releasedBatches * (stage.batchSize ?? stage.tasks.length)
  return status === 'open' ? Math.max(tally.open - Math.max(stage.tasks.length - released, 0), 0) : 0
}
