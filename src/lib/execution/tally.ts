import type { OperationState, Tally } from '../machine/operation-state.ts'
import { noTasks } from '../machine/operation-state.ts'
import type { OperationSpec, StageName } from '../machine/spec.ts'
import type { OperationStore, TaskGlance } from '../ports/operations.ts'

/** Counts the tasks of every stage that has opened: one listing a stage, keys and index properties alone. */
export async function talliesOf(
  store: Pick<OperationStore, 'glances'>,
  operationId: string,
  spec: OperationSpec,
  state: OperationState,
): Promise<Partial<Record<StageName, Tally>>> {
  const opened = spec.stages.filter(({ name }) => isCounted(state, name))
  const tallies = await Promise.all(
    opened.map(async ({ name, tasks }) => {
      const tally = tallyOf(await store.glances(operationId, name), state)
      // Rows that are not there yet are open: the stage has just been opened.
      const seen = tally.open + tally.succeeded + tally.degraded + tally.failed + tally.aborted
      return [name, { ...tally, open: tally.open + Math.max(tasks.length - seen, 0) }] as const
    }),
  )
  return Object.fromEntries(tallies)
}

/** A stage at rest is counted again only when its tasks may move: on the way back, or when failed ones try again. */
function isCounted(state: OperationState, name: StageName): boolean {
  const stage = state.stages[name]
  if (!stage || stage.status === 'waiting') return false
  return stage.status === 'open' || state.status === 'goingBack' || stage.tally.failed + stage.tally.aborted > 0
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
