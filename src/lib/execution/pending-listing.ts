/** A listing that somebody is at, and when it is worth while to ask for it again. Lists of thousands take half a minute and more. */
import type { Clock, Instant, Millis } from '../core/time.ts'
import { minutes, seconds } from '../core/time.ts'

export type Pending = {
  /** Nobody has asked Azure for it earlier than that. */
  readonly startedAt: Instant
  /** The same moment, on the monotonic clock. */
  readonly since: Millis
  /** How long it took the last time. */
  readonly took: Millis | undefined
  /** Who were told to make the one after it. */
  heirs: number
}

/** Within that one waits where one is; longer waits would hold messages, and begins past their fence. */
export const patience: Millis = seconds(5)
/** So many come back at its end to make the next one; all others when that is to be expected. */
const heirsNeeded = 2
/** Between the last page and the list in the hands of whoever asks. */
const handover: Millis = seconds(0.5)
/** However long it seems to take: whoever is at it may have died. */
const longestAway: Millis = minutes(1)

export const isSlow = (took: Millis | undefined): boolean => took !== undefined && took > patience

/** Undefined: it is about to come. Else when to come again, in milliseconds. */
export function newerAfter(pending: Pending, now: Millis, notBefore: Instant | undefined): Millis | undefined {
  const { startedAt, since, took = 0 } = pending
  const gone = now - since
  // It takes longer than the last time, or it is the first: nobody knows for how long.
  const left = gone < took ? took - gone : gone / 2
  if (left <= patience) return undefined
  const isEarly = notBefore !== undefined && startedAt < notBefore
  const isHeir = isEarly && pending.heirs < heirsNeeded
  if (isHeir) pending.heirs++
  const next = isEarly && !isHeir ? Math.max(took, gone) : 0
  return Math.min(left + next + handover, longestAway)
}

/** As the row of the list tells it. Those who were told to come for the next one are remembered. */
export function pendingElsewhere(
  told: { readonly since: Instant; readonly took: Millis } | undefined,
  clock: Pick<Clock, 'now' | 'monotonic'>,
  before: Pending | undefined,
): Pending | undefined {
  if (!told) return undefined
  const heirs = before?.startedAt === told.since ? before.heirs : 0
  return { startedAt: told.since, since: clock.monotonic() - (clock.now() - told.since), took: told.took, heirs }
}
