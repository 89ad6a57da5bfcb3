/** A year of wake-ups to come, if nothing goes wrong: when each host's turn is, how many, and what they cost. */
import { hours, type Instant, type Millis, minutes } from '../core/time.ts'
import type { HostClock } from '../model/host-clock.ts'
import type { KeepAliveSettings } from '../plan/keep-alive.ts'
import { type Opening, openingsBetween, startable } from './openings.ts'
import { horizonOf, pick, type Waiting } from './pick.ts'

export type Forecast = {
  readonly from: Instant
  readonly until: Instant
  readonly wakeUps: number
  /** Of virtual machines switched on, rounded to tenths. */
  readonly vmHours: number
  /** Most hosts in one opening, and at one time. */
  readonly peakPerOpening: number
  readonly peakConcurrent: number
  /** By key; a host without a turn within the year is missing. */
  readonly nextWakes: ReadonlyMap<string, Instant>
}

export type ForecastInput = {
  readonly settings: KeepAliveSettings
  readonly waiting: readonly Waiting[]
  readonly perOpening: number
  /** Tried in the opening that is open. */
  readonly tried: number
  /** From accepted start to deallocated. */
  readonly onTime: Millis
  readonly now: Instant
}

const year: Millis = hours(24 * 365)
/** Until the heartbeat, and from the end of `stayOn` to deallocated: for hosts that have not been measured yet. */
const bootAndOff: Millis = minutes(10)

export function forecastOf({ settings, waiting, perOpening, tried, onTime, now }: ForecastInput): Forecast {
  const until = now + year
  const { every, stayOn, window, maxConcurrent } = settings
  const all = startable(openingsBetween(window, stayOn, now, until + horizonOf(every)), now)
  const nextWakes = new Map<string, Instant>()
  let hosts = waiting
  let [wakeUps, peakPerOpening] = [0, 0]
  all.forEach((opening, i) => {
    if (opening.opens >= until) return
    const started = i === 0 ? tried : 0
    const picked = pick(hosts, horizon(all, i, every), started).slice(0, Math.max(0, perOpening - started))
    if (picked.length === 0) return
    const at = Math.max(now, opening.opens)
    const keys = new Set(picked.map(({ key }) => key))
    for (const key of keys) if (!nextWakes.has(key)) nextWakes.set(key, at)
    hosts = hosts.map((host) =>
      keys.has(host.key) ? { ...host, dueAt: at + every, notBefore: 0, isLate: false } : host,
    )
    wakeUps += picked.length
    peakPerOpening = Math.max(peakPerOpening, picked.length + started)
  })
  const vmHours = Math.round((wakeUps * onTime) / hours(0.1)) / 10
  return {
    from: now,
    until,
    wakeUps,
    vmHours,
    peakPerOpening,
    peakConcurrent: Math.min(peakPerOpening, maxConcurrent),
    nextWakes,
  }
}

/** As the pair's own wake-ups were, in the middle; before there are any, as the settings say. */
export function onTimeOf(clocks: readonly HostClock[], { stayOn }: KeepAliveSettings): Millis {
  const measured = clocks.flatMap(({ lastWake }) =>
    lastWake?.outcome === 'proven' && lastWake.onFor ? [lastWake.onFor] : [],
  )
  return measured.sort((a, b) => a - b)[measured.length >> 1] ?? stayOn + bootAndOff
}

function horizon(all: readonly Opening[], from: number, every: Millis): readonly Opening[] {
  const until = (all[from]?.opens ?? 0) + horizonOf(every)
  let to = from
  while ((all[to]?.opens ?? until) < until) to++
  return all.slice(from, to)
}
