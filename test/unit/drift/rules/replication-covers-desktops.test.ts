import { describe, expect, test } from 'vitest'
import { replicationCoversDesktops as rule } from '../../../../src/lib/drift/rules/replication-covers-desktops.ts'
import type { ReplicatedItem } from '../../../../src/lib/model/azure.ts'
import type { PairSeen } from '../../../../src/lib/model/inventory.ts'
import { afterFailover } from '../../../support/host-traits.ts'
import { committedItem, homewardItem, itemOf, pendingItem, personalSeen, withSide } from '../../../support/plans.ts'
import { contextOf, type RuleStory, subjectsOf, withGap } from '../../../support/rule-context.ts'

const others = ['pc-2', 'pc-3'].map((name) => itemOf(name))
const withItems = (...items: readonly ReplicatedItem[]): PairSeen => ({ ...personalSeen, replicatedItems: items })
const check = (story: RuleStory) => rule.check(contextOf({ pair: 'personal', ...story }))
const onSecondary = { pairState: afterFailover }

describe('replication-covers-desktops', () => {
  test('is well when every desktop is protected and may be failed over', () => {
    expect(check({})).toEqual({ findings: [], unchecked: [] })
  })

  test('is about replicated desktops', () => {
    expect(rule.appliesTo?.(contextOf())).toBe(false)
  })

  test('finds a desktop without a replicated item', () => {
    const { findings } = check({ seen: withItems(...others) })
    expect(findings).toEqual([{ subject: 'pc-1', evidence: 'pc-1: Site Recovery does not replicate it.' }])
  })

  test.each<[string, Partial<ReplicatedItem>]>([
    ['is not protected yet', { protectionState: 'InitialReplicationInProgress' }],
    ['may not be failed over now', { allowedOperations: ['DisableProtection'] }],
  ])('finds a desktop that %s', (_, traits) => {
    expect(subjectsOf(check({ seen: withItems(itemOf('pc-1', traits), ...others) }))).toEqual(['pc-1'])
  })

  test.each([committedItem('pc-1'), pendingItem('pc-1')])(
    'warns of a desktop that nobody has protected again',
    (item) => {
      const all = [item, ...['pc-2', 'pc-3'].map((name) => homewardItem(name))]
      expect(check({ seen: withItems(...all), ...onSecondary }).findings).toMatchObject([
        { subject: 'pc-1', severity: 'warning' },
      ])
    },
  )

  test('after a failback nobody has protected again, none of them can be failed over: that is critical', () => {
    const home = { targetLocation: 'uksouth', sourceVmId: homewardItem('pc-1').sourceVmId }
    const { findings } = check({ seen: withItems(committedItem('pc-1', home), ...others) })
    expect(findings).toMatchObject([{ subject: 'pc-1' }])
    expect(findings[0]).not.toHaveProperty('severity')
  })

  test('warns of the one desktop that went before the others and is not protected again', () => {
    expect(check({ seen: withItems(committedItem('pc-1'), ...others) }).findings).toMatchObject([
      { subject: 'pc-1', severity: 'warning' },
    ])
  })

  test('is well after a failover once everything is protected towards home', () => {
    const seen = withItems(...['pc-1', 'pc-2', 'pc-3'].map((name) => homewardItem(name)))
    expect(check({ seen, ...onSecondary })).toEqual({ findings: [], unchecked: [] })
  })

  test('leaves to other rules what keeps a desktop out besides, and machines of other pools', () => {
    const elsewhere = itemOf('pc-1', { targetLocation: 'northeurope' })
    const stranger = itemOf('other-vm', { protectionState: 'InitialReplicationInProgress' })
    expect(check({ seen: withItems(elsewhere, ...others, stranger) })).toEqual({ findings: [], unchecked: [] })
  })

  test('could not check while an operation works on the desktops', () => {
    const heldBy = { operationId: 'reprotect-1', kind: 'reprotect' } as const
    const { findings, unchecked } = check({
      seen: withItems(committedItem('pc-1'), ...others),
      pairState: { ...afterFailover, heldBy },
    })
    expect(findings).toEqual([])
    expect(unchecked).toContainEqual({ subject: 'pc-1', reason: 'the reprotect reprotect-1 is under way' })
  })

  test.each(['missing', 'asLastSeen'] as const)('could not check without the hosts (%s)', (part) => {
    const { findings, unchecked } = check({ seen: withGap(personalSeen, 'primary', 'sessionHosts', part) })
    expect(findings).toEqual([])
    expect(unchecked).toHaveLength(1)
  })

  test('could not check behind a gap in the items, which are still there as last seen', () => {
    const seen = { ...withItems(...others), gaps: [{ what: 'replicatedItems', reason: 'no answer' }] }
    expect(check({ seen })).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: 'replicatedItems: no answer' }],
    })
  })

  test('could not check one without an item while the machines are not known', () => {
    const outcome = check({ seen: withGap(withItems(...others), 'primary', 'vms') })
    expect(outcome.findings).toEqual([])
    expect(outcome.unchecked).toEqual([{ subject: 'pc-1', reason: 'primary: vms: the region does not answer' }])
  })

  test.each(['primary', 'secondary'] as const)(
    'could not check it either while the machines of the %s are old',
    (side) => {
      const seen = withGap(withSide(withItems(...others), 'primary', { vms: [] }), side, 'vms', 'asLastSeen')
      const reason = `${side}: vms: the region does not answer`
      expect(check({ seen })).toEqual({ findings: [], unchecked: [{ subject: 'pc-1', reason }] })
      expect(check({ seen: withSide(withItems(...others), 'primary', { vms: [] }) })).toEqual({
        findings: [],
        unchecked: [],
      })
    },
  )

  test('could not check whether a consistency group has a plan without the plans', () => {
    const grouped = ['pc-1', 'pc-2', 'pc-3'].map((name) => itemOf(name, { multiVmGroup: 'mvg' }))
    const read = check({ seen: { ...withItems(...grouped), recoveryPlans: [] } })
    expect(subjectsOf(read)).toEqual(['pc-1', 'pc-2', 'pc-3'])
    const { findings, unchecked } = check({ seen: withItems(...grouped) })
    expect(findings).toEqual([])
    expect(unchecked).toHaveLength(3)
  })
})
