/** One kind of listing: shared by everybody in the process who asks for it, and through storage by all processes. */
import type { Answer } from '../core/fault.ts'
import { type Instant, type Millis, minutes } from '../core/time.ts'
import type { ListingName, Listings } from '../ports/listings.ts'
import type { Listed } from '../ports/steps.ts'
import { type ListingShell, type Refreshed, refreshListing } from './refresh-listing.ts'

/** What nobody asked for in that time is forgotten. */
const keepUnused: Millis = minutes(10)
const sweepEvery: Millis = minutes(1)

/** Moments of the monotonic clock, except `startedAt`. */
type Entry<T> = {
  usedAt: Millis
  inFlight?: Promise<Answer<Listed<T>>>
  /** What asking brought the last time, for everybody until then. */
  latest?: { readonly answer: Answer<Listed<T>>; readonly until: Millis }
  good?: { readonly listed: Listed<T>; readonly freshUntil: Millis }
}

export type SharedListing<N extends ListingName, T> = (
  of: string,
  list: () => Promise<Answer<Listings[N]>>,
  notBefore?: Instant,
) => Promise<Answer<Listed<T>>>

/** No timers: whatever is due happens at the next question. */
export function createSharedListing<N extends ListingName, T>(
  shell: ListingShell,
  name: N,
  map: (value: Listings[N]) => T,
): SharedListing<N, T> {
  const { clock } = shell
  const entries = new Map<string, Entry<T>>()
  let sweptAt = clock.monotonic()

  return async (of, list, notBefore) => {
    const entry = entryOf(of)
    const known = usableOf(entry, clock.monotonic(), notBefore)
    if (known) return known
    if (entry.inFlight) {
      await entry.inFlight
      const joined = usableOf(entry, clock.monotonic(), notBefore, true)
      if (joined) return joined
    }
    // The one under way was started too early for us; one more is made and answers whatever it brings.
    return await (entry.inFlight ?? start(entry, of, list, notBefore))
  }

  function start(
    entry: Entry<T>,
    of: string,
    list: () => Promise<Answer<Listings[N]>>,
    notBefore: Instant | undefined,
  ): Promise<Answer<Listed<T>>> {
    const want = { notBefore, have: entry.good?.listed.startedAt }
    const refreshing = refreshListing(shell, { name, of }, list, want)
    entry.inFlight = refreshing
      .then((refreshed) => absorb(entry, refreshed, map))
      .finally(() => {
        delete entry.inFlight
      })
    return entry.inFlight
  }

  function entryOf(of: string): Entry<T> {
    const now = clock.monotonic()
    if (now - sweptAt >= sweepEvery) sweep(now)
    const entry: Entry<T> = entries.get(of) ?? { usedAt: now }
    entry.usedAt = now
    entries.set(of, entry)
    return entry
  }

  function sweep(now: Millis) {
    sweptAt = now
    for (const [of, entry] of entries) {
      if (!entry.inFlight && now - entry.usedAt >= keepUnused) entries.delete(of)
    }
  }
}

function absorb<N extends ListingName, T>(
  entry: Entry<T>,
  refreshed: Refreshed<N>,
  map: (value: Listings[N]) => T,
): Answer<Listed<T>> {
  const { good } = entry
  const answer = (): Answer<Listed<T>> => {
    if (refreshed.kind === 'failed') return refreshed.isPassing && good ? ok(good.listed) : refreshed.answer
    const { value, startedAt } = refreshed.listing
    const listed = { value: map(value), startedAt }
    entry.good = { listed, freshUntil: refreshed.freshUntil }
    return ok(listed)
  }
  entry.latest = { answer: answer(), until: refreshed.until }
  return entry.latest.answer
}

const ok = <T>(listed: Listed<T>): Answer<Listed<T>> => ({ kind: 'ok', value: listed })

/** The answer that will do without asking anybody; `waited`: an attempt ended after the question was put. */
function usableOf<T>(
  { good, latest, inFlight }: Entry<T>,
  now: Millis,
  notBefore: Instant | undefined,
  waited = false,
): Answer<Listed<T>> | undefined {
  const newEnough = good && (notBefore === undefined || good.listed.startedAt >= notBefore)
  if (good && newEnough && now < good.freshUntil) return { kind: 'ok', value: good.listed }
  if (inFlight) return undefined
  if (latest && now < latest.until) return latest.answer
  // A listing that took longer than it stays fresh still answers those who waited for it.
  if (waited && latest && (latest.answer.kind !== 'ok' || newEnough)) return latest.answer
  return undefined
}
