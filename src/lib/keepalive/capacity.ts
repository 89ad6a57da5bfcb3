/** Whether the window is wide enough for the pool, with the arithmetic. */
import { type Millis, minutes } from '../core/time.ts'
import { writeDuration } from '../plan/duration.ts'
import { type KeepAliveSettings, turnaround } from '../plan/keep-alive.ts'
import type { Opening } from './openings.ts'

export type Capacity = {
  readonly hosts: number
  /** Openings within one cycle. */
  readonly openings: number
  /** Groups of `maxConcurrent` hosts that fit into one opening, one after the other. */
  readonly rounds: number
  /** Hosts that can be woken in one opening. */
  readonly perOpening: number
  /** Hosts that have to be woken in one opening. */
  readonly needed: number
  readonly isEnough: boolean
  /** One sentence. */
  readonly arithmetic: string
}

/** Between the end of one wake-up operation and the start of the next: the timer. */
const timer: Millis = minutes(15)

type Limits = Pick<KeepAliveSettings, 'every' | 'stayOn' | 'maxConcurrent' | 'maxPerDay'>

/** `openings`: as `upcomingOpenings` makes them; of the first cycle the shortest one counts. */
export function capacityOf(hosts: number, openings: readonly Opening[], settings: Limits): Capacity {
  const { every, stayOn, maxConcurrent, maxPerDay } = settings
  const cycle = openings.filter(within(openings, settings))
  const round = stayOn + turnaround + timer
  const rounds =
    cycle.length === 0
      ? 0
      : Math.min(...cycle.map(({ opens, lastStart }) => Math.floor((lastStart - opens) / round) + 1))
  const perOpening = Math.min(maxPerDay, rounds * maxConcurrent)
  const needed = cycle.length === 0 ? hosts : Math.ceil(hosts / cycle.length)
  const isEnough = needed <= perOpening
  const arithmetic = `${hosts} hosts in ${cycle.length} openings within ${writeDuration(every)} need ${needed} an opening; ${rounds} rounds of ${writeDuration(round)} with ${maxConcurrent} hosts each, at most ${maxPerDay}, make ${perOpening}`
  return { hosts, openings: cycle.length, rounds, perOpening, needed, isEnough, arithmetic }
}

const within =
  ([first]: readonly Opening[], { every }: Limits) =>
  ({ opens }: Opening): boolean =>
    first !== undefined && opens < first.opens + every
