import { describe, expect, test } from 'vitest'
import { accessNotInherited } from '../../../../src/lib/drift/rules/access-not-inherited.ts'
import {
  assignmentOf,
  groupIdOf,
  groups,
  planOf,
  planText,
  pooledSeen,
  stranger,
  withAssignment,
} from '../../../support/plans.ts'
import { well } from '../../../support/pool-drift.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'

const [desktop] = groups
const scope = '/subscriptions/x/resourceGroups/rg-s'
const inherited = (principal: string) =>
  ['dag-s', 'rag-s'].reduce(
    (seen, name) => withAssignment(seen, name, assignmentOf(groupIdOf(name), principal, { scope })),
    pooledSeen,
  )
const accepting = (principal: string) =>
  planOf(planText.replace('    groups:', `    acceptedPrincipals: [${principal}]\n    groups:`))

describe('access-not-inherited', () => {
  test('is well when access comes from the application groups themselves', () => {
    expect(accessNotInherited.check(contextOf())).toEqual(well)
  })

  test('finds a group with access from a resource group once, with all it opens', () => {
    const outcome = accessNotInherited.check(contextOf({ seen: inherited(desktop.id) }))
    expect(outcome.findings).toEqual([
      { subject: 'grp-desktop', evidence: `grp-desktop has access to dag-s, rag-s from ${scope}.` },
    ])
  })

  test('finds others as well unless the plan accepts them, and a group of the plan whatever it accepts', () => {
    const seen = inherited(stranger)
    expect(subjectsOf(accessNotInherited.check(contextOf({ seen })))).toEqual([`Group ${stranger}`])
    expect(accessNotInherited.check(contextOf({ seen, plan: accepting(stranger) }))).toEqual(well)
    const mapped = contextOf({ seen: inherited(desktop.id), plan: accepting(desktop.id) })
    expect(subjectsOf(accessNotInherited.check(mapped))).toEqual(['grp-desktop'])
  })

  test('does not flag letter case: the scope of an assignment is written as whoever made it liked', () => {
    const id = groupIdOf('rag-s')
    const seen = withAssignment(pooledSeen, 'rag-s', assignmentOf(id, desktop.id, { scope: id.toUpperCase() }))
    expect(accessNotInherited.check(contextOf({ seen }))).toEqual(well)
  })

  test('could not check behind a gap', () => {
    const seen = withGap(inherited(desktop.id), 'secondary', 'applicationGroups', 'asLastSeen')
    const outcome = accessNotInherited.check(contextOf({ seen }))
    expect(outcome.findings).toEqual([])
    expect(outcome.unchecked).toHaveLength(1)
  })
})
