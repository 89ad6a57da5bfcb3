import { describe, expect, test } from 'vitest'
import { mappedGroupsExist } from '../../../../src/lib/drift/rules/mapped-groups-exist.ts'
import {
  assignmentOf,
  groupIdOf,
  groups,
  movedSeen,
  planOf,
  planText,
  pooledSeen,
  stranger,
  withAssignment,
} from '../../../support/plans.ts'
import { mapGroups, well } from '../../../support/pool-drift.ts'
import { contextOf, withGap } from '../../../support/rule-context.ts'

const [desktop] = groups

describe('mapped-groups-exist', () => {
  test('is well when each group has access, on whichever side', () => {
    for (const seen of [pooledSeen, movedSeen]) expect(mappedGroupsExist.check(contextOf({ seen }))).toEqual(well)
  })

  test('finds a group that was deleted: Azure does not know of what kind it is', () => {
    const seen = mapGroups(pooledSeen, (group) => ({
      ...group,
      assignments: group.assignments.map((one) =>
        one.principalId === desktop.id ? { ...one, principalType: 'Unknown' } : one,
      ),
    }))
    expect(mappedGroupsExist.check(contextOf({ seen })).findings).toEqual([
      { subject: 'grp-desktop', evidence: `grp-desktop (${desktop.id}) has access to dag-s, and does not exist.` },
    ])
  })

  test('warns of a group without access anywhere', () => {
    const seen = mapGroups(pooledSeen, (group) => (group.name === 'dag-s' ? { ...group, assignments: [] } : group))
    expect(mappedGroupsExist.check(contextOf({ seen })).findings).toEqual([
      { subject: 'grp-desktop', severity: 'warning', evidence: 'grp-desktop has no access on either side.' },
    ])
  })

  test('warns of a user or group the plan does not name, and not of one it accepts', () => {
    const own = assignmentOf(groupIdOf('dag-s'), stranger, { principalType: 'User' })
    const seen = withAssignment(pooledSeen, 'dag-s', own)
    expect(mappedGroupsExist.check(contextOf({ seen })).findings).toEqual([
      {
        subject: `User ${stranger}`,
        severity: 'warning',
        evidence: `User ${stranger} has access to dag-s, and the plan does not name it.`,
      },
    ])
    const plan = planOf(planText.replace('    groups:', `    acceptedPrincipals: [${stranger}]\n    groups:`))
    expect(mappedGroupsExist.check(contextOf({ seen, plan }))).toEqual(well)
  })

  test('leaves what comes from above to access-not-inherited, and counts it as access', () => {
    const scope = '/subscriptions/x'
    const seen = mapGroups(pooledSeen, (group) => ({
      ...group,
      assignments: group.assignments.map((one) => ({ ...one, scope })),
    }))
    const more = withAssignment(seen, 'dag-s', assignmentOf(groupIdOf('dag-s'), stranger, { scope }))
    expect(mappedGroupsExist.check(contextOf({ seen: more }))).toEqual(well)
  })

  test('is not judged while access is being moved', () => {
    const seen = mapGroups(pooledSeen, (group) => ({ ...group, assignments: [] }))
    const heldBy = { operationId: 'op-1', kind: 'failover' } as const
    expect(mappedGroupsExist.check(contextOf({ seen, pairState: { heldBy } }))).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: 'the failover op-1 moves access' }],
    })
    const other = { operationId: 'op-2', kind: 'keepAlive' } as const
    expect(mappedGroupsExist.check(contextOf({ seen, pairState: { heldBy: other } })).findings).toHaveLength(2)
  })

  test('could not check behind a gap', () => {
    const seen = withGap(pooledSeen, 'secondary', 'applicationGroups')
    expect(mappedGroupsExist.check(contextOf({ seen })).unchecked).toEqual([
      { subject: '', reason: 'secondary: applicationGroups: the region does not answer' },
    ])
  })
})
