import { describe, expect, test } from 'vitest'
import { hours } from '../../../src/lib/core/time.ts'
import { capacityOf } from '../../../src/lib/keepalive/capacity.ts'
import { upcomingOpenings } from '../../../src/lib/keepalive/plan-wakes.ts'
import type { KeepAliveSettings, WakeWindow } from '../../../src/lib/plan/keep-alive.ts'
import { day, newYear, settingsOf } from '../../support/keep-alive-years.ts'

const of = (hosts: number, parts: Partial<KeepAliveSettings> = {}, window: Partial<WakeWindow> = {}) => {
  const settings = settingsOf(parts)
  const whole = { ...settings, window: { ...settings.window, ...window } }
  return capacityOf(hosts, upcomingOpenings(whole, newYear), whole)
}

describe('the room in a window', () => {
  test('is what its rounds hold, and is said with the arithmetic', () => {
    expect(of(500)).toEqual({
      hosts: 500,
      openings: 25,
      rounds: 3,
      perOpening: 60,
      needed: 20,
      isEnough: true,
      arithmetic:
        '500 hosts in 25 openings within 25 d need 20 an opening; 3 rounds of 2 h 45 min with 20 hosts each, at most 100, make 60',
    })
  })

  test('is not more than maxPerDay', () => {
    expect(of(500, { maxPerDay: 19 })).toMatchObject({ perOpening: 19, needed: 20, isEnough: false })
    expect(of(500, { maxPerDay: 20 })).toMatchObject({ isEnough: true })
  })

  test('is one round where nothing more fits', () => {
    expect(of(501, {}, { to: hours(23) })).toMatchObject({ rounds: 1, perOpening: 20, needed: 21, isEnough: false })
  })

  test('counts the openings that are: two a week are far fewer', () => {
    // From a Sunday's wake-up the next but two weekends are within 25 days: six openings later at the least.
    expect(of(60, {}, { days: ['sat', 'sun'] })).toMatchObject({ openings: 6, needed: 10 })
    expect(of(60, { every: 7 * day }, { days: ['sun'] })).toMatchObject({ openings: 1, needed: 60 })
  })
})
