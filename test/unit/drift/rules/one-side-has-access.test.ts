import { describe, expect, test } from 'vitest'
import { oneSideHasAccess } from '../../../../src/lib/drift/rules/one-side-has-access.ts'
import {
  assignmentOf,
  customRole,
  groupIdOf,
  groups,
  movedSeen,
  planOf,
  planText,
  pooledSeen,
  roleDefinitionOf,
  stranger,
  withAssignment,
} from '../../../support/plans.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'

const [desktop] = groups
const both = withAssignment(pooledSeen, 'dag-w', assignmentOf(groupIdOf('dag-w'), desktop.id))

describe('one-side-has-access', () => {
  test('is well when every group has access on one side alone, whichever it is', () => {
    for (const seen of [pooledSeen, movedSeen])
      expect(oneSideHasAccess.check(contextOf({ seen }))).toEqual({ findings: [], unchecked: [] })
  })

  test('finds a group with access on both sides, and names the application groups', () => {
    const outcome = oneSideHasAccess.check(contextOf({ seen: both }))
    expect(subjectsOf(outcome)).toEqual(['grp-desktop'])
    expect(outcome.findings[0]?.evidence).toBe(
      'grp-desktop has access to dag-s of the primary and dag-w of the secondary side.',
    )
  })

  test.each([
    ['primary', 'secondary', 'dag-w', 'dag-s'],
    ['secondary', 'primary', 'dag-s', 'dag-w'],
  ] as const)('while users are on the %s side, proposes to take away what is held on the other', (...story) => {
    const [activeSide, side, lost, kept] = story
    const [finding] = oneSideHasAccess.check(contextOf({ seen: both, pairState: { activeSide } })).findings
    expect(finding?.fix).toMatchObject({
      kind: 'revokeAccess',
      side,
      groupName: 'grp-desktop',
      assignments: [{ scope: groupIdOf(lost), principalId: desktop.id }],
      kept: { scope: groupIdOf(kept), principalId: desktop.id },
    })
  })

  test('finds a stranger on both sides, and proposes nothing: nobody has said where they belong', () => {
    const seen = ['dag-s', 'rag-w'].reduce(
      (all, name) => withAssignment(all, name, assignmentOf(groupIdOf(name), stranger, { principalType: 'User' })),
      pooledSeen,
    )
    const outcome = oneSideHasAccess.check(contextOf({ seen }))
    expect(subjectsOf(outcome)).toEqual([`User ${stranger}`])
    expect(outcome.findings[0]).not.toHaveProperty('fix')
    const plan = planOf(planText.replace('    groups:', `    acceptedPrincipals: [${stranger}]\n    groups:`))
    expect(oneSideHasAccess.check(contextOf({ seen, plan })).findings).toEqual([])
  })

  test('does not flag a role that lets nobody use applications, nor what comes from above', () => {
    const reader = { roleDefinitionId: roleDefinitionOf(customRole) }
    const above = { scope: '/subscriptions/x/resourceGroups/rg-w' }
    for (const traits of [reader, above]) {
      const seen = withAssignment(pooledSeen, 'dag-w', assignmentOf(groupIdOf('dag-w'), desktop.id, traits))
      expect(oneSideHasAccess.check(contextOf({ seen })).findings).toEqual([])
    }
  })

  test('does not flag who has one side from above and the other directly: access-not-inherited does', () => {
    const above = assignmentOf(groupIdOf('dag-s'), stranger, { scope: '/subscriptions/x' })
    const seen = withAssignment(
      withAssignment(pooledSeen, 'dag-s', above),
      'dag-w',
      assignmentOf(groupIdOf('dag-w'), stranger),
    )
    expect(oneSideHasAccess.check(contextOf({ seen })).findings).toEqual([])
  })

  test('tells two groups of one name apart', () => {
    const plan = planOf(planText.replace('name: grp-office', 'name: grp-desktop'))
    expect(subjectsOf(oneSideHasAccess.check(contextOf({ seen: both, plan })))).toEqual([`grp-desktop ${desktop.id}`])
  })

  test.each(['missing', 'asLastSeen'] as const)('could not check what is %s behind a gap', (part) => {
    const seen = withGap(both, 'primary', 'applicationGroups', part)
    expect(oneSideHasAccess.check(contextOf({ seen }))).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: 'primary: applicationGroups: the region does not answer' }],
    })
  })

  test('finds what it can by the built-in role, and is not well, when the roles were not read', () => {
    const { rolesThatUseApplications: _, ...rest } = both
    const outcome = oneSideHasAccess.check(contextOf({ seen: rest }))
    expect(subjectsOf(outcome)).toEqual(['grp-desktop'])
    expect(outcome.unchecked).toEqual([{ subject: '', reason: 'rolesThatUseApplications: not read' }])
  })

  test('is for pairs of two pools alone', () => {
    expect(oneSideHasAccess.appliesTo?.(contextOf({ pair: 'personal' }))).toBe(false)
  })
})
