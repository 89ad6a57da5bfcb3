import { describe, expect, test } from 'vitest'
import { noDeleteLocks as rule } from '../../../../src/lib/drift/rules/no-delete-locks.ts'
import type { Lock } from '../../../../src/lib/model/estate.ts'
import { afterFailover } from '../../../support/host-traits.ts'
import { avdIdOf, groupIdOf, planOf, planText, pooledSeen, subscription, vmIdOf } from '../../../support/plans.ts'
import { contextOf, type RuleStory, subjectsOf, withGap } from '../../../support/rule-context.ts'

const root = `/subscriptions/${subscription}`
const groupOf = (name: string) => `${root}/resourceGroups/${name}`
const lockAt = (scope: string, level: Lock['level'] = 'CanNotDelete'): Lock => ({
  id: `${scope}/providers/Microsoft.Authorization/locks/keep`,
  name: 'keep',
  scope,
  level,
})
const check = (lock: Lock, story: RuleStory = {}) => rule.check(contextOf({ ...story, estate: { locks: [lock] } }))
const nothing = { findings: [], unchecked: [] }

describe('no-delete-locks', () => {
  test('is well without locks', () => {
    expect(rule.check(contextOf({ estate: { locks: [] } }))).toEqual(nothing)
  })

  test.each([
    ['the subscription', root.toUpperCase(), 'primary/subscription/keep'],
    ['the resource group', groupOf('rg-s'), 'primary/rg-s/keep'],
    ['an application group', groupIdOf('dag-s'), 'primary/rg-s/dag-s/keep'],
    ['the pool', avdIdOf('rg-s', 'hostpools', 'hp-s'), 'primary/rg-s/hp-s/keep'],
    ['a host of the pool', `${avdIdOf('rg-s', 'hostpools', 'hp-s')}/sessionHosts/vm-s1`, 'primary/rg-s/vm-s1/keep'],
  ])('finds one at %s of the side in use, whose access and sessions have to be deleted', (_, scope, subject) => {
    const { findings } = check(lockAt(scope))
    expect(findings).toMatchObject([{ subject }])
    expect(findings[0]?.severity).toBeUndefined()
    expect(findings[0]?.evidence).toContain('of the primary side')
  })

  test('warns of one on the other side, which is in the way back; after a failover they change places', () => {
    expect(check(lockAt(groupOf('rg-w'))).findings).toMatchObject([
      { subject: 'secondary/rg-w/keep', severity: 'warning' },
    ])
    expect(subjectsOf(check(lockAt(avdIdOf('rg-w', 'hostpools', 'hp-w'))))).toEqual(['secondary/rg-w/hp-w/keep'])
    expect(check(lockAt(groupOf('rg-w')), { pairState: afterFailover }).findings[0]?.severity).toBeUndefined()
    expect(check(lockAt(groupOf('rg-s')), { pairState: afterFailover }).findings[0]?.severity).toBe('warning')
  })

  test('finds one that allows reading only where hosts are started and drained', () => {
    expect(check(lockAt(groupOf('rg-w'), 'ReadOnly')).findings[0]?.severity).toBeUndefined()
    expect(check(lockAt(vmIdOf('rg-w', 'vm-w1'), 'ReadOnly')).findings).toMatchObject([
      { subject: 'secondary/rg-w/vm-w1/keep', severity: 'warning' },
    ])
  })

  test('warns of machines of the side in use that cannot be started: only the way back starts them', () => {
    const machines = planOf(
      planText.replace('hostPool: hp-s, region', 'hostPool: hp-s, vmResourceGroup: rg-sm, region'),
    )
    const { findings } = check(lockAt(groupOf('rg-sm'), 'ReadOnly'), { plan: machines })
    expect(findings).toMatchObject([{ subject: 'primary/rg-sm/keep', severity: 'warning' }])
    expect(
      check(lockAt(groupOf('rg-sm'), 'ReadOnly'), { plan: machines, pairState: afterFailover }).findings,
    ).toHaveLength(1)
    expect(check(lockAt(groupOf('rg-sm')), { plan: machines })).toEqual(nothing)
  })

  test('looks for application groups where the plan says they are', () => {
    const plan = planOf(planText.replace('hostPool: hp-s, region', 'hostPool: hp-s, applicationGroups: rg-sa, region'))
    const scope = `${groupOf('rg-sa')}/providers/Microsoft.DesktopVirtualization/applicationGroups/dag-s`
    expect(subjectsOf(check(lockAt(scope), { plan }))).toEqual(['primary/rg-sa/dag-s/keep'])
    expect(check(lockAt(groupIdOf('dag-s')), { plan })).toEqual(nothing)
  })

  test('of desktops finds what keeps the vault and the new machines from being changed', () => {
    const personal = { pair: 'personal' } as const
    const vault = contextOf(personal).pair.vault ?? ''
    expect(check(lockAt(vault, 'ReadOnly'), personal).findings[0]?.evidence).toContain('vault')
    expect(subjectsOf(check(lockAt(groupOf('rg-pw'), 'ReadOnly'), personal))).toEqual(['secondary/rg-pw/keep'])
    expect(subjectsOf(check(lockAt(groupOf('rg-p')), personal))).toEqual(['primary/rg-p/keep'])
    const homeward = { ...personal, pairState: afterFailover }
    expect(check(lockAt(groupOf('rg-p')), homeward).findings[0]?.severity).toBeUndefined()
    expect(check(lockAt(vault, 'ReadOnly'), personal).findings).toMatchObject([
      { subject: 'secondary/rg-v/vault/keep' },
    ])
    expect(check(lockAt(vault), personal)).toEqual(nothing)
  })

  test.each([
    ['a machine that is not to be deleted', lockAt(vmIdOf('rg-w', 'vm-w1'))],
    ['a machine that is no host', lockAt(vmIdOf('rg-w', 'dc-1'), 'ReadOnly')],
    ['another pool', lockAt(avdIdOf('rg-s', 'hostpools', 'hp-other'))],
    ['an application group the plan does not map', lockAt(groupIdOf('other-s'))],
    ['a group whose name only begins alike', lockAt(groupOf('rg-south'))],
    ['another subscription', lockAt('/subscriptions/99999999-2222-4333-8444-555555555555')],
  ])('says nothing of %s', (_, lock) => {
    expect(check(lock)).toEqual(nothing)
  })

  test('could not check a level that is new, nor locks behind a gap', () => {
    expect(check(lockAt(groupOf('rg-s'), 'other'))).toMatchObject({
      findings: [],
      unchecked: [{ subject: 'primary/rg-s/keep' }],
    })
    const gaps = [{ what: 'locks', reason: 'no answer' }]
    expect(rule.check(contextOf({ estate: { locks: [lockAt(root)], gaps } }))).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: 'locks: no answer' }],
    })
  })

  test('could not check a vault in another subscription', () => {
    const plan = planOf(
      planText.replace(/vault: \/subscriptions\/[^/]+/, 'vault: /subscriptions/99999999-2222-4333-8444-555555555555'),
    )
    expect(rule.check(contextOf({ pair: 'personal', plan, estate: { locks: [] } }))).toEqual({
      findings: [],
      unchecked: [{ subject: 'vault', reason: 'locks of its subscription are not read' }],
    })
  })

  test('could not check a lock on a machine while it is not known whose it is', () => {
    const seen = withGap(pooledSeen, 'secondary', 'vms', 'asLastSeen')
    expect(check(lockAt(vmIdOf('rg-w', 'vm-w1'), 'ReadOnly'), { seen })).toMatchObject({
      findings: [],
      unchecked: [{ subject: 'secondary/rg-w/vm-w1/keep' }],
    })
  })
})
