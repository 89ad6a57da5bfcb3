/** One kind of listing, shared by everybody in the process who asks for it. */
import type { Answer } from '../core/fault.ts'
import { type Clock, type Millis, minutes } from '../core/time.ts'
import type { Listed } from '../ports/steps.ts'

export type ListingLimits = {
  /** A listing younger than that answers a look that does not care how old it is. */
  readonly freshFor: Millis
  /** A list is not asked for more often than this, whoever asks. */
  readonly minInterval: Millis
}

/** What nobody asked for in that time is forgotten. */
const keepUnused: Millis = minutes(10)
const sweepEvery: Millis = minutes(1)

/** Moments of the monotonic clock, except `startedAt`. */
type Entry<T> = {
  usedAt: Millis
  inFlight?: Promise<Answer<Listed<T>>>
  latest?: { readonly answer: Answer<Listed<T>>; readonly until: Millis }
  good?: { readonly listed: Listed<T>; readonly askedAt: Millis }
}

export type SharedListing<T> = (
  key: string,
  list: () => Promise<Answer<T>>,
  notBefore?: number,
) => Promise<Answer<Listed<T>>>

/** No timers: whatever is due happens at the next question. */
export function createSharedListing<T>(clock: Clock, limits: ListingLimits): SharedListing<T> {
  const entries = new Map<string, Entry<T>>()
  let sweptAt = clock.monotonic()

  return async (key, list, notBefore) => {
    const entry = entryOf(key)
    const known = usableOf(entry, clock.monotonic(), limits, notBefore)
    if (known) return known
    if (entry.inFlight) {
      await entry.inFlight
      const joined = usableOf(entry, clock.monotonic(), limits, notBefore, true)
      if (joined) return joined
    }
    // The one under way was started too early for us; one more is made and answers whatever it brings.
    return await (entry.inFlight ?? start(entry, list, clock, limits))
  }

  function entryOf(key: string): Entry<T> {
    const now = clock.monotonic()
    if (now - sweptAt >= sweepEvery) sweep(now)
    const entry: Entry<T> = entries.get(key) ?? { usedAt: now }
    entry.usedAt = now
    entries.set(key, entry)
    return entry
  }

  function sweep(now: Millis) {
    sweptAt = now
    for (const [key, entry] of entries) {
      if (!entry.inFlight && now - entry.usedAt >= keepUnused) entries.delete(key)
    }
  }
}

function start<T>(
  entry: Entry<T>,
  list: () => Promise<Answer<T>>,
  clock: Clock,
  { minInterval }: ListingLimits,
): Promise<Answer<Listed<T>>> {
  // Before the request leaves: a change made after this moment may be missing from the listing, never the reverse.
  const startedAt = clock.now()
  const askedAt = clock.monotonic()
  const listing = list().then((answer): Answer<Listed<T>> => {
    if (answer.kind !== 'ok') {
      // Asking again before the moment Azure named would only be refused again, and counted.
      const until = Math.max(askedAt + minInterval, clock.monotonic() + (answer.fault.retryAfter ?? 0))
      entry.latest = { answer, until }
      return answer
    }
    const listed = { value: answer.value, startedAt }
    entry.good = { listed, askedAt }
    entry.latest = { answer: { kind: 'ok', value: listed }, until: askedAt + minInterval }
    return entry.latest.answer
  })
  entry.inFlight = listing.finally(() => {
    delete entry.inFlight
  })
  return entry.inFlight
}

/** The answer that will do without asking Azure again; `waited`: a listing ended after the question was put. */
function usableOf<T>(
  entry: Entry<T>,
  now: Millis,
  limits: ListingLimits,
  notBefore: number | undefined,
  waited = false,
): Answer<Listed<T>> | undefined {
  const { good, latest } = entry
  const newEnough = good && (notBefore === undefined || good.listed.startedAt >= notBefore)
  if (good && newEnough && now - good.askedAt < limits.freshFor) return { kind: 'ok', value: good.listed }
  if (entry.inFlight) return undefined
  if (latest && now < latest.until) return latest.answer
  // A listing that took longer than it stays fresh still answers those who waited for it.
  if (waited && latest && (latest.answer.kind !== 'ok' || newEnough)) return latest.answer
  return undefined
}
