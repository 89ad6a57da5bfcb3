import { describe, expect, test } from 'vitest'
import { profileType } from '../../../../src/lib/drift/rules/profile-type.ts'
import { pooledSeen } from '../../../support/plans.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'
import { guestsAway, planWith, withGuests, withGuestsOfBoth } from '../../../support/side-traits.ts'

const clean = withGuestsOfBoth(pooledSeen)
const check = (seen: typeof clean) => profileType.check(contextOf({ seen }))

describe('profile-type', () => {
  test('is well with 0, which is also what a guest says that has none set', () => {
    expect(check(clean)).toEqual({ findings: [], unchecked: [] })
  })

  test('finds another value, and on which machines', () => {
    const outcome = check(withGuests(clean, 'secondary', { ...guestsAway, type: 3 }, ['vm-w2', 'vm-w3']))
    expect(subjectsOf(outcome)).toEqual(['secondary'])
    expect(outcome.findings[0]?.evidence).toBe(
      'ProfileType is not 0 on 2 of 4 machines of the secondary side (3: 2): vm-w2, vm-w3.',
    )
  })

  test('could not check machines that do not say it, or what is old', () => {
    expect(check({ ...clean, primary: pooledSeen.primary })).toMatchObject({
      findings: [],
      unchecked: [{ subject: 'primary' }],
    })
    const old = withGap(withGuests(clean, 'secondary', { ...guestsAway, type: 3 }), 'secondary', 'vms', 'asLastSeen')
    expect([subjectsOf(check(old)), check(old).unchecked.length]).toEqual([[], 1])
  })

  test('is not about desktops with a profile of their own, unless the plan says so', () => {
    expect(profileType.appliesTo?.(contextOf({ pair: 'personal' }))).toBe(false)
    const plan = planWith({ personal: 'profiles: { kind: other }' })
    expect(profileType.appliesTo?.(contextOf({ pair: 'personal', plan }))).toBe(true)
    expect(profileType.appliesTo?.(contextOf({ plan: planWith({ pooled: 'profiles: { kind: none }' }) }))).toBe(false)
  })
})
