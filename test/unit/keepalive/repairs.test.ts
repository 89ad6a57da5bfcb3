import { describe, expect, test } from 'vitest'
import { clockKey } from '../../../src/lib/keepalive/plan-wakes.ts'
import { repairsOf } from '../../../src/lib/keepalive/repairs.ts'
import type { HostClock } from '../../../src/lib/model/host-clock.ts'
import type { KeepAliveSettings } from '../../../src/lib/plan/keep-alive.ts'
import { clockOf, day, newYear, settingsOf, standbyHost } from '../../support/keep-alive-years.ts'

const host = standbyHost(1)
const repair = (clock: Partial<HostClock>, policy: KeepAliveSettings['repair'] = 'propose') =>
  repairsOf([host], new Map([[clockKey(host), clockOf(host, clock)]]), settingsOf({ repair: policy }), newYear)
const wake = (outcome: 'noHeartbeat' | 'startFailed') => ({
  lastWake: { operationId: 'op', at: newYear - day, outcome },
})

describe('a repair', () => {
  test('is for a host whose registration has lapsed', () => {
    expect(repair({ lastProof: newYear - 90 * day })).toEqual([
      {
        side: 'secondary',
        host: 'vm-0001',
        code: 'expired',
        policy: 'propose',
        reason: 'No heartbeat since 2026-10-03T00:00:00Z: its registration has lapsed.',
      },
    ])
    expect(repair({ lastProof: newYear - 90 * day + 1 })).toEqual([])
    expect(repair({ firstSeen: newYear - 91 * day })).toMatchObject([
      { reason: expect.stringMatching(/^Never seen alive/) },
    ])
  })

  test('is for a host that was started and sent no heartbeat since', () => {
    const clock = { lastProof: newYear - 26 * day, ...wake('noHeartbeat') }
    expect(repair(clock, 'replace')).toMatchObject([{ code: 'noHeartbeat', policy: 'replace' }])
    expect(repair({ ...clock, lastProof: newYear - day / 2 })).toEqual([])
  })

  test('is not for a host that Azure would not start', () => {
    expect(repair({ lastProof: newYear - 26 * day, ...wake('startFailed') })).toEqual([])
  })

  test('is not spoken of where the plan says off', () => {
    expect(repair({ lastProof: newYear - 95 * day }, 'off')).toEqual([])
  })
})
