/**
 * What an operation leaves to be done for each desktop, noted down at its end: protecting again, a reminder of the commit,
 * extensions that could not even be tried, and what a person began and somebody took over.
 */
import type { Instant } from '../core/time.ts'
import type { OperationSpec, Subject } from '../machine/spec.ts'
import type { OverTask } from '../machine/task-state.ts'
import type { FollowUp } from '../ports/follow-ups.ts'
import type { OperationRecord, TaskRecord } from '../ports/operations.ts'
import type { World } from '../ports/world.ts'
import { byFollowUp } from './start-follow-up.ts'

type Need = Pick<FollowUp, 'kind' | 'reason'> & { readonly notBefore?: Instant }
type Desktop = Extract<Subject, { kind: 'desktop' }>

/** Insertions that are under way at once. */
const atOnce = 20

/** May be repeated: the same need of the same operation is noted once. */
export async function noteFollowUps(
  { followUps }: Pick<World, 'followUps'>,
  spec: OperationSpec,
  record: OperationRecord,
  tasks: readonly TaskRecord[],
): Promise<void> {
  const createdAt = record.state.endedAt ?? record.createdAt
  const all = desktopsOf(spec, tasks).flatMap(({ desktop, task }) =>
    needsOf(spec, record, task, createdAt).map((need): FollowUp => {
      const id = `${need.kind}-${desktop.key}-${record.id}`
      const { pairId, target: side } = spec
      return { pairId, id, host: desktop.host, side, createdAt, notBefore: createdAt, tries: 0, ...need }
    }),
  )
  for (let i = 0; i < all.length; i += atOnce) await Promise.all(all.slice(i, i + atOnce).map(followUps.note))
}

function desktopsOf(spec: OperationSpec, tasks: readonly TaskRecord[]) {
  const states = new Map(tasks.map(({ stage, key, state }) => [`${stage}/${key}`, state]))
  return spec.stages.flatMap(({ name, tasks: subjects }) =>
    subjects.flatMap((desktop) => {
      const task = states.get(`${name}/${desktop.key}`)
      return desktop.kind === 'desktop' ? [{ desktop, task: task?.status === 'over' ? task : undefined }] : []
    }),
  ) satisfies readonly { desktop: Desktop; task: OverTask | undefined }[]
}

function needsOf(
  spec: OperationSpec,
  record: OperationRecord,
  task: OverTask | undefined,
  endedAt: Instant,
): readonly Need[] {
  const { kind } = spec
  if (kind === 'restoreExtensions' || kind === 'reprotect') {
    // What was noted down looks after its own operations.
    const isLeft = record.state.outcome === 'takenOver' && record.requestedBy !== byFollowUp && !hasArrived(task)
    return isLeft ? [{ kind, reason: `Taken over from operation ${record.id}.` }] : []
  }
  const moves = kind === 'failover' || kind === 'failback' || kind === 'changeRecoveryPoint'
  // Half-way it is on the other side, or on its way there.
  if (!moves || !task || !(hasArrived(task) || task.isHalfWay)) return []
  const { reprotect, commitReminder } = spec.followUps ?? {}
  return [
    ...(isUntried(task) ? [{ kind: 'restoreExtensions' as const, reason: untriedText(record) }] : []),
    ...(commitReminder
      ? [
          {
            kind: 'commitReminder' as const,
            reason: commitText(record),
            notBefore: endedAt + commitReminder.remindEvery,
          },
        ]
      : []),
    ...(reprotect ? [{ kind: 'reprotect' as const, reason: `Unprotected since operation ${record.id}.` }] : []),
  ]
}

const hasArrived = (task: OverTask | undefined): boolean =>
  task?.outcome === 'succeeded' || task?.outcome === 'degraded'

const isUntried = ({ isHalfWay, facts }: OverTask): boolean => isHalfWay === true || facts?.extensionsUntried === true

const untriedText = ({ id }: OperationRecord) => `Operation ${id} could not get as far as its extensions.`
const commitText = ({ id }: OperationRecord) => `The commit of operation ${id} is left to a person.`
