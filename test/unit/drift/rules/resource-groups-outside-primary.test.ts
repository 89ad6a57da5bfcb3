import { describe, expect, test } from 'vitest'
import { resourceGroupsOutsidePrimary as rule } from '../../../../src/lib/drift/rules/resource-groups-outside-primary.ts'
import { subscription } from '../../../support/plans.ts'
import { contextOf, type RuleStory, subjectsOf } from '../../../support/rule-context.ts'

const homes: Readonly<Record<string, string>> = {
  'rg-s': 'uksouth',
  'rg-w': 'ukwest',
  'rg-p': 'uksouth',
  'rg-pw': 'UK West',
  'rg-v': 'ukwest',
}
const groupsIn = (places: Readonly<Record<string, string>>) =>
  Object.entries({ ...homes, ...places }).map(([name, location]) => ({
    id: `/subscriptions/${subscription.toUpperCase()}/resourcegroups/${name.toUpperCase()}`,
    location,
  }))
const check = (places: Readonly<Record<string, string>> = {}, story: RuleStory = {}) =>
  rule.check(contextOf({ ...story, estate: { resourceGroups: groupsIn(places) } }))
const personal = { pair: 'personal' } as const
const nothing = { findings: [], unchecked: [] }

describe('resource-groups-outside-primary', () => {
  test('is well when each group is in the region of its side', () => {
    expect(check()).toEqual(nothing)
  })

  test('finds the group of the secondary pool in the primary region, once', () => {
    expect(check({ 'rg-w': 'UK South' }).findings).toEqual([
      { subject: 'rg-w', evidence: 'rg-w is in UK South, the primary region.' },
    ])
  })

  test('of desktops looks at the groups of the new machines and of the vault, not at that of the one pool', () => {
    expect(check({}, personal)).toEqual(nothing)
    expect(subjectsOf(check({ 'rg-pw': 'uksouth', 'rg-v': 'uksouth' }, personal))).toEqual(['rg-pw', 'rg-v'])
  })

  test('could not check a group that is not to be seen, nor behind a gap', () => {
    const resourceGroups = groupsIn({}).filter(({ id }) => !id.endsWith('RG-W'))
    expect(rule.check(contextOf({ estate: { resourceGroups } }))).toMatchObject({
      findings: [],
      unchecked: [{ subject: 'rg-w' }],
    })
    const gaps = [{ what: 'resourceGroups', reason: 'no answer' }]
    expect(rule.check(contextOf({ estate: { resourceGroups: groupsIn({ 'rg-w': 'uksouth' }), gaps } }))).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: 'resourceGroups: no answer' }],
    })
  })
})
