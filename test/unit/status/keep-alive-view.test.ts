import { describe, expect, test } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import type { HostClock } from '../../../src/lib/model/host-clock.ts'
import type { Inventory } from '../../../src/lib/model/inventory.ts'
import { viewKeepAlive } from '../../../src/lib/status/keep-alive-view.ts'
import { openEngine } from '../../support/engine-world.ts'
import { day } from '../../support/keep-alive-years.ts'
import { hostOf, inventoryOf, now, planOf, planText, pooledSeen, vmOf, withSide } from '../../support/plans.ts'

const plan = planOf(planText.replace('strategy: pooledStandby', 'strategy: pooledStandby\n    keepAlive: {}'))
const ages = { 'vm-w1': 30, 'vm-w2': 95, 'vm-w3': 3, 'vm-w4': 1 }
const names = Object.keys(ages)
const tags = { 'avd-dr-fslogix': '{"enabled":1}' }

const inventory = inventoryOf({
  pooled: withSide(pooledSeen, 'secondary', {
    sessionHosts: Object.entries(ages).map(([name, age]) =>
      hostOf('hp-w', 'rg-w', name, { lastHeartbeat: now - age * day }),
    ),
    vms: names.map((name, i) =>
      vmOf('rg-w', name, 'ukwest', { power: i === 3 ? 'running' : 'deallocated', ...(i === 0 && { tags }) }),
    ),
  }),
})

const clock = (host: string, parts: Partial<HostClock>): HostClock => ({
  pairId: 'pooled',
  side: 'secondary',
  host,
  firstSeen: now - 200 * day,
  startFailures: [],
  left: [],
  ...parts,
})

async function view(clocks: readonly HostClock[] = [], given: Inventory | undefined = inventory) {
  const { world } = openEngine(undefined, now)
  for (const one of clocks) await world.hosts.save(one)
  const { pairs, ...rest } = await viewKeepAlive({ world, plan, inventory: given })
  const [pooled, personal] = pairs
  if (pooled?.keepAlive !== 'on' || !personal) throw new Error('the pooled pair is kept')
  return { pooled, personal, ...rest }
}

describe('the view of keep-alive', () => {
  test('says by name where nobody keeps hosts alive', async () => {
    expect((await view()).personal).toEqual({
      id: 'personal',
      strategy: 'personalReplicated',
      keepAlive: 'off',
      why: 'The plan has no keepAlive for this pair: nobody wakes its standby hosts.',
    })
  })

  test('tells of each host its proof, the days that are left, its next wake-up and why', async () => {
    const lastWake = { operationId: 'keepAlive-1', at: now - 27 * day, outcome: 'proven' as const, onFor: hours(3) }
    const { pooled } = await view([clock('vm-w1', { lastProof: now - 27 * day, lastWake, agentVersion: '1.0.9' })])
    expect(pooled.hosts.map(({ host, daysLeft, code }) => [host, daysLeft, code])).toEqual([
      ['vm-w1', 63, 'wakes'],
      ['vm-w2', -5, 'wakes'],
      ['vm-w3', 87, 'scheduled'],
      ['vm-w4', 89, 'running'],
    ])
    expect(pooled.hosts[0]).toEqual({
      host: 'vm-w1',
      side: 'secondary',
      lastProof: '2026-02-15T21:00:00Z',
      daysLeft: 63,
      dueAt: '2026-03-12T21:00:00Z',
      nextWake: '2026-03-14T21:00:00Z',
      code: 'wakes',
      reason: 'Its turn has come: it is started with this run.',
      agentVersion: '1.0.9',
      lastWake: { ...lastWake, at: '2026-02-15T21:00:00Z' },
      fslogix: { enabled: 1 },
    })
    expect(pooled.hosts[2]).toMatchObject({ nextWake: '2026-04-05T20:00:00Z', fslogix: 'could not check' })
  })

  test('forecasts a year by the time that wake-ups have taken', async () => {
    const lastWake = { operationId: 'keepAlive-1', at: now - 27 * day, outcome: 'proven' as const, onFor: hours(3) }
    const { pooled } = await view([clock('vm-w1', { lastProof: now - 27 * day, lastWake })])
    const { forecast } = pooled
    expect(forecast).toMatchObject({ from: '2026-03-14T21:00:00Z', until: '2027-03-14T21:00:00Z', peakPerOpening: 2 })
    // Four hosts every 25 days.
    expect(forecast.wakeUps).toBeGreaterThanOrEqual(57)
    expect(forecast.wakeUps).toBeLessThanOrEqual(61)
    expect(forecast.vmHours).toBe(forecast.wakeUps * 3)
  })

  test('shows the window, its room, alarms, repairs, and what was left behind', async () => {
    const { pooled } = await view([
      clock('vm-w3', { lastProof: now - day, left: ['deallocateVm'], leftSince: now - minutes(30) }),
    ])
    expect(pooled.opening).toEqual({
      opens: '2026-03-14T20:00:00Z',
      lastStart: '2026-03-15T03:30:00Z',
      closes: '2026-03-15T06:00:00Z',
    })
    expect(pooled.capacity).toMatchObject({ hosts: 4, needed: 1, isEnough: true })
    expect(pooled.alarms.map(({ code, hosts }) => [code, hosts])).toEqual([['expired', 1]])
    expect(pooled.repairs.map(({ host, code, policy }) => [host, code, policy])).toEqual([
      ['vm-w2', 'expired', 'propose'],
    ])
    expect(pooled.leftBehind).toEqual([
      { side: 'secondary', host: 'vm-w3', left: ['deallocateVm'], since: '2026-03-14T20:30:00Z', code: 'putsBack' },
    ])
    expect(pooled.hosts[2]?.code).toBe('leftBehind')
  })

  test('shows of a repair what comes next, and how the last try ended', async () => {
    const lastRepair = { operationId: 'keepAlive-1', at: now - day, outcome: 'repairFailed', vmId: '/vm' } as const
    const { pooled } = await view([clock('vm-w9', { lastRepair })])
    expect(pooled.repairs.find(({ host }) => host === 'vm-w9')).toEqual({
      side: 'secondary',
      host: 'vm-w9',
      code: 'removed',
      policy: 'propose',
      reason: expect.stringContaining('took its record away'),
      next: 'proposed',
      nextReason: expect.any(String),
      last: { operationId: 'keepAlive-1', at: '2026-03-13T21:00:00Z', outcome: 'repairFailed' },
    })
    expect(pooled.alarms.map(({ code }) => code)).toContain('repairFailed')
  })

  test('shows where Azure had no room', async () => {
    const startFailures = [{ at: now - day, code: 'AllocationFailed', size: 'Standard_D4s_v5' }]
    expect((await view([clock('vm-w1', { startFailures })])).pooled.startFailures).toEqual([
      { size: 'Standard_D4s_v5', code: 'AllocationFailed', count: 1, hosts: 1, lastAt: '2026-03-13T21:00:00Z' },
    ])
  })

  test('without an inventory says so', async () => {
    const { world } = openEngine(undefined, now)
    const { pairs } = await viewKeepAlive({ world, plan, inventory: undefined })
    expect(pairs[0]).toMatchObject({ hosts: [], alarms: [{ code: 'unread' }] })
  })
})
