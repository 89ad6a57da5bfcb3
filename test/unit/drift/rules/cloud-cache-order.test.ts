import { describe, expect, test } from 'vitest'
import { cloudCacheOrder } from '../../../../src/lib/drift/rules/cloud-cache-order.ts'
import type { PairSeen } from '../../../../src/lib/model/inventory.ts'
import { pooledSeen } from '../../../support/plans.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'
import {
  cachedPlan,
  guestsAtHome,
  guestsAway,
  planWith,
  withGuests,
  withGuestsOfBoth,
} from '../../../support/side-traits.ts'

const clean = withGuestsOfBoth(pooledSeen)
const check = (seen: PairSeen) => cloudCacheOrder.check(contextOf({ seen, plan: cachedPlan }))

describe('cloud-cache-order', () => {
  test('is well when the secondary side has the places in reverse order', () => {
    expect(check(clean)).toEqual({ findings: [], unchecked: [] })
  })

  test('finds the same order on both sides, and says which is due', () => {
    const outcome = check(withGuests(clean, 'secondary', { ...guestsAway, ccd: guestsAtHome.ccd }, ['vm-w2']))
    expect(subjectsOf(outcome)).toEqual(['secondary'])
    expect(outcome.findings[0]?.evidence).toBe(
      '1 of 4 machines of the secondary side have the profile places stprofp, stprofs, where stprofs, stprofp is due: vm-w2.',
    )
  })

  test('finds the order of the Office container by itself', () => {
    expect(subjectsOf(check(withGuests(clean, 'secondary', { ...guestsAway, office: guestsAtHome.office })))).toEqual([
      'secondary/office',
    ])
  })

  test('finds machines of one side that differ', () => {
    expect(subjectsOf(check(withGuests(clean, 'primary', guestsAway, ['vm-s1'])))).toEqual([
      'primary',
      'primary/office',
    ])
  })

  test.each(['stprofs', ''])('takes it for critical that profiles have "%s" alone', (ccd) => {
    const outcome = check(withGuests(clean, 'secondary', { ...guestsAway, ccd }))
    expect(outcome.findings).toMatchObject([{ subject: 'secondary/places', severity: 'critical' }])
  })

  test('does not flag an Office container that is off, or not cached', () => {
    const off = withGuests(clean, 'primary', { ...guestsAtHome, office: '-' })
    expect(check(withGuests(off, 'secondary', { ...guestsAway, office: '-' }))).toEqual({ findings: [], unchecked: [] })
    expect(subjectsOf(check(withGuests(clean, 'secondary', { ...guestsAway, office: '' })))).toEqual([])
  })

  test('could not check machines that say nothing, and not the other side by them', () => {
    const { primary } = pooledSeen
    const outcome = check({ ...clean, primary })
    expect(outcome.findings).toEqual([])
    expect(outcome.unchecked.map(({ subject }) => subject)).toEqual([
      'primary',
      'secondary',
      'primary/office',
      'secondary/office',
    ])
    expect(outcome.unchecked[0]?.reason).toContain('4 of 4 machines')
    const some = check(withGuests(withGuests(pooledSeen, 'primary', guestsAtHome), 'secondary', guestsAway, ['vm-w1']))
    expect([some.findings.length, some.unchecked[0]?.reason]).toEqual([
      0,
      '3 of 4 machines do not say it by their tag avd-dr-fslogix: vm-w2, vm-w3, vm-w4',
    ])
  })

  test('is about pools with Cloud Cache: a replicated desktop has one registry for both sides', () => {
    const plan = planWith({ personal: 'profiles: { kind: cloudCache }', pooled: 'profiles: { kind: other }' })
    expect(cloudCacheOrder.appliesTo?.(contextOf())).toBe(true)
    expect(cloudCacheOrder.appliesTo?.(contextOf({ plan }))).toBe(false)
    expect(cloudCacheOrder.appliesTo?.(contextOf({ pair: 'personal', plan }))).toBe(false)
  })

  test('could not check what is old, or a plan that is silent', () => {
    const wrong = withGuests(clean, 'secondary', guestsAtHome)
    for (const outcome of [
      check(withGap(wrong, 'secondary', 'vms', 'asLastSeen')),
      cloudCacheOrder.check(contextOf({ seen: wrong })),
    ]) {
      expect(outcome.findings).toEqual([])
      expect(outcome.unchecked.length).toBeGreaterThan(0)
    }
  })
})
