/** What operations of ours have done, or are about to do, about the extensions of machines that failed over. */
import { hours, type Instant, type Millis, minutes } from '../core/time.ts'
import type { OperationKind, StageName } from '../machine/spec.ts'
import { hostKey } from '../planning/situation.ts'
import type { OperationRecord, TaskGlance } from '../ports/operations.ts'
import type { World } from '../ports/world.ts'
import type { OwnWork, OwnWorkOf } from './machines.ts'

/** An event comes late, a day at most as a rule. An older operation of ours would only be repeated, which does no harm. */
const lookBack: Millis = hours(7 * 24)
/** Between an operation's clock and Site Recovery's. */
const slack: Millis = minutes(2)
const readsAtOnce = 16

/** Stage in which each kind restores extensions. */
const stages: Readonly<Partial<Record<OperationKind, StageName>>> = {
  failover: 'desktops',
  failback: 'desktops',
  changeRecoveryPoint: 'repoint',
  restoreExtensions: 'extensions',
}

type Own = { readonly record: OperationRecord; readonly tasks: ReadonlyMap<string, TaskGlance> }
type Parts = Pick<World, 'clock' | 'operations' | 'reports' | 'active'>

/** Of one pair: those that are under way, and those that ended in the last days. */
export async function ownWorkOf(world: Parts, pairId: string): Promise<OwnWorkOf> {
  const kinds = Object.keys(stages) as OperationKind[]
  const reports = await Promise.all(kinds.map((kind) => world.reports.list(`${kind}-${pairId}-`)))
  const ended = reports.flat().map((name) => name.replace(/\.json$/, ''))
  const ids = [...new Set([...(await world.active.list()), ...ended])].filter((id) =>
    kinds.some((kind) => id.startsWith(`${kind}-${pairId}-`)),
  )
  const since = world.clock.now() - lookBack
  const own: Own[] = []
  for (let i = 0; i < ids.length; i += readsAtOnce) {
    const some = await Promise.all(ids.slice(i, i + readsAtOnce).map((id) => load(world, id, pairId, since)))
    own.push(...some.flatMap((one) => (one ? [one] : [])))
  }
  return (host, at) => workOn(own, hostKey(host), at)
}

async function load({ operations }: Parts, id: string, pairId: string, since: Instant): Promise<Own | undefined> {
  const record = (await operations.load(id))?.value
  // One pair's id may be the beginning of another's.
  if (!record || record.pairId !== pairId || endOf(record) < since) return undefined
  const stage = stages[record.kind]
  if (!stage) return undefined
  const glances = await operations.glances(id, stage)
  return { record, tasks: new Map(glances.map((glance) => [glance.key, glance])) }
}

const endOf = ({ state }: OperationRecord): Instant =>
  state.status === 'over' ? (state.endedAt ?? 0) : Number.POSITIVE_INFINITY

function workOn(own: readonly Own[], host: string, at: Instant): OwnWork {
  const work = own
    .filter(({ record }) => concerns(record, at))
    .map(({ record, tasks }) => workOf(record, tasks.get(host)))
  if (work.includes('open')) return 'open'
  return work.includes('over') ? 'over' : 'none'
}

/** What moves the machine itself must have been at work then; what only restores comes afterwards. */
function concerns(record: OperationRecord, at: Instant): boolean {
  const isAfter = endOf(record) + slack >= at
  if (record.kind === 'restoreExtensions') return isAfter && record.createdAt >= at
  return isAfter && record.state.startedAt - slack <= at
}

/** One that failed, was stopped or never came to its turn leaves the machine to whoever else looks after it. */
function workOf({ state }: OperationRecord, task: TaskGlance | undefined): OwnWork {
  if (!task) return 'none'
  // One that ended half-way is noted down when its operation is concluded, as is what it could not even try.
  if (task.status === 'over') return task.isHalfWay || hasArrived(task) ? 'over' : 'none'
  return state.status === 'over' ? 'none' : 'open'
}

const hasArrived = ({ outcome }: TaskGlance): boolean => outcome === 'succeeded' || outcome === 'degraded'
