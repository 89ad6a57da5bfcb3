import { describe, expect, test } from 'vitest'
import type { Random } from '../../../sim/arm/types.ts'
import { createRandom } from '../../../sim/random.ts'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { capacityOf } from '../../../src/lib/keepalive/capacity.ts'
import { openingsBetween } from '../../../src/lib/keepalive/openings.ts'
import { slack } from '../../../src/lib/keepalive/pick.ts'
import { planWakes, upcomingOpenings, type WakeInput, type WakePlan } from '../../../src/lib/keepalive/plan-wakes.ts'
import { type KeepAliveSettings, lengthOfWindow, turnaround, weekdays } from '../../../src/lib/plan/keep-alive.ts'
import {
  clockOf,
  day,
  leastWakes,
  liveThrough,
  newYear,
  settingsOf,
  standbyHost,
  type Year,
  type YearOptions,
} from '../../support/keep-alive-years.ts'

/** With changes of the clocks by an hour, by half an hour, at midnight, during Ramadan, and none. */
const timeZones = [
  'UTC',
  'Europe/London',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'America/Santiago',
  'Africa/Casablanca',
  'Pacific/Apia',
]

/** Pools of all sizes under settings of all sorts; the window has room for a third more than the pool needs. */
function randomYear(seed: number, trouble: Partial<YearOptions> = {}): YearOptions {
  const random = createRandom(seed)
  const hostCount = 1 + Math.floor(random.next() ** 2 * 40)
  const settings = withRoom(randomSettings(random), hostCount)
  const hosts = Array.from({ length: hostCount }, (_, i) => standbyHost(i, String(1 + (i % 3))))
  // A pool that was made on one day, or one that is in its stride.
  const isNew = random.chance(0.5)
  const age = (i: number) => (isNew ? day : (i * settings.every) / hostCount)
  const clocks = hosts.map((host, i) => clockOf(host, { lastProof: newYear - age(i) }))
  return { settings, hosts, clocks, days: 365, seed, ...trouble }
}

function randomSettings(random: Random): KeepAliveSettings {
  const named = random.chance(0.6) ? [...weekdays] : weekdays.filter(() => random.chance(0.5))
  const stayOn = minutes(Math.round(random.between(20, 180)))
  const window = {
    days: named.length > 0 ? named : (['sun'] as const).slice(),
    from: minutes(30) * Math.floor(random.between(0, 48)),
    to: minutes(30) * Math.floor(random.between(0, 48)),
    timeZone: random.pick(timeZones),
  }
  while (lengthOfWindow(window) < stayOn + turnaround) window.to = (window.to + hours(1)) % day
  return settingsOf({
    every: Math.round(random.between(8, 45)) * day,
    stayOn,
    window,
    maxConcurrent: 1 + Math.floor(random.between(0, 10)),
  })
}

function withRoom(settings: KeepAliveSettings, hosts: number): KeepAliveSettings {
  const { perOpening, needed, rounds } = capacityOf(hosts, upcomingOpenings(settings, newYear), settings)
  const wanted = Math.ceil(needed * 1.34) + 1
  return perOpening >= wanted ? settings : { ...settings, maxConcurrent: Math.ceil(wanted / rounds) }
}

/** Hosts an opening has to take when all openings take the same: fewest and most, as weeks are not alike. */
function evenShare({ settings, hosts }: YearOptions): { readonly least: number; readonly most: number } {
  const { every, stayOn, window } = settings
  const openings = openingsBetween(window, stayOn, newYear, newYear + every + 30 * day)
  const cycles = openings
    .filter(({ opens }) => opens < newYear + 14 * day)
    .map(({ opens }, i) => openings.findLastIndex((later) => later.opens <= opens + every + slack) - i)
  return { least: Math.floor(hosts.length / Math.max(...cycles)), most: Math.ceil(hosts.length / Math.min(...cycles)) }
}

/** All of one age: whatever the window, nothing is overdue at the beginning. */
const isNew = ({ clocks }: YearOptions): boolean => clocks.every(({ lastProof }) => lastProof === clocks[0]?.lastProof)

const isDaily = ({ settings }: YearOptions): boolean => settings.window.days.length === 7
const longestWait = ({ settings }: YearOptions): number =>
  settings.every + slack + lengthOfWindow(settings.window) + hours(2)

/**
 * A new pool is spread over its first cycle, which brings each host forward once and for all. Where openings are not
 * equally far apart, being even costs some more.
 */
const mostWakes = (options: YearOptions): number =>
  leastWakes(options) * (isDaily(options) ? 1 : 1.15) + options.hosts.length

/** What an undisturbed year must be, in words; empty: all of it. */
function flaws(options: YearOptions, year: Year): readonly string[] {
  const { least, most } = evenShare(options)
  const woken = year.openings.map((one) => one.woken)
  const [fewest, mostWoken] = [Math.min(...woken), Math.max(...woken)]
  // What was due before the first opening is a backlog, which daily windows do not have.
  const isSpread = (!isDaily(options) && !isNew(options)) || (fewest >= least - 1 && mostWoken <= most + 1)
  const limit = isDaily(options) ? longestWait(options) : longestWait(options) + 7 * day
  return [
    ...year.violations,
    ...(isSpread ? [] : [`${fewest} to ${mostWoken} an opening, even is ${least} to ${most}`]),
    ...(year.oldest > limit ? [`${year.oldest / day} days without a proof`] : []),
    ...(year.wakes > mostWakes(options) ? [`${year.wakes} wake-ups, ${leastWakes(options)} are forced`] : []),
  ]
}

const seedsOf = (part: number) => Array.from({ length: 125 }, (_, i) => part * 125 + i)

describe('planning, over a thousand random years', () => {
  test.each([0, 1, 2, 3])('wakes all in time, within the limits, evenly and not too often (%i)', (part) => {
    const found = seedsOf(part).flatMap((seed) => {
      const options = randomYear(seed)
      return flaws(options, liveThrough(options)).map((flaw) => `${seed}: ${flaw}`)
    })
    expect(found).toEqual([])
  })

  test.each([4, 5, 6, 7])('lets no host lapse when starts fail and the app is away for ten days (%i)', (part) => {
    const found = seedsOf(part).flatMap((seed) => {
      const away = newYear + Math.floor(createRandom(seed).between(10, 300)) * day
      const options = randomYear(seed, { failures: 0.03, outage: [away, away + 10 * day] })
      const year = liveThrough(options)
      const lapsed = year.oldest >= 90 * day ? [`${year.oldest / day} days without a proof`] : []
      return [...year.violations, ...lapsed].map((flaw) => `${seed}: ${flaw}`)
    })
    expect(found).toEqual([])
  })
})

describe('five hundred hosts at the default settings', () => {
  const settings = settingsOf()
  const hosts = Array.from({ length: 500 }, (_, i) => standbyHost(i, String(1 + (i % 3))))
  const clocks = hosts.map((host, i) => clockOf(host, { lastProof: newYear - ((i % 25) + 0.5) * day }))
  const options: YearOptions = { settings, hosts, clocks, days: 365 }

  test('are twenty a day, and cost what is forced', () => {
    const year = liveThrough(options)
    expect(year.openings.filter(({ woken }) => woken < 19 || woken > 21)).toEqual([])
    expect(year.wakes / leastWakes(options)).toBeLessThanOrEqual(1.01)
  })

  test('cost a tenth more at the most when starts fail and the app is away for ten days', () => {
    const away: [number, number] = [newYear + 100 * day, newYear + 110 * day]
    const year = liveThrough({ ...options, failures: 0.03, outage: away })
    expect(year.violations).toEqual([])
    expect((year.wakes - year.failed) / leastWakes(options)).toBeLessThanOrEqual(1.1)
    expect(year.oldest).toBeLessThan(45 * day)
  })

  test('are caught up after ten days without the app as fast as the window allows', () => {
    const away: [number, number] = [newYear + 100 * day, newYear + 110 * day]
    const { openings } = liveThrough({ ...options, outage: away })
    const after = openings.filter(({ opening }) => opening.opens >= away[1]).map(({ woken }) => woken)
    // 200 are overdue and 20 a day come due; three rounds of twenty fit into a night.
    expect(after.slice(0, 6)).toEqual([60, 60, 60, 60, 60, 20])
  })

  test('come from all zones in each night', () => {
    for (const { zones } of liveThrough(options).openings) {
      const counts = ['1', '2', '3'].map((zone) => zones.filter((one) => one === zone).length)
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(3)
    }
  })
})

describe('the properties', () => {
  const planted = (plan: (input: WakeInput) => WakePlan, trouble: Partial<YearOptions> = {}) => {
    const options = randomYear(11, { settings: settingsOf(), plan, ...trouble })
    const hosts = Array.from({ length: 100 }, (_, i) => standbyHost(i))
    const clocks = hosts.map((host) => clockOf(host, { lastProof: newYear - day }))
    const full = { ...options, hosts, clocks }
    const year = liveThrough(full)
    return { year, found: flaws(full, year).join('; ') }
  }

  test('hold for the planning they are about', () => {
    expect(planted(planWakes).found).toBe('')
  })

  test('find one that waits for the last day', () => {
    const lazily = (input: WakeInput): WakePlan => {
      const plan = planWakes(input)
      const due = plan.decisions.filter(({ dueAt }) => dueAt <= input.now + slack)
      return { ...plan, wakes: due.slice(0, 20) }
    }
    expect(planted(lazily).found).toMatch(/0 to \d+ an opening, even is 4 to 4/)
  })

  test('find one that wakes hosts too early', () => {
    const eager = (input: WakeInput) => planWakes({ ...input, settings: { ...input.settings, every: 20 * day } })
    expect(planted(eager).found).toMatch(/\d+ wake-ups, \d+ are forced/)
  })

  test('find one that heeds no limit', () => {
    const greedy = (input: WakeInput) =>
      planWakes({ ...input, settings: { ...input.settings, maxConcurrent: 1_000, maxPerDay: 1_000 } })
    const settings = settingsOf({ maxConcurrent: 2, maxPerDay: 5 })
    expect(planted(greedy, { settings }).found).toContain('4 at once')
  })

  test('find one that gives up a host whose start failed', () => {
    const once = (input: WakeInput): WakePlan => {
      const plan = planWakes(input)
      const failed = new Set(
        [...input.clocks.values()]
          .filter(({ lastWake }) => lastWake?.outcome === 'startFailed')
          .map(({ host }) => host),
      )
      return { ...plan, wakes: plan.wakes.filter(({ host }) => !failed.has(host)) }
    }
    expect(planted(once, { failures: 0.03 }).year.oldest).toBeGreaterThan(90 * day)
  })
})
