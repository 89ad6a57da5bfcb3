import { describe, expect, test } from 'vitest'
import { scalingPlansPaired as rule } from '../../../../src/lib/drift/rules/scaling-plans-paired.ts'
import type { ScalingPlan } from '../../../../src/lib/model/azure.ts'
import type { PairSeen } from '../../../../src/lib/model/inventory.ts'
import { afterFailover } from '../../../support/host-traits.ts'
import { avdIdOf, personalSeen, pooledSeen, withSide } from '../../../support/plans.ts'
import { contextOf, type RuleStory, subjectsOf, withGap } from '../../../support/rule-context.ts'
import { planWith } from '../../../support/side-traits.ts'

type Side = 'primary' | 'secondary'
const planOn = (side: Side, enabled: boolean, traits: Partial<ScalingPlan> = {}): ScalingPlan => {
  const short = side === 'primary' ? 's' : 'w'
  return {
    id: avdIdOf(`rg-${short}`, 'scalingplans', `sp-${short}`),
    name: `sp-${short}`,
    exclusionTag: 'dr-exclude',
    location: side === 'primary' ? 'uksouth' : 'UK West',
    timeZone: 'GMT Standard Time',
    schedules: '[]',
    pools: [{ hostPoolId: avdIdOf(`rg-${short}`, 'hostPools', `HP-${short}`), enabled }],
    ...traits,
  }
}
const scaled = (primary: readonly ScalingPlan[], secondary: readonly ScalingPlan[]): PairSeen =>
  withSide(withSide(pooledSeen, 'primary', { scalingPlans: primary }), 'secondary', { scalingPlans: secondary })
const paired = scaled([planOn('primary', true)], [planOn('secondary', false)])
const check = (story: RuleStory) => rule.check(contextOf(story))
const nothing = { findings: [], unchecked: [] }

describe('scaling-plans-paired', () => {
  test('is well with a plan on both sides, and with none', () => {
    expect(check({ seen: paired })).toEqual(nothing)
    expect(check({ seen: pooledSeen })).toEqual(nothing)
  })

  test('is well after a failover has switched the old one off, whether or not the new one is on', () => {
    for (const enabled of [true, false]) {
      const seen = scaled([planOn('primary', false)], [planOn('secondary', enabled)])
      expect(check({ seen, pairState: afterFailover })).toEqual(nothing)
    }
  })

  test('finds a pool that only the other side scales', () => {
    expect(check({ seen: scaled([planOn('primary', true)], []) }).findings).toEqual([
      { subject: 'secondary', evidence: 'hp-s is scaled by sp-s, and hp-w by no plan.' },
    ])
    expect(subjectsOf(check({ seen: scaled([], [planOn('secondary', false)]) }))).toEqual(['primary'])
  })

  test('finds a plan that wakes the side that stands by, and how to switch it off', () => {
    expect(check({ seen: scaled([planOn('primary', true)], [planOn('secondary', true)]) }).findings).toEqual([
      {
        subject: 'secondary/enabled',
        evidence: 'sp-w scales hp-w of the secondary side, which stands by.',
        fix: { kind: 'disableScalingPlan', side: 'secondary' },
      },
    ])
    const seen = scaled([planOn('primary', true)], [planOn('secondary', true)])
    expect(check({ seen, pairState: afterFailover }).findings).toMatchObject([
      { subject: 'primary/enabled', fix: { side: 'primary' } },
    ])
  })

  test('finds a plan in another region than its pool', () => {
    const seen = scaled([planOn('primary', true)], [planOn('secondary', false, { location: 'uksouth' })])
    expect(
      check({ seen: scaled([planOn('primary', true, { location: 'UK South' })], [planOn('secondary', false)]) }),
    ).toEqual(nothing)
    expect(subjectsOf(check({ seen }))).toEqual(['secondary/region'])
  })

  test('finds a plan without the exclusion tag that we set', () => {
    const { exclusionTag: _, ...untagged } = planOn('secondary', false)
    expect(subjectsOf(check({ seen: scaled([planOn('primary', true)], [untagged]) }))).toEqual([
      'secondary/exclusionTag',
    ])
    const text = planWith({}).pairs.find(({ id }) => id === 'pooled')
    expect(text?.secondary.exclusionTag).toBeUndefined()
    const plan = planWith({})
    const tagged = {
      ...plan,
      pairs: plan.pairs.map((pair) => ({ ...pair, secondary: { ...pair.secondary, exclusionTag: 'Mine' } })),
    }
    const alike = scaled([planOn('primary', true)], [planOn('secondary', false, { exclusionTag: 'mINE' })])
    expect(check({ plan: tagged, seen: alike })).toEqual(nothing)
    expect(check({ plan: tagged, seen: paired }).findings).toEqual([
      { subject: 'secondary/exclusionTag', evidence: 'sp-w has the exclusion tag dr-exclude, the plan Mine.' },
    ])
  })

  test('advises equal hours', () => {
    const seen = scaled([planOn('primary', true)], [planOn('secondary', false, { timeZone: 'UTC', schedules: '[1]' })])
    expect(check({ seen }).findings).toMatchObject([
      { subject: 'timeZone', severity: 'advice' },
      { subject: 'schedules', severity: 'advice' },
    ])
  })

  test('leaves alone a plan of other pools', () => {
    const other = planOn('secondary', true, { pools: [{ hostPoolId: '/other', enabled: true }] })
    expect(check({ seen: scaled([], [other]) })).toEqual(nothing)
  })

  test('of desktops finds autoscale while they are away, and none of it at home', () => {
    const plan = planOn('primary', true, {
      pools: [{ hostPoolId: avdIdOf('rg-p', 'hostpools', 'hp-p'), enabled: true }],
    })
    const seen = withSide(withSide(personalSeen, 'primary', { scalingPlans: [plan] }), 'secondary', {
      scalingPlans: [plan],
    })
    expect(check({ pair: 'personal', seen })).toEqual(nothing)
    expect(check({ pair: 'personal', seen, pairState: afterFailover }).findings).toMatchObject([{ subject: 'enabled' }])
    expect(check({ pair: 'personal', seen: personalSeen, pairState: afterFailover })).toEqual(nothing)
  })

  test.each(['scalingPlans', 'hostPool'])('could not check behind a gap in %s', (what) => {
    const seen = withGap(scaled([planOn('primary', true)], []), 'secondary', what, 'asLastSeen')
    expect(check({ seen })).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: `secondary: ${what}: the region does not answer` }],
    })
  })
})
