import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createVirtualClock, type VirtualClock } from '../../sim/clock.ts'
import { type LoadedApp, loadApp } from '../../sim/host/load-app.ts'
import { createTimerStore } from '../../sim/host/timer-store.ts'
import { createLocalHost, type LocalHost, type LocalHostOptions } from '../../sim/host.ts'
import { minutes, seconds } from '../../src/lib/core/time.ts'
import { behaviour } from './host-fixtures/behaviour.ts'

const start = Date.UTC(2026, 2, 15, 9, 31)
let app: LoadedApp
const hosts: LocalHost[] = []

beforeAll(async () => {
  app = await loadApp(() => import('./host-fixtures/timer-app.ts'))
})
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop({ drain: false })))
})

const names = ['every-five-minutes', 'half-minutely', 'at-start']
type Run = { readonly at: number; readonly timer: unknown }

/** Hosts that run one timer of the fixture; `runs` are its runs, timed since the start. */
function world(only: string, clock: VirtualClock = createVirtualClock(start)) {
  const runs: Run[] = []
  const timerStore = createTimerStore(clock)
  behaviour.run = async ({ value }) => {
    runs.push({ at: clock.now() - start, timer: value })
  }
  const off = names.filter((name) => name !== only).map((name) => [`AzureWebJobs.${name}.Disabled`, '1'])
  const newHost = async (options: LocalHostOptions = {}) => {
    const settings = { SCHEDULE: '0 */5 * * * *', ...Object.fromEntries(off) }
    const host = createLocalHost({ app, clock, settings, timerStore, ...options })
    hosts.push(host)
    await host.start()
    return host
  }
  const times = () => runs.map(({ at }) => at)
  return { clock, runs, times, newHost }
}

describe('a timer', () => {
  test('runs by its schedule, whose expression may stand in an app setting', async () => {
    const { clock, times, newHost } = world('every-five-minutes')
    await newHost()
    await clock.run(start + minutes(15))
    expect(times()).toEqual([minutes(4), minutes(9), minutes(14)])
  })

  test('tells its status, once a minute or rarer', async () => {
    const { clock, runs, newHost } = world('every-five-minutes')
    await newHost()
    await clock.run(start + minutes(10))
    expect(runs.map(({ timer }) => timer)).toEqual([
      {
        schedule: { adjustForDST: true },
        scheduleStatus: {
          last: '0001-01-01T00:00:00+00:00',
          next: '2026-03-15T09:35:00+00:00',
          lastUpdated: '0001-01-01T00:00:00+00:00',
        },
        isPastDue: false,
      },
      {
        schedule: { adjustForDST: true },
        scheduleStatus: {
          last: '2026-03-15T09:35:00+00:00',
          next: '2026-03-15T09:40:00+00:00',
          lastUpdated: '2026-03-15T09:35:00+00:00',
        },
        isPastDue: false,
      },
    ])
  })

  test('has no status when it runs more often', async () => {
    const { clock, runs, newHost } = world('half-minutely')
    await newHost()
    await clock.run(start + seconds(60))
    expect(runs).toEqual([30, 60].map((at) => ({ at: seconds(at), timer: { ...quick, isPastDue: false } })))
  })
  const quick = { schedule: { adjustForDST: true }, scheduleStatus: null }

  test('with runOnStartup runs before its first moment', async () => {
    const { clock, times, newHost } = world('at-start')
    await newHost()
    await clock.run(start + minutes(1))
    expect(times()).toEqual([0])
  })

  test('runs one at a time: a long run is followed at once by the one it hid, and by no more', async () => {
    const { clock, newHost } = world('half-minutely')
    const spans: [number, number][] = []
    behaviour.run = async () => {
      const from = clock.now() - start
      await clock.sleep(spans.length === 0 ? seconds(100) : seconds(1))
      spans.push([from / 1_000, (clock.now() - start) / 1_000])
    }
    await newHost()
    await clock.run(start + seconds(185))
    expect(spans).toEqual([
      [30, 130],
      [130, 131],
      [150, 151],
      [180, 181],
    ])
  })

  test('goes on after a run that failed', async () => {
    const { clock, newHost } = world('half-minutely')
    let count = 0
    behaviour.run = async () => {
      count += 1
      throw new Error('planned')
    }
    await newHost()
    await clock.run(start + seconds(90))
    expect(count).toBe(3)
  })
})

describe('a timer whose moment passed while no host ran', () => {
  test('runs at once, past due, and only if it had run before', async () => {
    const { clock, runs, times, newHost } = world('every-five-minutes')
    const first = await newHost()
    await clock.run(start + minutes(5))
    await first.stop({ drain: true })
    await clock.run(start + minutes(22))
    await newHost()
    await clock.run(start + minutes(25))
    expect(times()).toEqual([minutes(4), minutes(22), minutes(24)])
    expect(runs.map(({ timer }) => (timer as { isPastDue: boolean }).isPastDue)).toEqual([false, true, false])
  })

  test('waits for its next moment when the schedule is another one now', async () => {
    const { clock, times, newHost } = world('every-five-minutes')
    const first = await newHost()
    await clock.run(start + minutes(5))
    await first.stop({ drain: true })
    await clock.run(start + minutes(22))
    await newHost({ settings: { SCHEDULE: '0 7 * * * *', ...Object.fromEntries(names.slice(1).map(off)) } })
    await clock.run(start + minutes(40))
    expect(times()).toEqual([minutes(4), minutes(36)])
  })
  const off = (name: string): [string, string] => [`AzureWebJobs.${name}.Disabled`, '1']
})

describe('of several hosts', () => {
  test('one runs the timer; when it is drained the next takes over within a minute', async () => {
    const { clock, times, newHost } = world('half-minutely')
    const first = await newHost()
    await newHost()
    await clock.run(start + seconds(100))
    expect(times()).toEqual([30, 60, 90].map(seconds))
    await first.stop({ drain: true })
    await clock.run(start + seconds(190))
    expect(times().slice(3)).toEqual([150, 180].map(seconds))
  })

  test('the next waits for the lease of one that was killed', async () => {
    const { clock, times, newHost } = world('half-minutely')
    const first = await newHost()
    await clock.run(start + seconds(95))
    await first.stop({ drain: false })
    await newHost()
    await clock.run(start + seconds(300))
    const [next = 0] = times().slice(3)
    expect(next).toBeGreaterThanOrEqual(seconds(150))
    expect(next).toBeLessThanOrEqual(seconds(210))
  })
})

describe('runTimer', () => {
  test('runs a timer now and tells whether it succeeded', async () => {
    const { clock, times, newHost } = world('every-five-minutes')
    const host = await newHost()
    const ran = host.runTimer('every-five-minutes')
    await clock.run(start + seconds(1))
    expect([await ran, times()]).toEqual([true, [0]])
    behaviour.run = () => Promise.reject(new Error('planned'))
    expect(await host.runTimer('every-five-minutes')).toBe(false)
    await expect(host.runTimer('unknown')).rejects.toThrow('no timer function "unknown": every-five-minutes')
  })
})
