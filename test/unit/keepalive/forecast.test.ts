import { describe, expect, test } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { type ForecastInput, forecastOf, onTimeOf } from '../../../src/lib/keepalive/forecast.ts'
import { clockOf, day, liveThrough, newYear, settingsOf, standbyHost } from '../../support/keep-alive-years.ts'

const settings = settingsOf()
const waiting = (count: number, dueAt: (i: number) => number) =>
  Array.from({ length: count }, (_, i) => ({
    key: `secondary-${standbyHost(i).host}`,
    zone: '',
    dueAt: dueAt(i),
    notBefore: 0,
    isLate: false,
  }))
const forecast = (parts: Partial<ForecastInput>) =>
  forecastOf({ settings, waiting: [], perOpening: 60, tried: 0, onTime: hours(2.2), now: newYear, ...parts })

describe('the forecast', () => {
  test('comes to what the year then brings', () => {
    const hosts = Array.from({ length: 40 }, (_, i) => standbyHost(i))
    const clocks = hosts.map((host, i) => clockOf(host, { lastProof: newYear - (i % 20) * day }))
    const year = liveThrough({ settings, hosts, clocks, days: 365 })
    const told = forecast({ waiting: waiting(40, (i) => newYear - (i % 20) * day + settings.every) })
    expect(told.wakeUps).toBe(year.wakes)
    expect(told.vmHours).toBeCloseTo(year.wakes * 2.2, 0)
    expect(told.peakPerOpening).toBe(Math.max(...year.openings.map(({ woken }) => woken)))
  })

  test('knows when it is whose turn', () => {
    const { nextWakes } = forecast({ waiting: waiting(2, (i) => newYear + (10 + i) * day) })
    expect([...nextWakes.values()].map((at) => (at - newYear) / hours(1))).toEqual([10 * 24 - 4, 11 * 24 - 4])
  })

  test('keeps to what an opening holds, and to what has been started in it', () => {
    const told = forecast({ waiting: waiting(30, () => newYear - day), perOpening: 10, tried: 4 })
    const inFirst = [...told.nextWakes.values()].filter((at) => at < newYear + hours(6)).length
    expect([inFirst, told.peakPerOpening, told.peakConcurrent]).toEqual([6, 10, 10])
  })

  test('of no hosts is nothing', () => {
    expect(forecast({})).toMatchObject({ wakeUps: 0, vmHours: 0, peakPerOpening: 0, peakConcurrent: 0 })
  })
})

describe('the time a wake-up takes', () => {
  const woken = (n: number, onFor: number) =>
    clockOf(standbyHost(n), { lastWake: { operationId: 'op', at: newYear, outcome: 'proven', onFor } })

  test('is the one in the middle of those that were measured', () => {
    expect(onTimeOf([woken(1, hours(2)), woken(2, hours(9)), woken(3, hours(2.1))], settings)).toBe(hours(2.1))
  })

  test('is stayOn and ten minutes before there are any', () => {
    expect(onTimeOf([clockOf(standbyHost(1))], settings)).toBe(hours(2) + minutes(10))
  })
})
