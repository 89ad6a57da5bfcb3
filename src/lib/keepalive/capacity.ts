/** Whether the window is wide enough for the pool, with the arithmetic. */
import { hours, type Millis, minutes } from '../core/time.ts'
import { writeDuration } from '../plan/duration.ts'
import { type KeepAliveSettings, turnaround } from '../plan/keep-alive.ts'
import type { Opening } from './openings.ts'
import { slack } from './pick.ts'

export type Capacity = {
  readonly hosts: number
  /** From one wake-up of a host to the next one, at least. */
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

/** `openings`: as `upcomingOpenings` makes them. Of the cycles that begin within a week the one with fewest openings counts. */
export function capacityOf(hosts: number, openings: readonly Opening[], settings: Limits): Capacity {
  const { every, stayOn, maxConcurrent, maxPerDay } = settings
  const cycle = cycleOf(openings, every)
  const round = stayOn + turnaround + timer
  const rounds = Math.min(
    ...openings.map(({ opens, lastStart }) => Math.floor((lastStart - opens) / round) + 1),
    maxRounds,
  )
  const perOpening = Math.min(maxPerDay, rounds * maxConcurrent)
  const needed = Math.ceil(hosts / Math.max(1, cycle))
  const arithmetic = `${hosts} hosts in ${cycle} openings within ${writeDuration(every)} need ${needed} an opening; ${rounds} rounds of ${writeDuration(round)} with ${maxConcurrent} hosts each, at most ${maxPerDay}, make ${perOpening}`
  return { hosts, openings: cycle, rounds, perOpening, needed, isEnough: needed <= perOpening, arithmetic }
}

/** More does not fit between two midnights, whatever the settings. */
const maxRounds = 24

/** Openings from a wake-up to the one that has to follow it. */
function cycleOf(openings: readonly Opening[], every: Millis): number {
  const week = (openings[0]?.opens ?? 0) + hours(7 * 24)
  const counts = openings.flatMap(({ opens }, i) =>
    opens < week ? [openings.findLastIndex((later) => later.opens <= opens + every + slack) - i] : [],
  )
  return Math.min(...counts, openings.length)
}
