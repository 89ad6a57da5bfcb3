import { describe, expect, test } from 'vitest'
import { oneSideHasAccess } from '../../../../src/lib/drift/rules/one-side-has-access.ts'
import { assignmentOf, groupIdOf, groups, pooledSeen, withAssignment } from '../../../support/plans.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'

const [desktop] = groups

describe('one-side-has-access', () => {
  test('is well when every group has access on the primary side alone', () => {
    expect(oneSideHasAccess.check(contextOf())).toEqual({ findings: [], unchecked: [] })
  })

  test('finds a group with access on both sides, and names the application groups', () => {
    const seen = withAssignment(pooledSeen, 'dag-w', assignmentOf(groupIdOf('dag-w'), desktop.id))
    const outcome = oneSideHasAccess.check(contextOf({ seen }))
    expect(subjectsOf(outcome)).toEqual(['grp-desktop'])
    expect(outcome.findings[0]?.evidence).toContain('dag-w')
  })

  test.each(['missing', 'asLastSeen'] as const)('could not check what is %s behind a gap', (part) => {
    const seen = withGap(pooledSeen, 'primary', 'applicationGroups', part)
    expect(oneSideHasAccess.check(contextOf({ seen }))).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: 'primary: applicationGroups: the region does not answer' }],
    })
  })
})
