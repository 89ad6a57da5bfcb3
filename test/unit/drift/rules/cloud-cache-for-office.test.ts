import { describe, expect, test } from 'vitest'
import { cloudCacheForOffice } from '../../../../src/lib/drift/rules/cloud-cache-for-office.ts'
import { pooledSeen } from '../../../support/plans.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'
import { cachedPlan, guestsAtHome, guestsAway, withGuests, withGuestsOfBoth } from '../../../support/side-traits.ts'

const clean = withGuestsOfBoth(pooledSeen)
const check = (seen: typeof clean) => cloudCacheForOffice.check(contextOf({ seen, plan: cachedPlan }))
const off = withGuests(withGuests(clean, 'primary', { ...guestsAtHome, office: '-' }), 'secondary', {
  ...guestsAway,
  office: '-',
})

describe('cloud-cache-for-office', () => {
  test('is well when both containers have two places, and when the Office container is off', () => {
    expect(check(clean)).toEqual({ findings: [], unchecked: [] })
    expect(check(off)).toEqual({ findings: [], unchecked: [] })
  })

  test.each(['', 'stoffs'])('finds an Office container with the places "%s"', (office) => {
    const outcome = check(withGuests(clean, 'secondary', { ...guestsAway, office }, ['vm-w1']))
    expect(subjectsOf(outcome)).toEqual(['secondary'])
    expect(outcome.findings[0]?.evidence).toContain('on 1 of 4 machines of the secondary side: vm-w1')
  })

  test('finds an Office container that is on on one side alone', () => {
    const outcome = check(withGuests(clean, 'secondary', { ...guestsAway, office: '-' }))
    expect(subjectsOf(outcome)).toEqual(['primary/secondary'])
    expect(outcome.findings[0]?.evidence).toContain('4 of 4 machines of the primary and 0 of 4')
  })

  test('could not check what the guest does not say, what is old, or a plan that is silent', () => {
    const { primary } = pooledSeen
    expect(check({ ...clean, primary })).toMatchObject({ findings: [], unchecked: [{ subject: 'primary' }] })
    const wrong = withGuests(clean, 'secondary', { ...guestsAway, office: '' })
    expect(check(withGap(wrong, 'secondary', 'vms', 'asLastSeen'))).toMatchObject({
      findings: [],
      unchecked: [{ subject: '' }],
    })
    expect(cloudCacheForOffice.check(contextOf({ seen: wrong }))).toMatchObject({
      findings: [],
      unchecked: [{ subject: '' }],
    })
  })
})
