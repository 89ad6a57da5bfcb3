/** Years of a standby pool under the planning of wake-ups: no engine, no Azure, hosts that start or do not. */
import type { Random } from '../../sim/arm/types.ts'
import { createRandom } from '../../sim/random.ts'
import { hours, type Instant, type Millis, minutes } from '../../src/lib/core/time.ts'
import { type Opening, openingsBetween } from '../../src/lib/keepalive/openings.ts'
import { horizonOf, slack } from '../../src/lib/keepalive/pick.ts'
import { clockKey, planWakes, type WakeInput, type WakePlan } from '../../src/lib/keepalive/plan-wakes.ts'
import type { StandbyHost } from '../../src/lib/keepalive/standby-hosts.ts'
import type { HostClock } from '../../src/lib/model/host-clock.ts'
import { type KeepAliveSettings, turnaround, weekdays } from '../../src/lib/plan/keep-alive.ts'

export const day: Millis = hours(24)
export const newYear: Instant = Date.UTC(2027, 0, 1)

export const settingsOf = (parts: Partial<KeepAliveSettings> = {}): KeepAliveSettings => ({
  every: 25 * day,
  warnAfter: 60 * day,
  stayOn: hours(2),
  maxOnTime: hours(8),
  window: { days: [...weekdays], from: hours(20), to: hours(6), timeZone: 'Europe/London' },
  maxConcurrent: 20,
  maxPerDay: 100,
  patches: 'assess',
  repair: 'propose',
  ...parts,
})

export const standbyHost = (n: number, zone = ''): StandbyHost => {
  const host = `vm-${String(n).padStart(4, '0')}`
  const id = `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/${host}`
  return {
    side: 'secondary',
    host,
    seen: { id: `pool/${host}`, name: host, status: 'Unavailable', allowNewSession: true, sessions: 0 },
    vm: {
      id,
      name: host,
      location: 'ukwest',
      size: 'Standard_D4s_v5',
      power: 'deallocated',
      tags: {},
      ...(zone && { zone }),
    },
  }
}

export const clockOf = (host: StandbyHost, parts: Partial<HostClock> = {}): HostClock => ({
  pairId: 'pooled',
  side: host.side,
  host: host.host,
  firstSeen: newYear - 100 * day,
  startFailures: [],
  left: [],
  ...parts,
})

export type YearOptions = {
  readonly settings: KeepAliveSettings
  readonly hosts: readonly StandbyHost[]
  readonly clocks: readonly HostClock[]
  readonly days: number
  readonly seed?: number
  /** Share of starts that fail. */
  readonly failures?: number
  /** The app does nothing in between. */
  readonly outage?: readonly [Instant, Instant]
  readonly plan?: (input: WakeInput) => WakePlan
}

export type Year = {
  /** One entry an opening. */
  readonly openings: readonly { readonly opening: Opening; readonly woken: number; readonly zones: readonly string[] }[]
  /** What no plan may do. */
  readonly violations: readonly string[]
  readonly wakes: number
  readonly failed: number
  /** The longest that any host went without a proof, counting to the end. */
  readonly oldest: Millis
}

/** The timer runs at each opening, and again whenever a group is off again, until nothing is to be done. */
export function liveThrough(options: YearOptions): Year {
  const { settings, clocks, days, outage = [0, 0], seed = 1 } = options
  const end = newYear + days * day
  const all = openingsBetween(settings.window, settings.stayOn, newYear, end + horizonOf(settings.every))
  const life: Life = {
    options,
    random: createRandom(seed),
    clocks: new Map(clocks.map((clock) => [clockKey(clock), clock])),
    year: { openings: [], violations: [], wakes: 0, failed: 0, oldest: 0 },
  }
  const { year } = life
  all.forEach((opening, i) => {
    if (opening.opens >= end || (opening.opens >= outage[0] && opening.opens < outage[1])) return
    const woken = openOnce(life, opening, (now) => horizon(all, i, now, settings))
    if (woken.length > settings.maxPerDay) year.violations.push(`${woken.length} in one opening`)
    year.wakes += woken.length
    year.openings.push({ opening, woken: woken.length, zones: woken.map((key) => zoneOf(options.hosts, key)) })
  })
  for (const clock of life.clocks.values()) year.oldest = Math.max(year.oldest, end - sinceOf(clock))
  return year
}

type Life = {
  readonly options: YearOptions
  readonly random: Random
  readonly clocks: Map<string, HostClock>
  readonly year: { -readonly [K in keyof Year]: Year[K] extends readonly (infer T)[] ? T[] : Year[K] }
}

/** Keys of those started, in order. */
function openOnce(life: Life, opening: Opening, openingsAt: (now: Instant) => readonly Opening[]): readonly string[] {
  const { options, clocks, year } = life
  const { settings, hosts, plan = planWakes } = options
  const woken: string[] = []
  for (let now = opening.opens; now < opening.closes; now += settings.stayOn + turnaround + minutes(15)) {
    const { wakes } = plan({ settings, hosts, clocks, now, openings: openingsAt(now) })
    if (wakes.length === 0) break
    if (wakes.length > settings.maxConcurrent) year.violations.push(`${wakes.length} at once`)
    if (now > opening.lastStart) year.violations.push('started too late to be off when the window closes')
    for (const wake of wakes) wakeUp(life, clockKey(wake), now)
    woken.push(...wakes.map(clockKey))
  }
  return woken
}

function wakeUp({ options, random, clocks, year }: Life, key: string, now: Instant): void {
  const clock = clocks.get(key)
  if (!clock) throw new Error(`woken without a clock: ${key}`)
  const at = now + options.settings.stayOn + minutes(20)
  if (random.chance(options.failures ?? 0)) {
    year.failed++
    clocks.set(key, { ...clock, lastWake: { operationId: 'op', at, outcome: 'startFailed' } })
    return
  }
  const lastProof = now + minutes(5)
  year.oldest = Math.max(year.oldest, lastProof - sinceOf(clock))
  clocks.set(key, { ...clock, lastProof, lastWake: { operationId: 'op', at, outcome: 'proven' } })
}

const sinceOf = ({ lastProof, firstSeen }: HostClock): Instant => lastProof ?? firstSeen

const zoneOf = (hosts: readonly StandbyHost[], key: string): string => {
  const vm = hosts.find((host) => clockKey(host) === key)?.vm
  return typeof vm === 'object' ? (vm.zone ?? '') : ''
}

const horizon = (
  all: readonly Opening[],
  from: number,
  now: Instant,
  { every }: KeepAliveSettings,
): readonly Opening[] => {
  const until = now + horizonOf(every)
  let to = from
  while ((all[to]?.opens ?? until) < until) to++
  return all.slice(from, to)
}

/** The least wake-ups with which no host waits longer than the cycle, one host at a time and each as late as can be. */
export function leastWakes({ settings, clocks, days }: YearOptions): number {
  const end = newYear + days * day
  const openings = openingsBetween(settings.window, settings.stayOn, newYear, end)
  return clocks.reduce((sum, { lastProof = newYear }) => {
    let wakes = 0
    let last = lastProof
    openings.forEach(({ opens }, i) => {
      const due = last + settings.every + slack
      const next = openings[i + 1]?.opens
      if (next === undefined || next <= due || opens <= last) return
      wakes++
      last = opens + minutes(5)
    })
    return sum + wakes
  }, 0)
}
