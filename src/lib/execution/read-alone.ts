/**
 * One entry of a list: out of the shared listing, as always; where listing takes long, by a request of its own, as far as
 * the request budget has some left over.
 */
import type { Answer } from '../core/fault.ts'
import { type Clock, type Instant, type Millis, minutes } from '../core/time.ts'
import type { ListingName, Listings } from '../ports/listings.ts'
import type { Listed } from '../ports/steps.ts'
import { picked } from '../steps/shared/read.ts'
import type { SharedListing } from './shared-listing.ts'

export type Wanted<N extends ListingName, T, V> = {
  readonly list: () => Promise<Answer<Listings[N]>>
  /** The entry alone, as a list would have it. */
  readonly read: () => Promise<Answer<T>>
  readonly pick: (all: T) => V
  readonly notBefore: Instant
}

/** What does not answer is not asked for one by one: the shared listing knows how long to leave it alone. */
const pause: Millis = minutes(1)

/** `ask`: for a look, which may wait for the listing as well. `atOnce`: for a begin, which may not. */
export function createReadAlone(clock: Clock, how: 'ask' | 'atOnce') {
  const pausedUntil = new Map<string, Millis>()
  return async <N extends ListingName, T, V>(
    shared: SharedListing<N, T>,
    of: string,
    { list, read, pick, notBefore }: Wanted<N, T, V>,
  ): Promise<Answer<Listed<V>>> => {
    const fromListing = async () => picked(await shared[how](of, list, notBefore), pick)
    const isPaused = clock.monotonic() < (pausedUntil.get(of) ?? 0)
    if (!shared.takesLong(of, notBefore, how) || (isPaused && how === 'ask')) return fromListing()
    const startedAt = clock.now()
    const answer = await read()
    if (answer.kind === 'ok') return { kind: 'ok', value: { value: pick(answer.value), startedAt } }
    if (how === 'atOnce') return answer
    if (answer.fault.code !== 'overBudget') pausedUntil.set(of, clock.monotonic() + pause)
    return fromListing()
  }
}
