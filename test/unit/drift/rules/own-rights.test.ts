import { describe, expect, test } from 'vitest'
import { ownRights as rule } from '../../../../src/lib/drift/rules/own-rights.ts'
import type { RightsAt } from '../../../../src/lib/model/estate.ts'
import { avdIdOf, pooledSeen, subscription, withSide } from '../../../support/plans.ts'
import { contextOf, type RuleStory, subjectsOf, withGap } from '../../../support/rule-context.ts'

const everything: RightsAt['rights'] = [{ actions: ['*'], notActions: [] }]
const names = ['rg-s', 'rg-w', 'rg-p', 'rg-pw', 'rg-v']
const rightsOf = (some: Readonly<Record<string, RightsAt['rights']>> = {}): readonly RightsAt[] =>
  names.map((name) => ({
    scope: `/Subscriptions/${subscription}/resourcegroups/${name}`,
    rights: some[name] ?? everything,
  }))
const check = (some: Readonly<Record<string, RightsAt['rights']>>, story: RuleStory = {}) =>
  rule.check(contextOf({ ...story, estate: { rights: rightsOf(some) } }))
const nothing = { findings: [], unchecked: [] }
const without = (...notActions: readonly string[]) => [{ actions: ['*'], notActions }]
const personal = { pair: 'personal' } as const

describe('own-rights', () => {
  test('is well for whoever may do everything', () => {
    expect(check({})).toEqual(nothing)
    expect(check({}, personal)).toEqual(nothing)
  })

  test('names what is missing, and where', () => {
    const start = 'Microsoft.Compute/virtualMachines/start/action'
    expect(check({ 'rg-w': without(start, 'Microsoft.Compute/virtualMachines/deallocate/action') }).findings).toEqual([
      {
        subject: 'secondary/rg-w/machines',
        evidence: `In rg-w the app lacks ${start}, Microsoft.Compute/virtualMachines/deallocate/action.`,
      },
    ])
  })

  test('reads wildcards, also in the middle, without regard to letter case', () => {
    const actions = [
      'microsoft.desktopvirtualization/*',
      'Microsoft.Authorization/roleAssignments/*',
      'Microsoft.Compute/virtualMachines/*/action',
      'Microsoft.Compute/*/read',
      'Microsoft.Compute/virtualMachines/write',
    ]
    const role = [{ actions, notActions: [] }]
    expect(check({ 'rg-s': role, 'rg-w': role })).toEqual(nothing)
    const fewer = [{ actions: actions.filter((one) => one !== 'Microsoft.Compute/*/read'), notActions: [] }]
    expect(check({ 'rg-w': fewer }).findings[0]?.evidence).toBe(
      'In rg-w the app lacks Microsoft.Compute/virtualMachines/read, Microsoft.Compute/virtualMachines/instanceView/read.',
    )
  })

  test.each([
    ['Microsoft.Compute/*/start/*', true],
    ['*', true],
    ['Microsoft.Compute/virtualMachines/start/action', true],
    ['Microsoft.Compute/virtualMachines/start', false],
    ['MicrosoftXCompute/virtualMachines/start/action', false],
    ['virtualMachines/start/action', false],
    ['*/action/*', false],
    ['Microsoft.Compute/*/stop/*', false],
  ])('takes out %s: the right to start is gone is %s', (pattern, isGone) => {
    const { findings } = check({ 'rg-w': without(pattern) })
    expect(findings.some(({ evidence }) => evidence.includes('virtualMachines/start/action'))).toBe(isGone)
  })

  test('is critical as soon as one of the missing rights is needed', () => {
    const [found] = check({ 'rg-w': without('Microsoft.Compute/virtualMachines/*') }).findings
    expect(found).not.toHaveProperty('severity')
  })

  test('what one role takes out another one may give', () => {
    const contributor = {
      actions: ['*'],
      notActions: ['Microsoft.Authorization/*/Write', 'Microsoft.Authorization/*/Delete'],
    }
    expect(subjectsOf(check({ 'rg-s': [contributor] }))).toEqual(['primary/rg-s/applicationGroups'])
    const access = { actions: ['Microsoft.Authorization/roleAssignments/*'], notActions: [] }
    expect(check({ 'rg-s': [contributor, access] })).toEqual(nothing)
  })

  test('warns where a move goes on without', () => {
    expect(check({ 'rg-w': without('Microsoft.Compute/virtualMachines/write') }).findings).toMatchObject([
      { severity: 'warning' },
    ])
    const extensions = { 'rg-pw': without('Microsoft.Compute/virtualMachines/extensions/write') }
    expect(check(extensions, personal).findings).toMatchObject([{ severity: 'warning' }])
  })

  test('asks nothing for what the pair does not do', () => {
    expect(check({ 'rg-s': without('Microsoft.Compute/virtualMachines/installPatches/action') })).toEqual(nothing)
    expect(check({ 'rg-s': without('Microsoft.Compute/virtualMachines/extensions/*') })).toEqual(nothing)
    expect(check({ 'rg-p': without('Microsoft.Authorization/*') }, personal)).toEqual(nothing)
  })

  test('of desktops finds what is missing at the vault', () => {
    const { findings } = check({ 'rg-v': without('Microsoft.RecoveryServices/*/unplannedFailover/action') }, personal)
    expect(findings).toMatchObject([{ subject: 'secondary/rg-v/vault' }])
    expect(findings[0]?.evidence).toContain('replicationRecoveryPlans/unplannedFailover/action')
  })

  test('looks where a scaling plan lies', () => {
    const plan = { id: avdIdOf('rg-scale', 'scalingPlans', 'sp'), name: 'sp', pools: [] }
    const seen = withSide(pooledSeen, 'primary', { scalingPlans: [plan] })
    expect(check({}, { seen }).unchecked).toMatchObject([{ subject: 'primary/rg-scale/scalingPlans' }])
    const own = withSide(pooledSeen, 'primary', {
      scalingPlans: [{ ...plan, id: avdIdOf('rg-s', 'scalingPlans', 'sp') }],
    })
    const rights = { 'rg-s': without('Microsoft.DesktopVirtualization/scalingPlans/write') }
    expect(subjectsOf(check(rights, { seen: own }))).toEqual(['primary/rg-s/scalingPlans'])
    expect(check(rights)).toEqual(nothing)
  })

  test('could not check a group whose rights are missing, nor any behind a gap', () => {
    const rights = rightsOf().filter(({ scope }) => !scope.endsWith('/rg-w'))
    expect(rule.check(contextOf({ estate: { rights } })).unchecked.map(({ subject }) => subject)).toEqual([
      'secondary/rg-w/pools',
      'secondary/rg-w/applicationGroups',
      'secondary/rg-w/machines',
    ])
    const gaps = [{ what: 'rights', reason: 'no answer' }]
    const hidden = rightsOf({ 'rg-w': [] })
    expect(rule.check(contextOf({ estate: { rights: hidden, gaps } }))).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: 'rights: no answer' }],
    })
    const seen = withGap(pooledSeen, 'primary', 'scalingPlans')
    expect(check({}, { seen })).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
  })
})
