import { describe, expect, test } from 'vitest'
import { counterpartHosts } from '../../../../src/lib/drift/rules/counterpart-hosts.ts'
import { itemOf, personalSeen, pooledSeen, vmIdOf, vmOf, withSide } from '../../../support/plans.ts'
import { well, withoutHosts } from '../../../support/pool-drift.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'
import { mapVms, planWith, withBoth } from '../../../support/side-traits.ts'

const named = planWith({ pooled: 'counterparts: { replace: vm-s, with: vm-w }' })

describe('counterpart-hosts of pools', () => {
  test('is well when the side that stands by has a machine for each of its hosts, and as many as are in use', () => {
    expect(counterpartHosts.check(contextOf())).toEqual(well)
    expect(counterpartHosts.check(contextOf({ plan: named }))).toEqual(well)
  })

  test('does not flag a pool that is kept in another region than its machines', () => {
    const seen = withBoth(pooledSeen, (side) => {
      const { hostPool } = pooledSeen[side]
      return hostPool ? { hostPool: { ...hostPool, location: 'northeurope' } } : {}
    })
    expect(counterpartHosts.check(contextOf({ seen }))).toEqual(well)
  })

  test('finds hosts without a machine, and that fewer are left than are in use', () => {
    const { findings } = counterpartHosts.check(contextOf({ seen: withoutHosts(pooledSeen, 'secondary', 'vm-w2') }))
    expect(findings).toEqual([
      { subject: 'secondary/vm-w2', evidence: 'vm-w2: No virtual machine of this name.' },
      {
        subject: 'secondary',
        severity: 'advice',
        evidence: '3 hosts of the secondary side can start, the primary side has 4.',
      },
    ])
  })

  test('finds machines in another region than the plan says', () => {
    const seen = mapVms(pooledSeen, 'secondary', (vm) => (vm.name === 'vm-w1' ? { ...vm, location: 'uksouth' } : vm))
    const { findings } = counterpartHosts.check(contextOf({ seen, plan: named }))
    expect(findings).toEqual([{ subject: 'secondary/vm-w1', evidence: 'vm-w1: Its virtual machine is in uksouth.' }])
  })

  test('finds hosts in use without the one the plan names for them', () => {
    const sessionHosts = (pooledSeen.secondary.sessionHosts ?? []).slice(1)
    const seen = withSide(pooledSeen, 'secondary', { sessionHosts })
    const { findings } = counterpartHosts.check(contextOf({ seen, plan: named }))
    expect(findings.map(({ subject }) => subject)).toEqual(['primary/vm-s1'])
    expect(findings[0]?.evidence).toContain('vm-w1, which should take its place, does not exist')
  })

  test('is critical when no host can start, and one finding', () => {
    const { findings } = counterpartHosts.check(contextOf({ seen: withSide(pooledSeen, 'secondary', { vms: [] }) }))
    expect(findings).toEqual([
      {
        subject: 'secondary',
        severity: 'critical',
        evidence: 'No session host of the secondary side has a virtual machine in ukwest.',
      },
    ])
  })

  test('looks at the primary while users are on the secondary', () => {
    const seen = withoutHosts(pooledSeen, 'primary', 'vm-s1')
    expect(counterpartHosts.check(contextOf({ seen }))).toEqual(well)
    const away = contextOf({ seen, pairState: { activeSide: 'secondary' } })
    expect(subjectsOf(counterpartHosts.check(away))).toEqual(['primary/vm-s1', 'primary'])
  })

  test.each([
    ['primary', 'sessionHosts'],
    ['secondary', 'sessionHosts'],
    ['secondary', 'vms'],
  ] as const)('could not check without %s: %s', (side, part) => {
    const seen = withGap(withoutHosts(pooledSeen, 'secondary', 'vm-w2'), side, part, 'asLastSeen')
    expect(counterpartHosts.check(contextOf({ seen }))).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: `${side}: ${part}: the region does not answer` }],
    })
  })
})

describe('counterpart-hosts of desktops', () => {
  test('is well when each desktop has one item that says where it goes, whatever its health', () => {
    const replicatedItems = (personalSeen.replicatedItems ?? []).map((item) => ({
      ...item,
      replicationHealth: 'Critical',
    }))
    expect(counterpartHosts.check(contextOf({ pair: 'personal', seen: { ...personalSeen, replicatedItems } }))).toEqual(
      well,
    )
  })

  test('finds desktops that cannot be told apart, go elsewhere, or nowhere', () => {
    const { targetResourceGroupId: _, ...nowhere } = itemOf('pc-3')
    const seen = {
      ...withSide(personalSeen, 'primary', {
        vms: [
          ...(personalSeen.primary.vms ?? []).slice(1),
          vmOf('rg-p', 'pc-1', 'uksouth'),
          vmOf('rg-q', 'pc-1', 'uksouth'),
        ],
        sessionHosts: (personalSeen.primary.sessionHosts ?? []).map((host) =>
          host.name === 'pc-1' ? { ...host, vmId: vmIdOf('rg-z', 'pc-1') } : host,
        ),
      }),
      replicatedItems: [itemOf('pc-1'), itemOf('pc-2', { targetLocation: 'North Europe' }), nowhere],
    }
    expect(counterpartHosts.check(contextOf({ pair: 'personal', seen })).findings).toEqual([
      { subject: 'pc-1', evidence: 'pc-1: More than one machine or replicated item could be this host.' },
      { subject: 'pc-2', evidence: 'pc-2: Replicated to North Europe, not to ukwest.' },
      { subject: 'pc-3', evidence: 'pc-3: Site Recovery does not say where the machine would go.' },
    ])
  })

  test('leaves desktops that are not replicated to replication-covers-desktops', () => {
    const seen = { ...personalSeen, replicatedItems: [] }
    expect(counterpartHosts.check(contextOf({ pair: 'personal', seen }))).toEqual(well)
  })

  test('could not check without the items of the vault', () => {
    const seen = { ...personalSeen, gaps: [{ what: 'replicatedItems', reason: 'no answer' }] }
    expect(counterpartHosts.check(contextOf({ pair: 'personal', seen })).unchecked).toEqual([
      { subject: '', reason: 'replicatedItems: no answer' },
    ])
  })
})
