/**
 * How many hosts are woken in this opening, and which: as late as the cycle allows, and as evenly as that leaves.
 *
 * Every host has a last opening that still serves it. Of all beginnings of the openings to come, the one that has most
 * hosts to serve for each opening says how many start now. Rounded down: what need not start now starts later. A cycle
 * that is even stays even, and none is woken earlier for it; one that is not (a new pool, an outage) gets even.
 */
import { hours, type Instant, type Millis } from '../core/time.ts'
import { byText } from '../planning/situation.ts'
import type { Opening } from './openings.ts'

export type Waiting = {
  readonly key: string
  readonly zone: string
  readonly dueAt: Instant
  /** Not in an opening that opens before; 0: any. */
  readonly notBefore: Instant
  /** Cannot be saved by hurrying: goes behind those that are due and can. */
  readonly isLate: boolean
}

/** The time of day at which something happened to a host must not cost it a whole day. */
export const slack: Millis = hours(12)
const day: Millis = hours(24)

/** How far ahead openings have to be known: the cycle, and the opening behind it, which is a week away at most. */
export const horizonOf = (every: Millis): Millis => every + slack + 8 * day

/**
 * Those to start in `openings[0]`, most at risk first and zones alternating, beside the `started` that have been started
 * in it already. A host that the last of `openings` still serves in time is left to the future: give `horizonOf` of them.
 */
export function pick<T extends Waiting>(
  hosts: readonly T[],
  openings: readonly Opening[],
  started: number,
): readonly T[] {
  const [opening] = openings
  if (!opening) return []
  const slotted = hosts.map((host) => ({ host, slot: slotOf(host, openings) }))
  const wanted = wantedIn(countsOf(slotted, openings.length), started) - started
  if (wanted <= 0) return []
  const able = slotted.filter(({ host, slot }) => slot < openings.length && isOpenFor(host, opening))
  return inOrder(firstDue(able, openings.length, wanted), opening).slice(0, wanted)
}

/** Hosts that may start up to an opening are spread over the openings to it: the steepest of these says how many now. */
function wantedIn(counts: readonly number[], started: number): number {
  let wanted = 0
  let sum = started
  counts.forEach((count, i) => {
    sum += count
    wanted = Math.max(wanted, Math.floor(sum / (i + 1)))
  })
  return wanted
}

const countsOf = (slotted: readonly Slotted<Waiting>[], length: number): readonly number[] => {
  const counts = new Array<number>(length).fill(0)
  for (const { slot } of slotted) if (slot < length) counts[slot] = (counts[slot] ?? 0) + 1
  return counts
}

/** Enough of them to take `wanted` from, so that a large pool is not sorted as a whole for a few. */
function firstDue<T extends Waiting>(
  able: readonly Slotted<T>[],
  length: number,
  wanted: number,
): readonly Slotted<T>[] {
  const counts = countsOf(able, length)
  let sum = 0
  const last = counts.findIndex((count) => {
    sum += count
    return sum >= wanted
  })
  return last < 0 ? able : able.filter(({ slot }) => slot <= last)
}

const isOpenFor = ({ notBefore }: Waiting, { opens }: Opening): boolean => notBefore <= opens

/** Index of the last opening that serves the host; behind the last one when there is time enough. */
function slotOf(host: Waiting, openings: readonly Opening[]): number {
  let [low, high] = [0, openings.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((openings[middle]?.opens ?? 0) <= host.dueAt + slack) low = middle + 1
    else high = middle
  }
  if (low === openings.length) return low
  const slot = Math.max(0, low - 1)
  if (host.notBefore === 0) return slot
  const first = openings.findIndex((opening) => isOpenFor(host, opening))
  return first < 0 ? openings.length : Math.max(slot, first)
}

/** Behind all that are due, before all that are not. */
const lateDay = 0.5

type Slotted<T> = { readonly host: T; readonly slot: number }

/** By the day a host is due; within a day the zones take turns. */
function inOrder<T extends Waiting>(slotted: readonly Slotted<T>[], now: Opening): readonly T[] {
  const dayOf = ({ host, slot }: Slotted<T>) =>
    host.isLate ? lateDay : slot > 0 ? slot : Math.min(0, Math.floor((host.dueAt - now.opens) / day))
  const byDay = Map.groupBy(slotted, dayOf)
  const days = [...byDay.keys()].sort((a, b) => a - b)
  return days.flatMap((key) => alternating((byDay.get(key) ?? []).map(({ host }) => host)))
}

/** The zone that has most hosts left goes first, so that zones also take turns from one opening to the next. */
function alternating<T extends Waiting>(hosts: readonly T[]): readonly T[] {
  const zones = Map.groupBy(
    [...hosts].sort((a, b) => byText(a.key, b.key)),
    ({ zone }) => zone,
  )
  const ranked = [...zones.values()].flatMap((some) => some.map((host, i) => ({ host, left: some.length - i })))
  return ranked.sort((a, b) => b.left - a.left || byText(a.host.zone, b.host.zone)).map(({ host }) => host)
}
