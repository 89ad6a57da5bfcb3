import type { Clock, Millis } from '../core/time.ts'
import { boundsOf, type Observation, type OffsetBounds, observationLife, offsetAt, withBounds } from './clock-bounds.ts'

export type StorageClock = Clock & {
  /** No answer of storage within the last 60 s: a cheap read makes `now` and `latest` sharp again. */
  readonly isStale: () => boolean
  /** Fed by whatever talks to storage. */
  readonly observe: (observation: Observation) => void
}

/**
 * The moment as storage tells it, from the `Date` header of its answers and a monotonic clock in milliseconds.
 *
 * Before the first answer `now` and `latest` throw. Without newer ones they go on from the last, a little wider with
 * every second (design rule 13).
 */
export function createStorageClock(monotonic: () => Millis): StorageClock {
  let known: readonly OffsetBounds[] = []
  const offset = (at: Millis) => {
    const bounds = offsetAt(known, at)
    if (bounds === undefined)
      throw new Error('storage has not answered yet, so its time is unknown: read something first')
    return bounds
  }
  return {
    now: () => {
      const at = monotonic()
      return Math.floor(at + offset(at).lower)
    },
    latest: () => {
      const at = monotonic()
      return Math.ceil(at + offset(at).upper)
    },
    monotonic,
    isStale: () => monotonic() - (known.at(-1)?.seen ?? Number.NEGATIVE_INFINITY) > observationLife,
    observe: (observation) => {
      const bounds = boundsOf(observation)
      if (bounds !== undefined) known = withBounds(known, bounds)
    },
  }
}
