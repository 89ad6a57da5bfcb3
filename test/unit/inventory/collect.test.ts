import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fleetIds } from '../../../sim/fleets/fleet-ids.ts'
import { planTextFor } from '../../../sim/fleets/plan-text.ts'
import type { Answer } from '../../../src/lib/core/fault.ts'
import { collectInventory } from '../../../src/lib/inventory/collect.ts'
import type { SessionHost } from '../../../src/lib/model/azure.ts'
import type { Gap, Inventory, PairSeen } from '../../../src/lib/model/inventory.ts'
import type { Gateways } from '../../../src/lib/ports/gateways.ts'
import { fakeEstate } from '../../support/estate.ts'
import { avdIdOf, groupIdOf, now, personalSeen, planOf, pooledSeen } from '../../support/plans.ts'

type Calls = { readonly names: string[]; most: number; running: number }
type Trouble = (name: string) => 'ok' | 'refused' | 'unknown' | 'throws'

/** Azure as two small pairs have it; every reading may fail. */
function gatewaysWith(
  trouble: Trouble,
  calls: Calls = { names: [], most: 0, running: 0 },
  items: NonNullable<PairSeen['replicatedItems']> = personalSeen.replicatedItems ?? [],
): Gateways {
  const answer = async <T>(name: string, value: T): Promise<Answer<T>> => {
    calls.names.push(name)
    calls.running++
    calls.most = Math.max(calls.most, calls.running)
    await Promise.resolve()
    calls.running--
    const fate = trouble(name)
    if (fate === 'throws') throw new Error(`broken ${name}`)
    if (fate === 'ok') return { kind: 'ok', value }
    return { kind: fate, fault: { code: 'unavailable', message: `no ${name}`, retryable: true } }
  }
  const seenAt = (id: string) => {
    if (/\/hp-s$/i.test(id)) return pooledSeen.primary
    return /\/hp-w$/i.test(id) ? pooledSeen.secondary : personalSeen.primary
  }
  const vms = [pooledSeen.primary, pooledSeen.secondary, personalSeen.primary].flatMap((side) => side.vms ?? [])
  const applicationGroups = [pooledSeen.primary, pooledSeen.secondary].flatMap((side) => side.applicationGroups ?? [])
  const unused = () => Promise.reject(new Error('the inventory only reads lists'))
  return {
    avd: {
      hostPool: (id) => answer('hostPool', seenAt(id).hostPool ?? never()),
      sessionHosts: (id) => answer('sessionHosts', seenAt(id).sessionHosts ?? []),
      applicationGroups: (_, group) =>
        answer(
          'applicationGroups',
          applicationGroups
            .filter(({ id }) => id.includes(`/${group}/`))
            .concat({
              ...(applicationGroups[0] ?? never()),
              id: 'foreign',
              hostPoolId: avdIdOf('rg', 'hostpools', 'other'),
            })
            .map(({ assignments: _assignments, ...group }) => group),
        ),
      applications: () => answer('applications', []),
      workspaces: () => answer('workspaces', []),
      msixPackages: () => answer('msixPackages', []),
      appAttachPackages: () => answer('appAttachPackages', []),
      scalingPlans: () => answer('scalingPlans', []),
      setStartVmOnConnect: unused,
      setAllowNewSession: unused,
      userSessions: unused,
      sendMessage: unused,
      signOut: unused,
      removeSessionHost: unused,
      newRegistrationToken: unused,
      setScalingPlanEnabled: unused,
      applicationGroup: unused,
      application: unused,
      setPoolProperty: unused,
      putApplicationGroup: unused,
      setApplicationGroup: unused,
      putApplication: unused,
    },
    compute: {
      vms: (_, group) =>
        answer(
          'vms',
          vms.filter(({ id }) => id.includes(`/${group}/`)),
        ),
      quotas: () => answer('quotas', [{ name: 'cores', used: 0, limit: 100 }]),
      vm: unused,
      powerStates: () => answer('powerStates', new Map(vms.map(({ id, power }) => [id.toLowerCase(), power]))),
      start: unused,
      operationFault: unused,
      deallocate: unused,
      assessPatches: unused,
      installPatches: unused,
      setTags: unused,
    },
    room: {
      sizes: () => answer('sizes', pooledSeen.secondary.sizes ?? []),
      reservations: () => answer('reservations', []),
      subnets: () => answer('subnets', []),
    },
    extensions: {
      ofVm: unused,
      all: () => answer('extensions', []),
      put: unused,
      remove: unused,
      associations: unused,
      allAssociations: async () => answer('associations of VMs', new Map()),
      associate: unused,
    },
    deployments: { deployment: unused, deploy: unused },
    siteRecovery: {
      items: () => answer('items', items),
      jobs: unused,
      recoveryPoints: unused,
      recoveryPlans: () => answer('recoveryPlans', [{ id: '/plans/rp', name: 'rp', itemIds: ['/items/1'] }]),
      failoverPlan: unused,
      failover: unused,
      commit: unused,
      changeRecoveryPoint: unused,
      reprotect: unused,
    },
    estate: fakeEstate(answer),
    access: {
      assignmentsWithin: async () => Promise.reject(new Error('not asked for by the inventory')),
      assignments: (scope) =>
        answer(`assignments`, applicationGroups.find(({ id }) => id === scope)?.assignments ?? []),
      rolesThatUseApplications: () => answer('roles', ['b', 'a']),
      grant: unused,
      revoke: unused,
    },
  }
}

const withHost = (pair: PairSeen, host: SessionHost): PairSeen => ({
  ...pair,
  primary: { ...pair.primary, sessionHosts: [...(pair.primary.sessionHosts ?? []), { ...host, name: 'gone' }] },
})

const never = (): never => {
  throw new Error('not in the story')
}
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
        // Which workspaces and diagnostic settings are asked for is told by the groups.
        const after = what === 'applicationGroups' ? ['workspaces', 'diagnostics'] : []
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

/** Every part is as it would be without trouble, or missing with one gap and a reason. */
function expectWhole<T extends { readonly gaps: readonly Gap[] }>(found: T, expected: T): void {
  const parts = Object.keys(expected).filter((part) => part !== 'gaps') as (keyof T & string)[]
  for (const part of parts) {
    // Sizes are those of machines that were seen: without their lists there are none, and planning says so of each.
    if (part === 'sizes' && Array.isArray(found[part]) && found[part].length === 0) continue
    // What was seen at most is no part that can be missing: a side that was not read counts nothing.
    if (part === 'peaks') continue
    const gaps = found.gaps.filter(({ what }) => what === part)
    if (gaps.length === 0) expect(found[part]).toEqual(expected[part])
    else {
      // Extensions of one side are worth having without those of the other.
      const left = part === 'extensions' ? found[part] : undefined
      expect([part, found[part], gaps.length]).toEqual([part, left, 1])
      expect(gaps[0]?.reason).not.toBe('')
    }
  }
}
