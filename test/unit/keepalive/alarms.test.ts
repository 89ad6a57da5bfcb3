import { describe, expect, test } from 'vitest'
import { hours } from '../../../src/lib/core/time.ts'
import { type AlarmInput, alarmsOf } from '../../../src/lib/keepalive/alarms.ts'
import { capacityOf } from '../../../src/lib/keepalive/capacity.ts'
import { clockKey, planWakes, upcomingOpenings } from '../../../src/lib/keepalive/plan-wakes.ts'
import type { HostClock, RepairOutcome } from '../../../src/lib/model/host-clock.ts'
import { clockOf, day, newYear, settingsOf, standbyHost } from '../../support/keep-alive-years.ts'

const settings = settingsOf()
const openings = upcomingOpenings(settings, newYear)

/** Hosts by the days since their last heartbeat. */
const alarms = (ages: readonly number[], parts: Partial<AlarmInput> = {}) => {
  const hosts = ages.map((_, i) => standbyHost(i))
  const clocks = new Map(
    hosts.map((host, i) => [clockKey(host), clockOf(host, { lastProof: newYear - (ages[i] ?? 0) * day })]),
  )
  const { decisions } = planWakes({ settings, hosts, clocks, now: newYear, openings })
  const capacity = capacityOf(hosts.length, openings, settings)
  return alarmsOf({
    settings,
    decisions,
    putBacks: [],
    repairs: [],
    clocks: [],
    capacity,
    unread: [],
    now: newYear,
    ...parts,
  })
}
const left = (...steps: readonly ('deallocateVm' | 'undrainHost')[]) => ({
  side: 'secondary' as const,
  host: 'vm-0001',
  left: steps,
  since: newYear - hours(8) - 1,
  code: 'putsBack' as const,
})

describe('alarms', () => {
  test('are none where all is well', () => {
    expect(alarms([1, 25, 59])).toEqual([])
  })

  test('tell hosts near the end of their registration from those behind it', () => {
    expect(alarms([1, 60, 89, 90, 120])).toEqual([
      {
        code: 'expired',
        hosts: ['vm-0003', 'vm-0004'],
        message: '2 hosts: no heartbeat for longer than a registration lasts: they will not come up.',
      },
      {
        code: 'nearExpiry',
        hosts: ['vm-0001', 'vm-0002'],
        message: '2 hosts: no heartbeat for more than 60 d, the first lapses 2027-01-02T00:00:00Z.',
      },
    ])
  })

  test('tell hosts that a repair did not bring back, until they are seen alive', () => {
    const clockAfter = (outcome: RepairOutcome, lastProof: number) =>
      clockOf(standbyHost(1), { lastProof, lastRepair: { operationId: 'op', at: newYear - day, outcome, vmId: '/vm' } })
    const told = (clock: HostClock) => alarms([1], { clocks: [clock] }).map(({ code, hosts }) => [code, ...hosts])
    expect(told(clockAfter('repairFailed', 0))).toEqual([['repairFailed', 'vm-0001']])
    expect(told(clockAfter('interrupted', 0))).toEqual([['repairFailed', 'vm-0001']])
    expect(told(clockAfter('repairFailed', newYear))).toEqual([])
    expect(told(clockAfter('repaired', 0))).toEqual([])
  })

  test('tell hosts that a wake-up could not bring to life, those that lapsed by their own name', () => {
    const of = (host: string, code: 'noHeartbeat' | 'expired') =>
      ({ side: 'secondary', host, code, policy: 'propose', reason: '' }) as const
    expect(alarms([1], { repairs: [of('vm-0001', 'noHeartbeat'), of('vm-0002', 'expired')] })).toEqual([
      {
        code: 'silent',
        hosts: ['vm-0001'],
        message: '1 host: started by a wake-up, and sent no heartbeat: they may need a repair.',
      },
    ])
  })

  test('tell what is left on and what is left drained for too long', () => {
    const putBacks = [left('deallocateVm', 'undrainHost'), { ...left('undrainHost'), host: 'vm-0002' }]
    expect(alarms([1], { putBacks }).map(({ code, hosts }) => [code, hosts])).toEqual([
      ['onTooLong', ['vm-0001']],
      ['leftBehind', ['vm-0002']],
    ])
    expect(alarms([1], { putBacks: [{ ...left('deallocateVm'), since: newYear - hours(8) }] })).toEqual([])
  })

  test('tell for a day who was on for too long although it is over', () => {
    const woken = (hoursOn: number, ago = 1) =>
      clockOf(standbyHost(1), {
        lastWake: { operationId: 'op', at: newYear - hours(ago), outcome: 'proven', onFor: hours(hoursOn) },
      })
    expect(alarms([1], { clocks: [woken(9)] })).toMatchObject([{ code: 'wasOnTooLong', hosts: ['vm-0001'] }])
    expect(alarms([1], { clocks: [woken(8)] })).toEqual([])
    expect(alarms([1], { clocks: [woken(9, 25)] })).toEqual([])
  })

  test('tell a wake-up that does not end', () => {
    const startedAt = newYear - hours(8)
    expect(alarms([1], { operation: { id: 'keepAlive-1', startedAt } })).toEqual([])
    expect(alarms([1], { operation: { id: 'keepAlive-1', startedAt: startedAt - 1 } })).toEqual([
      { code: 'onTooLong', hosts: [], message: 'keepAlive-1 has been waking hosts for more than 8 h.' },
    ])
  })

  test('tell a window that is too small, and what could not be read', () => {
    const small = settingsOf({ maxPerDay: 1 })
    const found = alarms([1], { capacity: capacityOf(26, openings, small), unread: ['secondary vms: throttled'] })
    expect(found.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'windowTooSmall: The window is too small: 26 hosts in 25 openings within 25 d need 2 an opening; 3 rounds of 2 h 45 min with 20 hosts each, at most 1, make 1.',
      'unread: Nothing is woken: secondary vms: throttled.',
    ])
  })
})
