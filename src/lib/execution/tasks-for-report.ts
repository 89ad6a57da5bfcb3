/** The tasks of an operation that is over, without what nobody asks of them any more. */
import { batchCount } from '../machine/operation-state.ts'
import type { OperationSpec, StageSpec } from '../machine/spec.ts'
import type { OperationStore, TaskRecord } from '../ports/operations.ts'
import { tellsSessions } from './report.ts'

/** Whole rows that are in memory at once: ten thousand timelines would take hundreds of megabytes. */
const rowsAtOnce = 500

/** By their ordinals, as one listing of all would have them. `see`: each one, with its whole timeline. */
export async function tasksForReport(
  store: Pick<OperationStore, 'tasks'>,
  id: string,
  { stages }: Pick<OperationSpec, 'stages'>,
  see: (task: TaskRecord) => void = () => {},
): Promise<readonly TaskRecord[]> {
  const found: TaskRecord[] = []
  for (const stage of stages.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
    for (const batches of partsOf(stage)) {
      const whole = await store.tasks(id, { stage: stage.name, batches })
      whole.forEach(see)
      found.push(...whole.map(shortened))
    }
  return found.sort((a, b) => a.ordinal - b.ordinal)
}

function partsOf(stage: StageSpec): readonly (readonly [number, number])[] {
  const together = Math.max(1, Math.floor(rowsAtOnce / (stage.batchSize ?? rowsAtOnce)))
  const parts = Math.ceil(batchCount(stage) / together)
  return Array.from({ length: parts }, (_, part) => [part * together, (part + 1) * together - 1] as const)
}

/** Of the timeline: both ends, and what was last told of sessions. */
function shortened(task: TaskRecord): TaskRecord {
  const { timeline } = task
  const [first, last, seen] = [timeline.at(0), timeline.at(-1), timeline.findLast(tellsSessions)]
  return { ...task, timeline: timeline.filter((entry) => entry === first || entry === last || entry === seen) }
}
