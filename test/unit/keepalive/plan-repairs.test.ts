import { describe, expect, test } from 'vitest'
import { planRepairs } from '../../../src/lib/keepalive/plan-repairs.ts'
import { clockKey } from '../../../src/lib/keepalive/plan-wakes.ts'
import { repairsOf } from '../../../src/lib/keepalive/repairs.ts'
import type { StandbyHost } from '../../../src/lib/keepalive/standby-hosts.ts'
import type { HostClock } from '../../../src/lib/model/host-clock.ts'
import type { KeepAliveSettings } from '../../../src/lib/plan/keep-alive.ts'
import type { PlannedPair } from '../../../src/lib/plan/schema.ts'
import { clockOf, day, newYear, settingsOf, standbyHost } from '../../support/keep-alive-years.ts'

const hour = day / 24
const alive = { lastProof: newYear - 20 * day }
/** Silent for 91 days, and a start has shown it. */
const dead = {
  lastProof: newYear - 91 * day,
  lastWake: { operationId: 'op', at: newYear - 5 * hour, outcome: 'noHeartbeat' as const },
}
const lastRepair = (outcome: 'repairFailed' | 'interrupted' | 'repaired', hoursAgo: number) => ({
  lastRepair: { operationId: 'op', at: newYear - hoursAgo * hour, outcome, vmId: '/vm' },
})

type Parts = {
  readonly clocks: readonly Partial<HostClock>[]
  /** Those of the clocks that the pool has no record of. */
  readonly unlisted?: readonly number[]
  readonly settings?: Partial<KeepAliveSettings>
  readonly minimumCapacity?: PlannedPair['minimumCapacity']
  readonly hosts?: (host: StandbyHost, n: number) => StandbyHost
  readonly unread?: readonly string[]
}

/** `vm-0001 replaces`, one line a repair. */
function plan({ clocks, unlisted = [], settings, minimumCapacity = { hosts: 1 }, hosts, unread = [] }: Parts) {
  const all = clocks.map((_, i) => hosts?.(standbyHost(i + 1), i + 1) ?? standbyHost(i + 1))
  const listed = all.filter((_, i) => !unlisted.includes(i + 1))
  const byKey = new Map(all.map((host, i) => [clockKey(host), clockOf(host, clocks[i])]))
  const keepAlive = settingsOf({ repair: 'replace', template: '/template', ...settings })
  const repairs = repairsOf(listed, byKey, keepAlive, newYear)
  const pair = { keepAlive, minimumCapacity }
  return planRepairs({ pair, repairs, hosts: listed, clocks: byKey, unread, now: newYear })
}

const told = (parts: Parts) => plan(parts).map(({ host, next }) => `${host} ${next}`)

const withPower = (power: 'running' | 'starting') => (host: StandbyHost) =>
  typeof host.vm === 'object' ? { ...host, vm: { ...host.vm, power } } : host

describe('the one host that is replaced', () => {
  test('is the one that has been silent longest', () => {
    const older = { ...dead, lastProof: newYear - 99 * day }
    expect(told({ clocks: [dead, older, alive, alive] })).toEqual(['vm-0001 waitsForOthers', 'vm-0002 replaces'])
  })

  test('is one that came up silent, whatever its age', () => {
    const silent = { ...dead, lastProof: newYear - 30 * day }
    expect(told({ clocks: [silent, alive] })).toEqual(['vm-0001 replaces'])
  })

  test('may be one that a repair has taken out of the pool: its clock names the VM', () => {
    const removed = { ...dead, ...lastRepair('repairFailed', 24) }
    expect(plan({ clocks: [removed, alive], unlisted: [1] })).toMatchObject([
      { host: 'vm-0001', code: 'removed', next: 'replaces', vmId: '/vm' },
    ])
  })
})

describe('nobody is replaced', () => {
  test.each<[string, Parts, string]>([
    ['where the plan only proposes', { clocks: [dead, alive], settings: { repair: 'propose' } }, 'proposed'],
    ['on the word of a clock alone', { clocks: [{ lastProof: newYear - 91 * day }, alive] }, 'notTried'],
    ['whose VM runs', { clocks: [dead, alive], hosts: withPower('running') }, 'running'],
    ['whose VM is being started', { clocks: [dead, alive], hosts: withPower('starting') }, 'running'],
    ['without a VM', { clocks: [dead, alive], hosts: (host, n) => (n === 1 ? { ...host, vm: 'none' } : host) }, 'noVm'],
    ['who is still to be put back', { clocks: [{ ...dead, left: ['deallocateVm'] }, alive] }, 'leftBehind'],
    ['blindly', { clocks: [dead, alive], unread: ['secondary vms: gone'] }, 'unread'],
    ['twice a day', { clocks: [{ ...dead, ...lastRepair('repairFailed', 23) }, alive] }, 'failedLately'],
    ['right after an interruption', { clocks: [{ ...dead, ...lastRepair('interrupted', 1) }, alive] }, 'failedLately'],
  ])('%s', (_, parts, next) => {
    expect(plan(parts).map((repair) => repair.next)).toEqual([next])
  })

  test('while another host of the pair has failed within a day: the template may be wrong', () => {
    const failed = { ...dead, ...lastRepair('repairFailed', 2) }
    expect(told({ clocks: [failed, dead, alive] })).toEqual(['vm-0001 failedLately', 'vm-0002 afterFailure'])
    expect(told({ clocks: [{ ...dead, ...lastRepair('repairFailed', 24) }, alive] })).toEqual(['vm-0001 replaces'])
  })

  test('because of a failure that the host has survived', () => {
    const survivor = { ...alive, lastProof: newYear - hour, ...lastRepair('repairFailed', 2) }
    expect(told({ clocks: [survivor, dead, alive] })).toEqual(['vm-0002 replaces'])
  })
})

describe('minimumCapacity', () => {
  test('counts hosts that would come up, and not the one that is replaced', () => {
    const clocks = [dead, alive, alive]
    expect(told({ clocks, minimumCapacity: { hosts: 2 } })).toEqual(['vm-0001 replaces'])
    expect(told({ clocks, minimumCapacity: { hosts: 3 } })).toEqual(['vm-0001 belowMinimum'])
  })

  test('counts no dead hosts, no lapsed ones, none without a VM and none never seen alive', () => {
    const others = [dead, { lastProof: newYear - 90 * day }, {}, alive]
    const minimumCapacity = { hosts: 2 }
    expect(new Set(told({ clocks: [dead, ...others], minimumCapacity }).map((line) => line.split(' ')[1]))).toEqual(
      new Set(['belowMinimum', 'notTried']),
    )
  })

  test('counts no host that came up silent, however young its last proof', () => {
    const silent = { ...dead, lastProof: newYear - 30 * day }
    const clocks = [dead, silent, alive]
    expect(told({ clocks, minimumCapacity: { hosts: 2 } })).toEqual(['vm-0001 belowMinimum', 'vm-0002 belowMinimum'])
    expect(told({ clocks, minimumCapacity: { hosts: 1 } })).toEqual(['vm-0001 replaces', 'vm-0002 waitsForOthers'])
  })

  test('as a share counts hosts that a repair has taken out of the pool', () => {
    const clocks = [{ ...dead, ...lastRepair('repairFailed', 25) }, alive, alive]
    expect(plan({ clocks, unlisted: [1], minimumCapacity: { percent: 66 } })).toMatchObject([{ next: 'replaces' }])
    expect(plan({ clocks, unlisted: [1], minimumCapacity: { percent: 67 } })).toMatchObject([
      { next: 'belowMinimum', nextReason: expect.stringContaining('2 hosts are alive') },
    ])
  })
})

test('the reason says when a failed repair is tried again', () => {
  const [repair] = plan({ clocks: [{ ...dead, ...lastRepair('repairFailed', 23) }, alive] })
  expect(repair?.nextReason).toBe('Its repair failed; it is not tried again before 2027-01-01T01:00:00Z.')
})
