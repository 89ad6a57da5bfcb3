import type { Instant, Millis } from '../core/time.ts'

/** One answer of storage: when it was asked and answered on the monotonic clock, and the whole second its `Date` named. */
export type Observation = { readonly sent: Millis; readonly received: Millis; readonly date: Instant }
/** Storage's clock minus the monotonic clock lies between `lower` and `upper`, as learned at `seen`. */
export type OffsetBounds = { readonly seen: Millis; readonly lower: Millis; readonly upper: Millis }

/** `Date` names whole seconds, cut off. */
const dateResolution: Millis = 1_000
/** Older observations do not count once there is a newer one. */
export const observationLife: Millis = 60_000
/** How far two clocks may drift apart: 200 parts per million, generous for disciplined servers. */
const driftPerMilli = 200e-6
/** One entry per second is kept, the tightest of that second. */
const bucketLength: Millis = 1_000

/**
 * Some moment between sending and receiving, storage's clock stood in [date, date + 1 s). Hence what the offset can be.
 * Undefined, because it proves nothing, when the answer came before the question.
 */
export function boundsOf({ sent, received, date }: Observation): OffsetBounds | undefined {
  if (received < sent) return undefined
  return { seen: received, lower: date - received, upper: date + dateResolution - sent }
}

/** The bounds known so far, oldest first, with one more; at most one per second of the last 60. */
export function withBounds(known: readonly OffsetBounds[], next: OffsetBounds): readonly OffsetBounds[] {
  const last = known.at(-1)
  if (last !== undefined && next.seen < last.seen) return known
  const alive = known.filter(({ seen }) => next.seen - seen <= observationLife)
  const newest = alive.at(-1)
  if (newest === undefined || Math.floor(newest.seen / bucketLength) !== Math.floor(next.seen / bucketLength)) {
    return [...alive, next]
  }
  return [...alive.slice(0, -1), intersected(aged(newest, next.seen), next) ?? next]
}

/** What all bounds together say at `monotonic`. The newest counts for sure; an older one that contradicts it ends the search. */
export function offsetAt(known: readonly OffsetBounds[], monotonic: Millis): OffsetBounds | undefined {
  let joint: OffsetBounds | undefined
  for (const bounds of known.toReversed()) {
    const then = aged(bounds, monotonic)
    const tighter = joint === undefined ? then : intersected(joint, then)
    if (tighter === undefined) return joint
    joint = tighter
  }
  return joint
}

function aged({ seen, lower, upper }: OffsetBounds, monotonic: Millis): OffsetBounds {
  const drift = Math.max(0, monotonic - seen) * driftPerMilli
  return { seen: Math.max(seen, monotonic), lower: lower - drift, upper: upper + drift }
}

function intersected(one: OffsetBounds, other: OffsetBounds): OffsetBounds | undefined {
  const [lower, upper] = [Math.max(one.lower, other.lower), Math.min(one.upper, other.upper)]
  return lower <= upper ? { seen: Math.max(one.seen, other.seen), lower, upper } : undefined
}
