import { describe, expect, it } from 'vitest'
import type { LedgerEvent } from '../../../sim/arm/ledger-types.ts'
import type { StandbyHost } from '../../../sim/judge/keep-alive-types.ts'
import { standbyRuns } from '../../../sim/judge/standby-runs.ts'
import { type CostOptions, costOf } from '../../../sim/keepalive/cost.ts'
import { hours } from '../../../src/lib/core/time.ts'

const day = 24
const host: StandbyHost = { pool: '/p', host: 'a', vm: '/vms/a', lastHeartbeat: 0, isBeating: false }
const options: CostOptions = {
  from: 0,
  until: hours(100 * day),
  every: hours(25 * day),
  stayOn: hours(2),
  latestStart: (by) => by,
}

/** Booted after 0.1 h, off 0.1 h after the deallocation was accepted. */
const run = (hour: number, length: number, by?: 'person'): readonly LedgerEvent[] => {
  const whose = by ? { by } : {}
  return [
    { at: hours(hour), kind: 'startAccepted', vm: '/vms/a', limiter: 'l', ...whose },
    { at: hours(hour + 0.1), kind: 'hostReady', pool: '/p', host: 'a' },
    { at: hours(hour + length), kind: 'hostGone', pool: '/p', host: 'a' },
    { at: hours(hour + length), kind: 'deallocateAccepted', vm: '/vms/a', limiter: 'l', ...whose },
    { at: hours(hour + length + 0.1), kind: 'deallocateEnded', vm: '/vms/a', ok: true },
  ]
}
const cost = (events: readonly LedgerEvent[], more: Partial<CostOptions> = {}) =>
  costOf(events, [host], standbyRuns(events, [host]), { ...options, ...more })

describe('the cost of keeping a host alive', () => {
  it('is the least where every wake-up comes as late as it may and lasts as long as it must', () => {
    const events = [...run(25 * day, 2.1), ...run(50 * day + 2, 2.1), ...run(75 * day + 4, 2.1)]
    const { usedHours, leastHours, wakes, forced } = cost(events)
    expect([wakes, forced]).toEqual([3, 3])
    expect(usedHours).toBeCloseTo(6.6)
    expect(leastHours).toBeCloseTo(6.6)
  })

  it('counts wake-ups that come too often', () => {
    const often = Array.from({ length: 9 }, (_, i) => run((i + 1) * 10 * day, 2.1)).flat()
    const { usedHours, leastHours } = cost(often)
    expect(usedHours / leastHours).toBeCloseTo(3)
  })

  it('takes what others have switched on for nothing', () => {
    const byOthers = [...run(20 * day, 3, 'person'), ...run(45 * day, 3, 'person'), ...run(70 * day, 3, 'person')]
    expect(cost([...byOthers, ...run(95 * day, 2.1)])).toMatchObject({ wakes: 1, forced: 1 })
  })

  it('is not forced any later than the window allows', () => {
    const latestStart = (by: number) => Math.floor(by / hours(20 * day)) * hours(20 * day)
    expect(cost(run(20 * day, 2.1), { latestStart }).forced).toBe(4)
  })
})
