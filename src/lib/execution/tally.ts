import { isFolded, unfoldedRuns, validFolds, wholeTally } from '../machine/operation-fold.ts'
import {
  batchCount,
  type Input,
  noTasks,
  type OperationState,
  stageOf,
  type Tally,
} from '../machine/operation-state.ts'
import type { OperationSpec, StageName, StageSpec } from '../machine/spec.ts'
import type { OperationStore, TaskGlance } from '../ports/operations.ts'

export type Counts = Required<Pick<Input, 'tallies' | 'batches'>>

/** Batches that lie further apart than this many runs are read with what is between them. */
const runLimit = 5

/**
 * Counts the tasks of every stage that has opened, keys and index properties alone. What is folded is not read again; on
 * the way back only the stage that is being taken back is counted.
 */
export async function countsOf(
  store: Pick<OperationStore, 'glances'>,
  operationId: string,
  spec: OperationSpec,
  state: OperationState,
): Promise<Counts> {
  const opened = spec.stages.filter(({ name }) => isCounted(state, name))
  const read = await Promise.all(
    opened.map(async (stage) => {
      const glances = await unfoldedGlances(store, operationId, stage, state)
      return { stage, batches: talliesByBatch(glances, state) }
    }),
  )
  return {
    tallies: Object.fromEntries(
      read.map(({ stage, batches }) => [stage.name, wholeTally(stage, state, batches.values())]),
    ),
    batches: Object.fromEntries(read.map(({ stage, batches }) => [stage.name, batches])),
  }
}

const isCounted = (state: OperationState, name: StageName): boolean =>
  state.status === 'goingBack' ? name === state.backAt : stageOf(state, name).status !== 'waiting'

/** Of a batch that is not out nothing is over, unless an operation that had turned back tries again. */
async function unfoldedGlances(
  store: Pick<OperationStore, 'glances'>,
  operationId: string,
  stage: StageSpec,
  state: OperationState,
): Promise<readonly TaskGlance[]> {
  if (state.status === 'goingBack') return store.glances(operationId, stage.name)
  const { releasedBatches } = stageOf(state, stage.name)
  const read = await Promise.all([
    ...together(unfoldedRuns(stage, state)).map((batches) => store.glances(operationId, stage.name, { batches })),
    ...(state.retries === 0 || releasedBatches >= batchCount(stage)
      ? []
      : [store.glances(operationId, stage.name, { batches: [releasedBatches, batchCount(stage)], status: 'over' })]),
  ])
  const folds = validFolds(stageOf(state, stage.name), state)
  return read.flat().filter(({ batch }) => !isFolded(folds, batch))
}

type Runs = ReturnType<typeof unfoldedRuns>

function together(runs: Runs): Runs {
  const [first, last] = [runs[0], runs.at(-1)]
  return runs.length > runLimit && first && last ? [[first[0], last[1]]] : runs
}

function talliesByBatch(glances: readonly TaskGlance[], state: OperationState): ReadonlyMap<number, Tally> {
  const batches = Map.groupBy(glances, ({ batch }) => batch)
  return new Map([...batches].map(([batch, some]) => [batch, tallyOf(some, state)]))
}

export function tallyOf(glances: readonly TaskGlance[], state: OperationState): Tally {
  const tally = { ...noTasks } as { -readonly [K in keyof Tally]: number }
  for (const glance of glances) {
    if (glance.status !== 'over' || isToRetry(glance, state)) {
      tally.open++
      if (glance.status === 'over') tally.toRetry++
      continue
    }
    if (glance.outcome !== '') tally[glance.outcome]++
    if (glance.outcome === 'succeeded' && glance.isUnproven) tally.unproven++
    if (glance.isHalfWay) tally.halfWay++
    if (glance.hasUndo) tally[glance.outcome === 'failed' || glance.outcome === 'aborted' ? 'stuck' : 'undoLeft']++
  }
  return tally
}

/** On the way back only what could not be taken back is tried again. */
export const isToRetry = (glance: TaskGlance, state: OperationState): boolean => {
  if (glance.status !== 'over' || glance.retries >= state.retries) return false
  const hasFailed = glance.outcome === 'failed' || glance.outcome === 'aborted'
  return state.status === 'goingBack' ? hasFailed && glance.hasUndo : hasFailed || glance.isUnproven
}

/** The operation turns back, and this task has done something that goes with it. */
export const isToTakeBack = ({ status, outcome, hasUndo }: TaskGlance, state: OperationState): boolean =>
  state.status === 'goingBack' && status === 'over' && hasUndo && outcome !== 'failed' && outcome !== 'aborted'

/** Nobody is told, drained or signed out before his batch. */
export const isReleased = ({ status, stage, batch }: TaskGlance, state: OperationState): boolean =>
  status !== 'waiting' || state.status === 'goingBack' || batch < (state.stages[stage]?.releasedBatches ?? 0)
