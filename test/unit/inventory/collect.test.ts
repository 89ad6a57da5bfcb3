import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fleetIds } from '../../../sim/fleets/fleet-ids.ts'
import { planTextFor } from '../../../sim/fleets/plan-text.ts'
import { collectInventory } from '../../../src/lib/inventory/collect.ts'
import type { SessionHost } from '../../../src/lib/model/azure.ts'
import type { Inventory, PairSeen } from '../../../src/lib/model/inventory.ts'
import { type Calls, expectWhole, gatewaysWith, never, type Trouble } from '../../support/inventory-gateways.ts'
import { groupIdOf, now, personalSeen, planOf, pooledSeen } from '../../support/plans.ts'

const withHost = (pair: PairSeen, host: SessionHost): PairSeen => ({
  ...pair,
  primary: { ...pair.primary, sessionHosts: [...(pair.primary.sessionHosts ?? []), { ...host, name: 'gone' }] },
})

const collect = (trouble: Trouble = () => 'ok', calls?: Calls, before?: Inventory) =>
  collectInventory({ gateways: gatewaysWith(trouble, calls), plan: planOf(), now, before })

describe('the inventory', () => {
  it('has both sides of every pair, without gaps, as of the moment reading began', async () => {
    const { takenAt, pairs } = await collect()
    expect(takenAt).toBe(now)
    expect(pairs.pooled).toMatchObject({
      gaps: [],
      rolesThatUseApplications: ['a', 'b'],
      primary: { gaps: [], sessionHosts: pooledSeen.primary.sessionHosts, vms: pooledSeen.primary.vms },
      secondary: { gaps: [], quotas: [{ name: 'cores', used: 0, limit: 100 }] },
    })
    expect(pairs.personal?.replicatedItems).toHaveLength(3)
    expect(pairs.pooled && 'replicatedItems' in pairs.pooled).toBe(false)
  })

  it('has the recovery plans of a vault with a consistency group, and reads none of another', async () => {
    const grouped = (personalSeen.replicatedItems ?? []).map((item) => ({ ...item, multiVmGroup: 'sql' }))
    const read = async (trouble: Trouble, items?: typeof grouped) => {
      const gateways = gatewaysWith(trouble, undefined, items)
      return (await collectInventory({ gateways, plan: planOf(), now, before: undefined })).pairs.personal
    }
    expect(await read(() => 'ok', grouped)).toMatchObject({ recoveryPlans: [{ id: '/plans/rp' }] })
    const failing = await read((name) => (name === 'recoveryPlans' ? 'refused' : 'ok'), grouped)
    expect(failing?.gaps.map(({ what }) => what)).toContain('recoveryPlans')
    const none = await read((name) => (name === 'recoveryPlans' ? 'throws' : 'ok'))
    expect(none?.gaps.map(({ what }) => what)).not.toContain('recoveryPlans')
    expect(none && 'recoveryPlans' in none).toBe(false)
  })

  it('has only application groups of the pool, with their assignments', async () => {
    const { pairs } = await collect()
    const groups = pairs.pooled?.primary.applicationGroups
    expect(groups?.map(({ id }) => id)).toEqual([groupIdOf('dag-s'), groupIdOf('rag-s')])
    expect(groups?.[0]?.assignments).toHaveLength(1)
  })

  it('reads what both sides share once, and never more than four things at a time', async () => {
    const calls: Calls = { names: [], most: 0, running: 0 }
    await collect(() => 'ok', calls, await collect())
    const count = (name: string) => calls.names.filter((one) => one === name).length
    // Three pools in all; four sides; one subscription.
    expect([count('hostPool'), count('sessionHosts'), count('roles'), count('items')]).toEqual([3, 3, 1, 1])
    expect(calls.most).toBe(4)
  })

  it.each([
    ['sessionHosts', 3],
    ['items', 1],
    ['vms', 4],
    ['applicationGroups', 3],
    ['assignments', 4],
  ] as const)('reads %s twice where there is no earlier inventory to miss something of', async (what, places) => {
    const calls: Calls = { names: [], most: 0, running: 0 }
    await collect(() => 'ok', calls)
    expect(calls.names.filter((one) => one === what)).toHaveLength(places * 2)
  })

  it('reads assignments twice every time, for what was made since the last inventory', async () => {
    const calls: Calls = { names: [], most: 0, running: 0 }
    await collect(() => 'ok', calls, await collect())
    expect(calls.names.filter((one) => one === 'assignments')).toHaveLength(8)
  })

  it('reads again when somebody who had access is missing, and believes it when he is missing again', async () => {
    const calls: Calls = { names: [], most: 0, running: 0 }
    const before = await collect()
    const stray = before.pairs.pooled?.primary.sessionHosts?.[0] ?? never()
    const more = { ...before, pairs: { ...before.pairs, pooled: withHost(before.pairs.pooled ?? never(), stray) } }
    const { pairs } = await collect(() => 'ok', calls, more)
    expect(calls.names.filter((one) => one === 'sessionHosts')).toHaveLength(4)
    expect(pairs.pooled?.primary).toMatchObject({ gaps: [], sessionHosts: pooledSeen.primary.sessionHosts })
  })

  it('asks as often for a thousand desktops as for six', async () => {
    const readings = async (fleet: 'tiny' | 'demo' | 'thousand') => {
      const calls: Calls = { names: [], most: 0, running: 0 }
      const plan = planOf(planTextFor(fleetIds(fleet, { pooledHosts: 0 })))
      await collectInventory({ gateways: gatewaysWith(() => 'ok', calls), plan, now, before: undefined })
      return calls.names.length
    }
    expect(await readings('thousand')).toBe(await readings('tiny'))
  })

  it.each(['hostPool', 'sessionHosts', 'vms', 'applicationGroups', 'scalingPlans', 'quotas'] as const)(
    'without %s has a gap that says why, and no empty list',
    async (what) => {
      const { pairs } = await collect((name) => (name === what ? 'refused' : 'ok'))
      for (const side of [pairs.pooled?.primary, pairs.pooled?.secondary, pairs.personal?.primary]) {
        expect(side && what in side).toBe(false)
        // Which workspaces are theirs is told by the groups.
        const after = what === 'applicationGroups' ? ['workspaces'] : []
        expect(side?.gaps).toEqual([what, ...after].map((one) => ({ what: one, reason: `unavailable: no ${what}` })))
      }
    },
  )

  it('has no application groups at all when the assignments of one are unknown', async () => {
    let first = true
    const { pairs } = await collect((name) => {
      if (name !== 'assignments' || !first) return 'ok'
      first = false
      return 'unknown'
    })
    expect(pairs.pooled?.primary.applicationGroups).toBeUndefined()
    expect(pairs.pooled?.primary.gaps[0]).toMatchObject({ what: 'applicationGroups' })
    expect(pairs.pooled?.secondary.gaps).toEqual([])
  })

  it('has gaps of the pair for roles and replicated items', async () => {
    const { pairs } = await collect((name) => (name === 'roles' || name === 'items' ? 'refused' : 'ok'))
    expect(pairs.pooled?.gaps.map(({ what }) => what)).toEqual(['rolesThatUseApplications'])
    // Which of two machines of one name is in use is told by the items alone.
    expect(pairs.personal?.gaps.map(({ what }) => what)).toEqual([
      'replicatedItems',
      'rolesThatUseApplications',
      'extensions',
    ])
  })

  it('tells a gap from an empty list, whatever fails', async () => {
    const whole = await collect()
    const fate = fc.constantFrom(
      'ok' as const,
      'ok' as const,
      'refused' as const,
      'unknown' as const,
      'throws' as const,
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { minLength: 160, maxLength: 160 }), async (fates) => {
        let next = 0
        const { pairs } = await collect(() => fates[next++] ?? 'ok')
        for (const [id, pair] of Object.entries(pairs)) {
          const expected = whole.pairs[id] ?? never()
          expectWhole(pair, { ...expected, primary: pair.primary, secondary: pair.secondary })
          expectWhole(pair.primary, expected.primary)
          expectWhole(pair.secondary, expected.secondary)
        }
      }),
      { numRuns: 100 },
    )
  })
})
