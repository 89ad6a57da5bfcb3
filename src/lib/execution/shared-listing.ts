/** One kind of listing: shared by everybody in the process who asks for it, and through storage by all processes. */
import type { Answer } from '../core/fault.ts'
import { type Instant, type Millis, minutes } from '../core/time.ts'
import type { ListingName, Listings } from '../ports/listings.ts'
import type { Listed } from '../ports/steps.ts'
import { isSlow, newerAfter, type Pending, pendingElsewhere } from './pending-listing.ts'
import { type ListingShell, type Refreshed, refreshListing } from './refresh-listing.ts'

/** A list nobody asked for in that time is let go: ten thousand hosts are megabytes, and storage has them. */
const keepUnused: Millis = minutes(1)
/** What nobody asked for in that time is forgotten. */
const rememberUnused: Millis = minutes(10)

/** Moments of the monotonic clock, except `startedAt`. */
type Entry<T> = {
  usedAt: Millis
  refresh?: Refresh<T>
  /** What asking brought the last time, for everybody until then. */
  latest?: { readonly answer: Answer<Listed<T>>; readonly until: Millis }
  good?: { readonly listed: Listed<T>; readonly freshUntil: Millis }
  /** How long it took the last time. */
  took?: Millis
  /** Another process is at it. */
  elsewhere?: Pending
}

type Refresh<T> = {
  readonly over: Promise<Answer<Listed<T>>>
  /** Comes when this process lists, or at the end. */
  readonly decided: Promise<void>
  /** This process is at it. */
  pending?: Pending
}

type List<N extends ListingName> = () => Promise<Answer<Listings[N]>>

export type SharedListing<N extends ListingName, T> = {
  /**
   * Whoever finds nothing new enough makes it, unless somebody is at it. Who would wait for that for long is answered with
   * what there is, and told when it is worth while to come again (`newerAfter`).
   */
  readonly ask: (of: string, list: List<N>, notBefore?: Instant) => Promise<Answer<Listed<T>>>
  /** What there is, without listing anew what takes long: for what has to leave soon. */
  readonly atOnce: (of: string, list: List<N>, notBefore?: Instant) => Promise<Answer<Listed<T>>>
  /** There is none that will do, and making one takes long. */
  readonly takesLong: (of: string, notBefore: Instant, how: 'ask' | 'atOnce') => boolean
  /** Forgets what nobody has asked for lately. */
  readonly sweep: () => void
}

/** No timers: whatever is due happens at the next question. */
export function createSharedListing<N extends ListingName, T>(
  shell: ListingShell,
  name: N,
  map: (value: Listings[N]) => T,
): SharedListing<N, T> {
  const { clock } = shell
  const entries = new Map<string, Entry<T>>()

  return {
    ask,
    async atOnce(of, list, notBefore) {
      const entry = entryOf(of)
      const known = usableOf(entry, clock.monotonic(), notBefore)
      if (known || !isSlow(entry.took)) return known ?? ask(of, list, notBefore)
      return entry.good ? ok(entry.good.listed) : comesLate(undefined)
    },
    takesLong(of, notBefore, how) {
      const { took, good } = entryOf(of)
      if (!isSlow(took) || !good || good.listed.startedAt < notBefore) return isSlow(took)
      return how === 'ask' && clock.monotonic() >= good.freshUntil
    },
    sweep() {
      const now = clock.monotonic()
      for (const [of, entry] of entries) {
        const unused = entry.refresh ? 0 : now - entry.usedAt
        if (unused >= rememberUnused) entries.delete(of)
        else if (unused >= keepUnused && now >= (entry.good?.freshUntil ?? now)) letGo(entry)
      }
    },
  }

  async function ask(of: string, list: List<N>, notBefore?: Instant): Promise<Answer<Listed<T>>> {
    const entry = entryOf(of)
    for (let waited = false; ; waited = true) {
      const known = usableOf(entry, clock.monotonic(), notBefore, waited)
      if (known) return known
      const { refresh } = entry
      if (!refresh) return await start(entry, of, list, notBefore)
      await refresh.decided
      const now = clock.monotonic()
      const after = refresh === entry.refresh && refresh.pending && newerAfter(refresh.pending, now, notBefore)
      if (after) return entry.good ? ok({ ...entry.good.listed, newerAfter: after }) : comesLate(after)
      const answer = await refresh.over
      // The one under way was started too early for us; one more is made and answers whatever it brings.
      if (waited) return answer
    }
  }

  function start(entry: Entry<T>, of: string, list: List<N>, notBefore: Instant | undefined) {
    const want = { notBefore, have: entry.good?.listed.startedAt }
    let decide: () => void = () => undefined
    const decided = new Promise<void>((resolve) => {
      decide = resolve
    })
    const leads = (took = entry.took) => {
      const pending = { startedAt: clock.now(), since: clock.monotonic(), took, heirs: 0 }
      if (entry.refresh) entry.refresh.pending = pending
      decide()
    }
    const over = refreshListing(shell, { name, of }, list, want, leads)
      .then((refreshed) => absorb(entry, refreshed, clock, map, notBefore))
      .finally(() => {
        delete entry.refresh
        decide()
      })
    entry.refresh = { over, decided }
    return over
  }

  function entryOf(of: string): Entry<T> {
    const now = clock.monotonic()
    const entry: Entry<T> = entries.get(of) ?? { usedAt: now }
    entry.usedAt = now
    entries.set(of, entry)
    return entry
  }
}

function absorb<N extends ListingName, T>(
  entry: Entry<T>,
  refreshed: Refreshed<N>,
  clock: ListingShell['clock'],
  map: (value: Listings[N]) => T,
  notBefore: Instant | undefined,
): Answer<Listed<T>> {
  const { good } = entry
  const answer = (): Answer<Listed<T>> => {
    if (refreshed.kind === 'failed') return refreshed.isPassing && good ? ok(good.listed) : refreshed.answer
    const { value, startedAt, took } = refreshed.listing
    const listed = { value: map(value), startedAt }
    entry.good = { listed, freshUntil: refreshed.freshUntil }
    entry.took = took
    return ok(listed)
  }
  entry.latest = { answer: answer(), until: refreshed.until }
  setElsewhere(entry, pendingElsewhere(refreshed.elsewhere, clock, entry.elsewhere))
  return hinted(entry, entry.latest.answer, clock.monotonic(), notBefore)
}

function letGo<T>(entry: Entry<T>): void {
  delete entry.good
  if (entry.latest?.answer.kind === 'ok') delete entry.latest
}

function setElsewhere<T>(entry: Entry<T>, pending: Pending | undefined): void {
  if (pending) entry.elsewhere = pending
  else delete entry.elsewhere
}

const ok = <T>(listed: Listed<T>): Answer<Listed<T>> => ({ kind: 'ok', value: listed })

const comesLate = (retryAfter: Millis | undefined): Answer<never> => ({
  kind: 'refused',
  fault: {
    code: 'unavailable',
    message: 'A listing is being made, which takes long',
    retryable: true,
    ...(retryAfter !== undefined && { retryAfter }),
  },
})

/** The answer that will do without asking anybody; `waited`: an attempt ended after the question was put. */
function usableOf<T>(
  entry: Entry<T>,
  now: Millis,
  notBefore: Instant | undefined,
  waited = false,
): Answer<Listed<T>> | undefined {
  const { good, latest, refresh } = entry
  const newEnough = good && (notBefore === undefined || good.listed.startedAt >= notBefore)
  if (good && newEnough && now < good.freshUntil) return ok(good.listed)
  if (refresh) return undefined
  if (latest && now < latest.until) return hinted(entry, latest.answer, now, notBefore)
  // A listing that took longer than it stays fresh still answers those who waited for it.
  if (waited && latest && (latest.answer.kind !== 'ok' || newEnough)) return latest.answer
  return undefined
}

/** With when a newer one is to be expected from another process, where that takes long. */
function hinted<T>(
  { elsewhere }: Entry<T>,
  answer: Answer<Listed<T>>,
  now: Millis,
  notBefore: Instant | undefined,
): Answer<Listed<T>> {
  const after = elsewhere && newerAfter(elsewhere, now, notBefore)
  return after && answer.kind === 'ok' ? ok({ ...answer.value, newerAfter: after }) : answer
}
