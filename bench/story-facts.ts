import type { Change, SimReplicatedItem, SimSessionHost } from '../sim/arm/estate-types.ts'
import type { LedgerEvent } from '../sim/arm/ledger-types.ts'
import { type AsrScenario, jobsOf } from '../sim/arm/site-recovery-job.ts'
import type { Sim } from '../sim/arm/types.ts'
import type { FleetIds } from '../sim/fleets/fleet-ids.ts'
import { idKey } from '../src/lib/core/arm-id.ts'
import type { Instant } from '../src/lib/core/time.ts'
import type { TaskRecord } from '../src/lib/ports/operations.ts'
import type { VmFacts } from './vm-facts.ts'

/** Facts of every desktop that was failed over and committed; the others are missing. */
export function factsOf(sim: Sim, ids: FleetIds, tasks: readonly TaskRecord[]): readonly VmFacts[] {
  sim.agenda.settle()
  const ordinals = new Map(tasks.map(({ key, ordinal }) => [key.toLowerCase(), ordinal]))
  const events = Map.groupBy(sim.ledger.events(), (event) => subjectOf(event))
  const asked = signOutsAsked(sim)
  const items = new Map([...sim.estate.replicatedItems.values()].map((item) => [item.vmName.toLowerCase(), item]))
  return [...sim.estate.sessionHosts.values()].flatMap((host) => {
    const name = host.name.toLowerCase()
    const item = items.get(name)
    const ordinal = ordinals.get(name)
    if (!item || ordinal === undefined) return []
    const facts = vmFacts(sim, ids, { host, item, events: events.get(name) ?? [], asked: asked.get(name) })
    return facts ? [{ host: name, ordinal, ...facts }] : []
  })
}

type Subject = {
  readonly host: SimSessionHost
  readonly item: SimReplicatedItem
  readonly events: readonly LedgerEvent[]
  readonly asked: Instant | undefined
}

function vmFacts(sim: Sim, ids: FleetIds, subject: Subject): Omit<VmFacts, 'host' | 'ordinal'> | undefined {
  const { host, item, events, asked } = subject
  const drained = host.allowNewSession.changes().find(({ value }) => !value)
  const undrained = host.allowNewSession.changes().findLast(({ value }) => value)
  const failover = jobOf(sim, ids, item, 'UnplannedFailover')
  const commit = jobOf(sim, ids, item, 'CommitFailover')
  const pending = item.state.changes().findLast(({ value }) => value === 'CommitPending')
  const ready = events.findLast(({ kind }) => kind === 'hostReady')
  if (!drained || !undrained || !failover?.end || !commit?.end || !pending || !ready) return undefined
  const ended = events.find((event) => event.kind === 'sessionEnded' && event.at < failover.startedAt)
  const signOut =
    ended?.kind === 'sessionEnded' && asked !== undefined
      ? { askedAt: asked, endedAt: ended.at, shown: ended.shownUntil ?? ended.at }
      : undefined
  return {
    hadSession: signOut !== undefined,
    drainedAt: drained.at,
    drainShown: drained.shownFrom,
    ...(signOut && { signOut }),
    acceptedAt: failover.startedAt,
    failedOverAt: failover.end.at,
    failoverShown: Math.max(failover.end.at + failover.lag, pending.shownFrom),
    readyAt: ready.at,
    readyShown: shownAlive(host, ready.at),
    undrainedAt: undrained.at,
    undrainShown: undrained.shownFrom,
    commitAcceptedAt: commit.startedAt,
    committedAt: commit.end.at,
  }
}

/** The job that did it: the last one that succeeded. */
const jobOf = (sim: Sim, { personal }: FleetIds, item: SimReplicatedItem, scenario: AsrScenario) =>
  jobsOf(sim, idKey(personal.vault)).findLast(
    (job) => job.item === item && job.scenario === scenario && job.end?.state === 'Succeeded',
  )

/** Where the status still said Available from before, the heartbeat alone makes the difference, and it is shown at once. */
function shownAlive({ status }: SimSessionHost, readyAt: Instant): Instant {
  const changes: readonly Change<string>[] = status.changes()
  const shown = changes.findLast((change) => change.at < readyAt && change.shownFrom <= readyAt)
  if (shown === undefined || shown.value === 'Available') return readyAt
  return changes.find((change) => change.at === readyAt)?.shownFrom ?? readyAt
}

/** When each host's first sign-out was asked for. */
function signOutsAsked(sim: Sim): ReadonlyMap<string, Instant> {
  const asked = new Map<string, Instant>()
  for (const { action, path, at, status } of sim.ledger.calls()) {
    if (!action.endsWith('/userSessions/delete') || status !== 200) continue
    const host = /\/sessionHosts\/([^/]+)\//i.exec(path)?.[1]?.toLowerCase()
    if (host !== undefined && !asked.has(host)) asked.set(host, at)
  }
  return asked
}

function subjectOf(event: LedgerEvent): string {
  if ('host' in event) return event.host.toLowerCase()
  return 'vm' in event ? (event.vm.split('/').at(-1) ?? '') : ''
}
