import { describe, expect, test } from 'vitest'
import { logAnalytics } from '../../../../src/lib/drift/rules/log-analytics.ts'
import { avdIdOf, pooledSeen } from '../../../support/plans.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'
import { planWith, withBoth } from '../../../support/side-traits.ts'

const settingOf = (resourceId: string, workspace?: string) => ({
  resourceId,
  name: 'to-workspace',
  ...(workspace && { workspaceId: `/workspaces/${workspace}` }),
})
const seenWith = (primary?: string, secondary?: string) =>
  withBoth(pooledSeen, (side) => ({
    diagnostics:
      side === 'primary'
        ? [settingOf(avdIdOf('rg-s', 'hostpools', 'hp-s'), primary)]
        : [settingOf(avdIdOf('rg-w', 'HostPools', 'hp-w'), secondary)],
  }))
const planOfPolicy = (policy: string) => planWith({ top: `drift: { logAnalytics: ${policy} }` })
const check = (policy: string, primary?: string, secondary?: string) =>
  logAnalytics.check(contextOf({ seen: seenWith(primary, secondary), plan: planOfPolicy(policy) }))

describe('log-analytics', () => {
  test.each([
    ['any', 'one', 'one'],
    ['any', 'one', 'two'],
    ['same', 'one', 'ONE'],
    ['separate', 'one', 'two'],
  ])('is well with %s: %s and %s', (policy, primary, secondary) => {
    expect(check(policy, primary, secondary)).toEqual({ findings: [], unchecked: [] })
  })

  test('finds a pool that sends to no workspace, whatever the policy', () => {
    for (const policy of ['any', 'same', 'separate'])
      expect(check(policy, 'one').findings).toEqual([
        { subject: 'secondary', evidence: 'hp-w sends its diagnostics to no Log Analytics workspace.' },
      ])
  })

  test.each([
    ['same', 'one', 'two', 'the plan asks for the same'],
    ['separate', 'one', 'one', 'the plan asks for separate ones'],
  ])('finds what is against the policy %s: %s and %s', (policy, primary, secondary, evidence) => {
    const outcome = check(policy, primary, secondary)
    expect(subjectsOf(outcome)).toEqual(['primary/secondary'])
    expect(outcome.findings[0]?.evidence).toContain(evidence)
  })

  test('does not take the settings of application groups for the pool’s', () => {
    const seen = withBoth(pooledSeen, () => ({
      diagnostics: [settingOf(avdIdOf('rg-s', 'applicationgroups', 'dag-s'), 'one')],
    }))
    expect(subjectsOf(logAnalytics.check(contextOf({ seen })))).toEqual(['primary', 'secondary'])
  })

  test('asks one pool once', () => {
    const { seen } = contextOf({ pair: 'personal' })
    const empty = withBoth(seen, () => ({ diagnostics: [] }))
    expect(subjectsOf(logAnalytics.check(contextOf({ pair: 'personal', seen: empty })))).toEqual(['primary'])
  })

  test('could not check without the primary side', () => {
    const seen = withGap(seenWith(undefined, 'one'), 'primary', 'diagnostics', 'asLastSeen')
    expect(logAnalytics.check(contextOf({ seen }))).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
  })

  test.each(['missing', 'asLastSeen'] as const)('could not check what is %s behind a gap', (part) => {
    const seen = withGap(seenWith('one'), 'secondary', 'diagnostics', part)
    expect(logAnalytics.check(contextOf({ seen }))).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
  })
})
