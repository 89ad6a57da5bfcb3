/** Takes the heartbeats of an inventory into the hosts' clocks. A proof never goes backwards, and whoever started the host does not matter. */
import { hours, type Instant, type Millis, minutes } from '../core/time.ts'
import type { HostClock } from '../model/host-clock.ts'
import { withHeartbeat } from '../model/proof.ts'
import type { HostStore } from '../ports/hosts.ts'
import { clockKey } from './plan-wakes.ts'
import type { StandbyHost } from './standby-hosts.ts'

export type FoldInput = {
  readonly pairId: string
  readonly hosts: readonly StandbyHost[]
  /** Hosts users work on. One that has been on standby has a clock, which must not stand still meanwhile. */
  readonly working?: readonly StandbyHost[]
  readonly now: Instant
  /** When the inventory was taken that shows the hosts; `now` when left out. */
  readonly takenAt?: Instant | undefined
}

/** A host that is on proves itself with every inventory: one write an hour keeps it well enough. */
const worthAWrite: Millis = hours(1)
/** And one a day while users work on it. */
const worthAWriteAtWork: Millis = hours(24)
const savesAtOnce = 16

/** The clocks of the pair as they are afterwards. A clock that somebody else saves meanwhile is left to the next inventory. */
export async function foldProofs(store: HostStore, input: FoldInput): Promise<readonly HostClock[]> {
  const kept = await store.list(input.pairId)
  const known = new Map(kept.map((one) => [clockKey(one.value), one]))
  const changeOf = (host: StandbyHost, least: Millis) => {
    const before = known.get(clockKey(host))
    const after = folded(before?.value, host, input, least)
    return after ? [{ before, after }] : []
  }
  const working = (input.working ?? []).filter((host) => known.has(clockKey(host)))
  const changes = [
    ...input.hosts.flatMap((host) => changeOf(host, worthAWrite)),
    ...working.flatMap((host) => changeOf(host, worthAWriteAtWork)),
  ]
  for (let i = 0; i < changes.length; i += savesAtOnce)
    await Promise.all(changes.slice(i, i + savesAtOnce).map(({ before, after }) => store.save(after, before?.etag)))
  const after = new Map([...known].map(([key, { value }]): [string, HostClock] => [key, value]))
  for (const change of changes) after.set(clockKey(change.after), change.after)
  return [...after.values()]
}

/** Undefined: nothing that is worth a write. */
export function folded(
  before: HostClock | undefined,
  { side, host, seen }: StandbyHost,
  { pairId, now, takenAt = now }: Pick<FoldInput, 'pairId' | 'now' | 'takenAt'>,
  least = worthAWrite,
): HostClock | undefined {
  // A clock of AVD's that runs ahead must not make a token last longer.
  const proof = seen.lastHeartbeat === undefined ? undefined : Math.min(seen.lastHeartbeat, now)
  if (!before)
    return {
      pairId,
      side,
      host,
      firstSeen: now,
      startFailures: [],
      left: [],
      ...(proof !== undefined && { lastProof: proof }),
    }
  if (proof === undefined || isTooSoon(before, proof, least)) return undefined
  const after = withHeartbeat(before, proof, takenAt - proof <= fresh)
  const isSame = after.beats?.to === before.beats?.to && after.beats?.isOver === before.beats?.isOver
  return isSame ? undefined : { ...before, ...after }
}

/** Older ones are not of a host that is on; reading a large pool takes its time. */
const fresh: Millis = minutes(10)

/** A run that is proven already. */
const isTooSoon = ({ lastProof, beats }: HostClock, heartbeat: Instant, least: Millis): boolean =>
  beats !== undefined &&
  lastProof !== undefined &&
  beats.from <= lastProof &&
  lastProof <= heartbeat &&
  heartbeat > beats.to &&
  heartbeat - beats.to < least
