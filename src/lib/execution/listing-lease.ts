/** Who lists: a lease in the list's row, taken and given back with If-Match. */
import type { Fault } from '../core/fault.ts'
import { type Clock, type Millis, seconds } from '../core/time.ts'
import type { Listing, ListingKey, ListingName, ListingState, ListingStore } from '../ports/listings.ts'

/**
 * Longer than one call that hangs (10 s). A listing that takes longer than its lease, or a holder that was paused, is not
 * waited for: another process lists too, and of what they store the one that was started later stays.
 */
export const leaseLength: Millis = seconds(15)
/** A list that took long the last time is leased for longer: two who read ten thousand hosts at once take twice as long. */
export const longestLease: Millis = seconds(90)

const leaseFor = ({ latest }: ListingState): Millis =>
  Math.max(leaseLength, Math.min((latest?.took ?? 0) * 1.5, longestLease))
/** Others store in between at most every other second; more often is a bug, and the next listing makes up for it. */
const triesToSave = 3

export type LeaseShell = {
  readonly store: ListingStore
  readonly clock: Clock
  readonly holder: string
  readonly limits: { readonly minInterval: Millis }
}

type Kept = { readonly state: ListingState; readonly etag?: string | undefined }

/** The right to list, and the row as its holder left it. */
export type Leased = { readonly turn: number; readonly kept: Kept; readonly until: Millis }

/** Undefined: another process was quicker. */
export async function takeLease(
  { store, clock, holder, limits }: LeaseShell,
  key: ListingKey,
  { state, etag }: Kept,
): Promise<Leased | undefined> {
  const length = leaseFor(state)
  const until = clock.monotonic() + length
  const { latest, turn, failures } = state
  const leased: ListingState = {
    turn: turn + 1,
    holder,
    leasedUntil: clock.latest() + length,
    since: clock.latest(),
    notBefore: clock.latest() + limits.minInterval,
    ...(failures !== undefined && { failures }),
    ...(latest && { latest }),
  }
  const taken = await store.save(key, leased, etag)
  return taken === undefined ? undefined : { turn: leased.turn, kept: { state: leased, etag: taken }, until }
}

/** For everybody, unless a listing that was started later is there already. */
export async function publish<N extends ListingName>(
  shell: LeaseShell,
  key: ListingKey<N>,
  leased: Leased,
  listing: Listing<N>,
): Promise<void> {
  const { startedAt, took } = listing
  const isOlder = ({ latest }: ListingState) => latest !== undefined && latest.startedAt >= startedAt
  const { store, clock } = shell
  const kept = clock.monotonic() < leased.until ? leased.kept : await store.load(key)
  if (isOlder(kept.state)) return
  await store.put(key, leased.turn, listing).catch(async (error: unknown) => {
    // Others must not wait for what does not come.
    await release(shell, key, leased)
    throw error
  })
  await change(shell, key, kept, (state) =>
    isOlder(state)
      ? undefined
      : { ...succeeded(withoutLease(state, leased)), latest: { turn: leased.turn, startedAt, took } },
  )
}

const succeeded = ({ failures: _, ...state }: ListingState): ListingState => state

/** `fault`: why there is no listing. What Azure asked to wait counts for every process, and so does the pause while it is away. */
export async function release(shell: LeaseShell, key: ListingKey, leased: Leased, fault?: Fault): Promise<void> {
  const now = shell.clock.latest()
  await change(shell, key, leased.kept, (state) => ({
    ...withoutLease(state, leased),
    ...(fault && { fault: { ...fault, message: fault.message.slice(0, longestMessage) } }),
    ...(fault && isAway(fault) && { failures: failuresWith(state) }),
    notBefore: Math.max(state.notBefore, now + (fault ? pauseAfter(fault, state) : 0)),
  }))
}

/** Azure has not answered at all, or said that it is unwell; refusals are answers. */
const isAway = ({ code }: Fault): boolean => code === 'unavailable' || code === 'outcomeUnknown' || code === 'timedOut'

/** A single failure or two are everyday. */
const failuresForgiven = 2
/** With the next look of a task, which is up to 15 s later, Azure is found back within a minute. */
const longestPause: Millis = seconds(45)

const failuresWith = ({ failures = 0 }: ListingState): number => failures + 1

/** Until the list is asked for again, by anybody: what Azure said, or twice as long each time that it is still away. */
export function pauseAfter(fault: Fault, before: ListingState): Millis {
  const more = isAway(fault) ? failuresWith(before) - failuresForgiven : 0
  const pause = more > 0 ? Math.min(seconds(2) * 2 ** more, longestPause) : 0
  return Math.max(fault.retryAfter ?? 0, pause)
}

/** For a row that is read with every refresh. */
const longestMessage = 500

async function change(
  { store }: LeaseShell,
  key: ListingKey,
  from: Kept,
  to: (state: ListingState) => ListingState | undefined,
): Promise<void> {
  let kept = from
  for (let tries = 0; tries < triesToSave; tries++) {
    const state = to(kept.state)
    if (!state || (await store.save(key, state, kept.etag)) !== undefined) return
    kept = await store.load(key)
  }
}

/** Whoever has taken the lease since keeps it. */
function withoutLease(state: ListingState, { turn }: Leased): ListingState {
  if (state.turn !== turn) return state
  const { leasedUntil: _, since: __, ...rest } = state
  return rest
}
