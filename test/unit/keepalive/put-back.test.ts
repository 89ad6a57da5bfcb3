import { describe, expect, test } from 'vitest'
import { hours } from '../../../src/lib/core/time.ts'
import { planPutBacks } from '../../../src/lib/keepalive/put-back.ts'
import type { HostClock } from '../../../src/lib/model/host-clock.ts'
import { clockOf, newYear, standbyHost } from '../../support/keep-alive-years.ts'

const now = newYear
const host = standbyHost(1)
const left = (parts: Partial<HostClock> = {}) =>
  clockOf(host, { left: ['deallocateVm', 'undrainHost'], leftSince: now - hours(3), ...parts })
const codes = (clocks: readonly HostClock[], standbySide: 'primary' | 'secondary' | undefined = 'secondary') =>
  planPutBacks({ clocks, standbySide, hosts: [host], now }).map(({ code }) => code)

describe('what a wake-up has left behind', () => {
  test('is put back, all of it', () => {
    expect(
      planPutBacks({ clocks: [left(), clockOf(standbyHost(2))], standbySide: 'secondary', hosts: [host], now }),
    ).toEqual([
      {
        side: 'secondary',
        host: 'vm-0001',
        left: ['deallocateVm', 'undrainHost'],
        since: now - hours(3),
        code: 'putsBack',
      },
    ])
  })

  test('is tried once an hour', () => {
    expect(codes([left({ putBackTriedAt: now - hours(1) + 1 })])).toEqual(['triedLately'])
    expect(codes([left({ putBackTriedAt: now - hours(1) })])).toEqual(['putsBack'])
  })

  test('stays as it is where users work, and where a pair has no standby side', () => {
    expect(codes([left()], 'primary')).toEqual(['activeSide'])
    expect(planPutBacks({ clocks: [left()], standbySide: undefined, hosts: [], now }).map(({ code }) => code)).toEqual([
      'activeSide',
    ])
  })

  test('on a host that is gone is said and not done', () => {
    expect(codes([left({ host: 'vm-0009' })])).toEqual(['hostIsGone'])
  })

  test('on a host whose record a repair took away is put back by its VM', () => {
    const lastRepair = { operationId: 'op', at: now - 1, outcome: 'repairFailed', vmId: '/vm' } as const
    const clocks = [left({ host: 'vm-0009', left: ['deallocateVm'], lastRepair })]
    expect(planPutBacks({ clocks, standbySide: 'secondary', hosts: [host], now })).toMatchObject([
      { host: 'vm-0009', code: 'putsBack', vmId: '/vm' },
    ])
    expect(codes([left({ host: 'vm-0009', lastRepair: { ...lastRepair, outcome: 'repaired' } })])).toEqual([
      'hostIsGone',
    ])
  })
})
