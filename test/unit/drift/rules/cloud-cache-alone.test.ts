import { describe, expect, test } from 'vitest'
import { cloudCacheAlone } from '../../../../src/lib/drift/rules/cloud-cache-alone.ts'
import { pooledSeen } from '../../../support/plans.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'
import { guestsAtHome, guestsAway, withGuests, withGuestsOfBoth } from '../../../support/side-traits.ts'

const clean = withGuestsOfBoth(pooledSeen)
const check = (seen: typeof clean) => cloudCacheAlone.check(contextOf({ seen }))

describe('cloud-cache-alone', () => {
  test('is well with Cloud Cache alone', () => {
    expect(check(clean)).toEqual({ findings: [], unchecked: [] })
  })

  test('finds VHDLocations beside it, of either container', () => {
    const profile = check(withGuests(clean, 'secondary', { ...guestsAway, vhd: 1 }, ['vm-w4']))
    expect(subjectsOf(profile)).toEqual(['secondary'])
    expect(profile.findings[0]?.evidence).toContain('1 of 4 machines of the secondary side')
    expect(profile.findings[0]?.evidence).toContain('(profile container): vm-w4')
    const office = check(withGuests(clean, 'primary', { ...guestsAtHome, officeVhd: 1 }))
    expect(office.findings[0]?.evidence).toContain('(Office container)')
  })

  test('does not flag an Office container that is off, or VHDLocations without Cloud Cache', () => {
    const off = withGuests(clean, 'primary', { ...guestsAtHome, office: '-', officeVhd: 1 })
    expect(check(withGuests(off, 'secondary', { ...guestsAway, ccd: '', vhd: 1 })).findings).toEqual([])
  })

  test('could not check what the guest does not say, or what is old', () => {
    const { vhd, ...rest } = guestsAway
    expect(check(withGuests(clean, 'secondary', rest)).unchecked.map(({ subject }) => subject)).toEqual(['secondary'])
    const old = withGap(withGuests(clean, 'secondary', { ...guestsAway, vhd: 1 }), 'secondary', 'vms', 'asLastSeen')
    expect([subjectsOf(check(old)), check(old).unchecked.length, vhd]).toEqual([[], 1, 0])
  })
})
