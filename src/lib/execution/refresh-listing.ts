/**
 * One refresh of one list: taken from storage where another process has just made it, else made by whoever gets the lease.
 *
 * Nobody lists without the lease, so there are no more reads than one process would make, whatever fails. Nobody waits for
 * a holder: what there is answers until then, and its `startedAt` tells how old that is.
 */
import type { Answer, Fault } from '../core/fault.ts'
import type { Log } from '../core/log.ts'
import { type Clock, hours, type Instant, type Millis, minutes, seconds } from '../core/time.ts'
import type { Listing, ListingKey, ListingName, ListingState, ListingStore, Listings } from '../ports/listings.ts'
import { type Leased, leaseLength, longestLease, pauseAfter, publish, release, takeLease } from './listing-lease.ts'

export type ListingLimits = {
  /** A listing younger than that answers a look that does not care how old it is. */
  readonly freshFor: Millis
  /** A list is not asked for more often than this, whoever asks. */
  readonly minInterval: Millis
}

export type ListingShell = {
  readonly store: ListingStore
  readonly clock: Clock
  readonly log: Log
  /** This process, unlike any other. */
  readonly holder: string
  readonly limits: ListingLimits
}

export type Want = {
  /** An older one will not do. */
  readonly notBefore: Instant | undefined
  /** When the one that this process has was started. */
  readonly have: Instant | undefined
}

/**
 * `until`, `freshUntil`: on the monotonic clock. Asking again before `until` brings nothing else. `elsewhere`: another
 * process is at it since then, and the last time it took so long.
 */
export type Refreshed<N extends ListingName> = {
  readonly until: Millis
  readonly elsewhere?: { readonly since: Instant; readonly took: Millis }
} & (
  | { readonly kind: 'listed'; readonly listing: Listing<N>; readonly freshUntil: Millis }
  /** `isPassing`: nothing is wrong, there is just nothing newer yet; what the process has goes on being the latest. */
  | { readonly kind: 'failed'; readonly answer: Answer<never>; readonly isPassing: boolean }
)

/** While another process is at it, or storage is away, its row is not read more often than this. */
const askAgainAfter: Millis = seconds(0.5)
/** Longer ones of Azure's are cut off in `azure/`. */
const longestWait: Millis = hours(1) + seconds(30)

/** `leads`: told when this process has got the turn, before it asks Azure, and how long that took the last time. */
export async function refreshListing<N extends ListingName>(
  shell: ListingShell,
  key: ListingKey<N>,
  list: () => Promise<Answer<Listings[N]>>,
  want: Want,
  leads: (took: Millis | undefined) => void = () => undefined,
): Promise<Refreshed<N>> {
  let leased: Leased | undefined
  try {
    const kept = await shell.store.load(key)
    const stored = await newEnough(shell, key, kept.state, want)
    if (stored) return takenOver(shell, stored, waitFor(shell, kept.state))
    const wait = waitFor(shell, kept.state)
    if (wait > 0) return await meanwhile(shell, key, kept.state, want, wait)
    leased = await takeLease(shell, key, kept)
    if (!leased) return await meanwhile(shell, key, kept.state, want, askAgainAfter)
  } catch (error) {
    return away(shell, key, error)
  }
  leads(leased.kept.state.latest?.took)
  return await make(shell, key, list, leased)
}

/** The stored one, if it will do. */
async function newEnough<N extends ListingName>(
  shell: ListingShell,
  key: ListingKey<N>,
  { latest }: ListingState,
  { notBefore = 0 }: Want,
): Promise<Listing<N> | undefined> {
  const { clock, limits } = shell
  const willDo = ({ startedAt, took }: { readonly startedAt: Instant; readonly took: Millis }) =>
    startedAt >= notBefore && clock.latest() - startedAt < lifeOf(took, limits)
  if (!latest || !willDo(latest)) return undefined
  const listing = await readStored(shell, key, latest.turn)
  return listing && willDo(listing) ? listing : undefined
}

async function readStored<N extends ListingName>(shell: ListingShell, key: ListingKey<N>, turn: number) {
  const { store, clock, log } = shell
  const told = (error: unknown) => log.warn('stored listing out of reach', { list: key.name, message: String(error) })
  const listing = await store.read(key, turn).catch(told)
  // Nobody can have started it after now: it is damaged, and proves nothing.
  if (listing && listing.startedAt <= clock.latest()) return listing
  log.warn('stored listing does not count', { list: key.name, of: key.of, turn })
  return undefined
}

/** How long nobody may list, or need not, because somebody does and will have stored it any moment. */
function waitFor({ clock, holder }: ListingShell, state: ListingState): Millis {
  const now = clock.now()
  const pause = within(state.notBefore - now, longestWait)
  // The turn was ours: a lease is left from a save whose answer got lost, and what is between two listings of one process
  // its own clock has told already, more exactly than storage's time can.
  if (state.holder === holder) return state.fault ? pause : 0
  const isBusy = within((state.leasedUntil ?? 0) - now, longestLease + leaseLength) > 0
  return isBusy ? askAgainAfter : pause
}

/** What is longer than anybody writes is damaged, and holds nobody up. */
const within = (wait: Millis, longest: Millis): Millis => (wait > longest ? 0 : Math.max(0, wait))

/** No listing may be made now: why it failed the last time, else the newest there is. */
async function meanwhile<N extends ListingName>(
  shell: ListingShell,
  key: ListingKey<N>,
  { fault, notBefore, latest, since }: ListingState,
  { have = -1 }: Want,
  wait: Millis,
): Promise<Refreshed<N>> {
  const until = shell.clock.monotonic() + wait
  const pause = within(notBefore - shell.clock.now(), longestWait)
  if (fault && pause > 0) return failed({ ...fault, retryAfter: pause }, until)
  const isNewer = latest !== undefined && latest.startedAt > have
  const listing = isNewer ? await readStored(shell, key, latest.turn) : undefined
  const elsewhere = since !== undefined && latest && { elsewhere: { since, took: latest.took } }
  return listing && listing.startedAt > have
    ? { ...takenOver(shell, listing, wait), ...elsewhere }
    : { ...failed(notYet, until), isPassing: true, ...elsewhere }
}

/** Its age is counted by what storage's time may be at most. */
function takenOver<N extends ListingName>(
  { clock, limits }: ListingShell,
  listing: Listing<N>,
  wait: Millis,
): Refreshed<N> {
  const now = clock.monotonic()
  const freshUntil = now - (clock.latest() - listing.startedAt) + lifeOf(listing.took, limits)
  return { kind: 'listed', listing, freshUntil, until: now + wait }
}

/** How long it answers after its start. A long one would be too old as soon as it is there. */
const lifeOf = (took: Millis, { freshFor }: ListingLimits): Millis =>
  Math.max(freshFor, 2 * Math.min(took, leaseLength), 1.5 * Math.min(took, longestFresh))

/** Of what takes longer still, the time it took no longer counts: it is no use to anybody. */
const longestFresh: Millis = minutes(1)

async function make<N extends ListingName>(
  shell: ListingShell,
  key: ListingKey<N>,
  list: () => Promise<Answer<Listings[N]>>,
  leased: Leased,
): Promise<Refreshed<N>> {
  const { clock, limits } = shell
  // Before the request leaves: a change made after this moment may be missing from the listing, never the reverse.
  const startedAt = clock.now()
  const askedAt = clock.monotonic()
  const answer = await list().catch(async (error: unknown) => {
    await attempt(shell, key, () => release(shell, key, leased))
    throw error
  })
  const until = askedAt + limits.minInterval
  if (answer.kind === 'ok') {
    const listing = { value: answer.value, startedAt, took: clock.monotonic() - askedAt }
    await attempt(shell, key, () => publish(shell, key, leased, listing))
    return { kind: 'listed', listing, freshUntil: askedAt + lifeOf(listing.took, limits), until }
  }
  // Asking again before the moment Azure named would only be refused again, and counted: by whichever process.
  const pause = pauseAfter(answer.fault, leased.kept.state)
  const from = clock.monotonic()
  await attempt(shell, key, () => release(shell, key, leased, answer.fault))
  return { kind: 'failed', answer, isPassing: false, until: Math.max(until, from + pause) }
}

/** What was listed answers those who asked for it, even where it could not be stored for the others. */
async function attempt({ log }: ListingShell, { name, of }: ListingKey, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    log.warn('listing not shared', { list: name, of, message: String(error) })
  }
}

function away({ log, clock }: ListingShell, { name, of }: ListingKey, error: unknown): Refreshed<never> {
  log.warn('shared listing out of reach', { list: name, of, message: String(error) })
  const fault: Fault = { code: 'unavailable', message: 'The shared listings are out of reach', retryable: true }
  return failed(fault, clock.monotonic() + askAgainAfter)
}

const notYet: Fault = {
  code: 'unavailable',
  message: 'Another process is making the first listing',
  retryable: true,
}

const failed = (fault: Fault, until: Millis) => ({
  kind: 'failed' as const,
  answer: { kind: 'refused' as const, fault },
  isPassing: false,
  until,
})
