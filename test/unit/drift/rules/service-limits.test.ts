import { describe, expect, test } from 'vitest'
import { serviceLimits } from '../../../../src/lib/drift/rules/service-limits.ts'
import type { PairSeen } from '../../../../src/lib/model/inventory.ts'
import {
  applicationGroupOf,
  assignmentOf,
  avdIdOf,
  groupIdOf,
  hostOf,
  planOf,
  planText,
  pooledSeen,
  subscription,
  withSide,
} from '../../../support/plans.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'

const check = (seen: PairSeen) => serviceLimits.check(contextOf({ seen }))
const many = (count: number) => Array.from({ length: count }, (_, i) => i)
const assignmentsAt = (scope: string, count: number, from = 0) =>
  many(count).map((i) => assignmentOf(scope, `dddddddd-0000-4000-8000-${String(from + i).padStart(12, '0')}`))
const withGroups = (primary: number, secondary: number) =>
  withSide(
    withSide(pooledSeen, 'primary', {
      applicationGroups: [applicationGroupOf('dag-s', assignmentsAt(groupIdOf('dag-s'), primary))],
    }),
    'secondary',
    { applicationGroups: [applicationGroupOf('dag-w', assignmentsAt(groupIdOf('dag-w'), secondary, 100))] },
  )

describe('service-limits', () => {
  test('is well far from the limits', () => {
    expect(check(pooledSeen)).toEqual({ findings: [], unchecked: [] })
    expect(check(withGroups(179, 0))).toEqual({ findings: [], unchecked: [] })
  })

  test('finds a pool with nearly as many session hosts as there may be', () => {
    const withHosts = (count: number) =>
      withSide(pooledSeen, 'primary', { sessionHosts: many(count).map((i) => hostOf('hp-s', 'rg-s', `vm-s${i}`)) })
    expect(subjectsOf(check(withHosts(8_999)))).toEqual([])
    const outcome = check(withHosts(9_000))
    expect(subjectsOf(outcome)).toEqual(['primary/hp-s/session hosts'])
    expect(outcome.findings[0]?.evidence).toBe('primary/hp-s: 9000 session hosts of 10000.')
  })

  test('finds an application group that would have too many assignments when those of its counterpart come', () => {
    const outcome = check(withGroups(100, 80))
    expect(subjectsOf(outcome)).toEqual(['primary/dag-s/role assignments', 'secondary/dag-w/role assignments'])
    expect(outcome.findings[1]?.evidence).toBe('secondary/dag-w: 180 role assignments of 200.')
  })

  test('finds an application group with nearly as many applications as there may be', () => {
    const applications = many(450).map((i) => ({ id: `/a/${i}`, name: `a${i}`, settings: {} }))
    const seen = withSide(pooledSeen, 'primary', {
      applicationGroups: [{ ...applicationGroupOf('rag-s', []), type: 'RemoteApp', applications }],
    })
    expect(subjectsOf(check(seen))).toEqual(['primary/rag-s/applications'])
    expect(check(withGap(seen, 'primary', 'applications'))).toMatchObject({
      findings: [],
      unchecked: [
        { subject: 'primary/rag-s/applications', reason: 'primary: applications: the region does not answer' },
      ],
    })
  })

  test('could not check applications that were not read, which a group of desktops has none of', () => {
    const unread = withSide(pooledSeen, 'secondary', {
      applicationGroups: [{ ...applicationGroupOf('rag-w', []), type: 'RemoteApp' }, applicationGroupOf('dag-w', [])],
    })
    expect(check(unread)).toEqual({
      findings: [],
      unchecked: [{ subject: 'secondary/rag-w/applications', reason: 'secondary: applications: not read' }],
    })
  })

  test('does not flag assignments from above, or application groups of other pools', () => {
    const above = assignmentsAt(`/subscriptions/${subscription}`, 200)
    const other = {
      ...applicationGroupOf('other-s', assignmentsAt(groupIdOf('other-s'), 200)),
      hostPoolId: avdIdOf('rg-s', 'hostpools', 'hp-x'),
    }
    const seen = withSide(pooledSeen, 'primary', { applicationGroups: [applicationGroupOf('dag-s', above), other] })
    expect(check(seen)).toEqual({ findings: [], unchecked: [] })
  })

  test('knows application groups whatever the letters’ case in the plan', () => {
    const plan = planOf(planText.replace('primary: dag-s, secondary: dag-w', 'primary: DAG-S, secondary: DAG-W'))
    const upper = (name: 'dag-s' | 'dag-w', from: number) => ({
      ...applicationGroupOf(name, assignmentsAt(groupIdOf(name), 90, from)),
      name: name === 'dag-w' ? 'Dag-W' : name,
    })
    const seen = withSide(withSide(pooledSeen, 'primary', { applicationGroups: [upper('dag-s', 0)] }), 'secondary', {
      applicationGroups: [upper('dag-w', 100)],
    })
    const outcome = serviceLimits.check(contextOf({ seen, plan }))
    expect(subjectsOf(outcome)).toEqual(['primary/dag-s/role assignments', 'secondary/Dag-W/role assignments'])
  })

  test('counts one principal once that has access on both sides', () => {
    const both = withSide(withGroups(100, 0), 'secondary', {
      applicationGroups: [
        applicationGroupOf(
          'dag-w',
          assignmentsAt(groupIdOf('dag-w'), 100).map((one) => ({ ...one, principalId: one.principalId.toUpperCase() })),
        ),
      ],
    })
    expect(check(both)).toEqual({ findings: [], unchecked: [] })
  })

  test('could not check the hosts of a side that was not read', () => {
    const sessionHosts = many(9_000).map((i) => hostOf('hp-s', 'rg-s', `vm-s${i}`))
    const seen = withGap(withSide(pooledSeen, 'primary', { sessionHosts }), 'primary', 'sessionHosts', 'asLastSeen')
    expect(check(seen)).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
  })

  test.each(['primary', 'secondary'] as const)('could not check the application groups without the %s side', (side) => {
    expect(check(withGap(withGroups(100, 80), side, 'applicationGroups', 'asLastSeen'))).toMatchObject({
      findings: [],
      unchecked: [{ subject: '' }],
    })
  })

  test.each(['missing', 'asLastSeen'] as const)('could not check what is %s behind a gap', (part) => {
    expect(check(withGap(withGroups(100, 80), 'secondary', 'applicationGroups', part))).toMatchObject({
      findings: [],
      unchecked: [{ subject: '' }],
    })
  })
})
