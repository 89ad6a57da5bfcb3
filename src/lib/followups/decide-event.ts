/**
 * What becomes of an event: the machines that have really failed over are noted down, and it is looked at again until
 * every machine it names is settled. Nothing of the event is believed but that there may be something to see.
 */
import { idKey, sameId } from '../core/arm-id.ts'
import { hours, type Instant, type Millis, minutes } from '../core/time.ts'
import type { ReplicationJob } from '../model/azure.ts'
import { hostKey } from '../planning/situation.ts'
import type { FollowUp, SiteRecoveryEvent } from '../ports/follow-ups.ts'
import { sideOf, stateOf } from './items.ts'
import { lastOf, type Machine, namedBy, type PairNow } from './machines.ts'

/** A recovery plan waits for people between its groups; after this nobody expects more of it. */
export const lookFor: Millis = hours(4)
/** When Azure did not answer, or an operation of ours still works on it. */
export const lookAtMost: Millis = hours(24)
/** Clocks differ, and an event comes after what it tells of. */
const early: Millis = minutes(30)
const lag: Millis = minutes(5)

export type EventDecision = {
  readonly notes: readonly FollowUp[]
  readonly event: SiteRecoveryEvent
  /** Pairs of which machines that it names are on their way at this moment. */
  readonly underway: readonly string[]
}

export function decideEvent(event: SiteRecoveryEvent, pairs: readonly PairNow[], now: Instant): EventDecision {
  const concerned = pairs.filter(({ pair }) => !event.vaultId || sameId(pair.vault ?? '', event.vaultId))
  const named = concerned.flatMap((pair) => namedBy(event, pair).map((machine): Subject => ({ ...machine, pair })))
  const before = new Set(event.settled)
  const looked = named
    .filter(({ key }) => !before.has(key))
    .map((subject) => ({ subject, seen: lookAt(event, subject, now) }))
  const settled = looked.flatMap(({ subject, seen }) => (seen.kind === 'waits' ? [] : [subject.key]))
  const all = new Set([...event.settled, ...settled])
  const how = endOf(event, {
    now,
    isBlind: concerned.some(({ machines }) => !machines),
    isWaiting: looked.some(({ seen }) => seen.kind === 'waits'),
    isHeld: looked.some(({ seen }) => seen.kind === 'waits' && seen.isOurs),
    isLooked: concerned.every(({ listedAt }) => listedAt > event.receivedAt),
    isAllSettled: isComplete(event, named) && named.every(({ key }) => all.has(key)),
  })
  return {
    notes: looked.flatMap(({ seen }) => (seen.kind === 'note' ? [seen.followUp] : [])),
    event: { ...event, settled: [...all], ...(how && { ended: { at: now, how } }) },
    underway: looked.flatMap(({ subject, seen }) => (isUnderway(seen) ? [subject.pair.pair.id] : [])),
  }
}

type Subject = Machine & { readonly pair: PairNow }

/** Each name and each id stands for a machine that was found. */
const isComplete = ({ itemIds, vms }: SiteRecoveryEvent, found: readonly Machine[]): boolean =>
  itemIds.length + vms.length > 0 && found.length >= Math.max(itemIds.length, new Set(vms.map(lastOf)).size)

type Seen =
  | { readonly kind: 'note'; readonly followUp: FollowUp }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'waits'; readonly isOurs?: true; readonly isUnderway?: true }

const waits: Seen = { kind: 'waits' }
const underway: Seen = { kind: 'waits', isUnderway: true }
const nothing: Seen = { kind: 'nothing' }

const isUnderway = (seen: Seen): boolean => seen.kind === 'waits' && seen.isUnderway === true

function lookAt(event: SiteRecoveryEvent, machine: Subject, now: Instant): Seen {
  const { pair, item, jobs } = machine
  // Protecting again takes hours and leaves the machine alone.
  const isBusy = jobs.some(({ state, scenario }) => state === 'running' && !/switch|reprotect|enable/i.test(scenario))
  if (pair.listedAt <= event.receivedAt) return waits
  if (isBusy) return underway
  const since = jobs.filter(({ startedAt = 0 }) => startedAt > event.receivedAt - early)
  if (event.awaits === 'recoveryPoint') return lookForPoint(event, machine, since, now)
  const state = stateOf(item)
  if (state === 'moved' || hasGoneOn(event, machine)) return judgeMoved(event, machine, now)
  // A commit that is being made still tells of a failover; one that is being protected again runs as it did.
  if (event.awaits === undefined)
    return state === 'settling' && !/^unprotected/i.test(item.protectionState) ? waits : nothing
  const hasFailed = since.some(({ scenario, state: end }) => /failover/i.test(scenario) && end !== 'succeeded')
  // A job that was only just accepted may not be listed yet, and the failed one be that of an earlier try.
  const isListed = pair.listedAt > event.receivedAt + lag
  return state === 'protected' && hasFailed && isListed ? nothing : waits
}

/** The event is late: the machine has moved, and was protected again since. */
function hasGoneOn({ itemIds, towards }: SiteRecoveryEvent, { item, pair }: Subject): boolean {
  const isElsewhere = itemIds.some((id) => lastOf(id) === lastOf(item.id)) && !itemIds.includes(idKey(item.id))
  return isElsewhere || towards === sideOf(item, pair.pair)
}

/** The machine is made anew, and so it may be where its failover was settled long ago: a need of its own. */
function lookForPoint(
  event: SiteRecoveryEvent,
  machine: Subject,
  since: readonly ReplicationJob[],
  now: Instant,
): Seen {
  const [newest] = since
    .filter(({ scenario }) => /recoverypoint|changepit/i.test(scenario))
    .sort((a, b) => (b.startedAt ?? 0) - (a.startedAt ?? 0))
  if (!newest) return stateOf(machine.item) === 'moved' || stateOf(machine.item) === 'settling' ? waits : nothing
  if (newest.state !== 'succeeded') return nothing
  const at = newest.startedAt ?? event.receivedAt
  const own = machine.pair.ownWork(machine.host, at)
  if (own === 'open') return { kind: 'waits', isOurs: true }
  return own === 'over' ? nothing : note(event, machine, `point-${newest.name}`, now)
}

function judgeMoved(event: SiteRecoveryEvent, machine: Subject, now: Instant): Seen {
  const { failedOverAt } = machine.item
  const own = machine.pair.ownWork(machine.host, failedOverAt ?? event.receivedAt)
  if (own === 'open') return { kind: 'waits', isOurs: true }
  if (own === 'over') return nothing
  // Without a time of its own one failover is told from the next by its day.
  return note(event, machine, String(failedOverAt ?? `day-${Math.floor(event.receivedAt / hours(24))}`), now)
}

/** The same failover of the same machine has the same id, whoever tells of it and however often. */
function note({ what }: SiteRecoveryEvent, { host, pair, item }: Subject, failover: string, now: Instant): Seen {
  const followUp: FollowUp = {
    pairId: pair.pair.id,
    id: `restoreExtensions-${hostKey(host)}-${failover}`,
    kind: 'restoreExtensions',
    host,
    side: sideOf(item, pair.pair),
    reason: `Failed over by somebody else: ${what}`.slice(0, 500),
    createdAt: now,
    notBefore: now,
    tries: 0,
  }
  return { kind: 'note', followUp }
}

type Standing = {
  readonly now: Instant
  readonly isBlind: boolean
  readonly isWaiting: boolean
  /** By an operation of ours. */
  readonly isHeld: boolean
  readonly isLooked: boolean
  readonly isAllSettled: boolean
}

function endOf(event: SiteRecoveryEvent, standing: Standing): string | undefined {
  const { now, isBlind, isWaiting, isHeld, isLooked, isAllSettled } = standing
  const age = now - event.receivedAt
  if (isAllSettled && !isBlind) return 'settled: every machine it names'
  const isOnce = event.awaits === undefined
  if (isOnce && isLooked && !isBlind && !isWaiting) return 'settled: looked at once'
  if (age >= lookAtMost) return 'given up: nothing was to be seen for a day'
  return age >= lookFor && !isBlind && !isHeld ? 'nothing more was seen for hours' : undefined
}
