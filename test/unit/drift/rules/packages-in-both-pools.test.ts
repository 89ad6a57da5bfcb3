import { describe, expect, test } from 'vitest'
import { packagesInBothPools } from '../../../../src/lib/drift/rules/packages-in-both-pools.ts'
import type { AppPackage } from '../../../../src/lib/model/azure.ts'
import { pooledSeen } from '../../../support/plans.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'
import { packageOf, withBoth } from '../../../support/side-traits.ts'

const seenWith = (primary: readonly AppPackage[], secondary: readonly AppPackage[]) =>
  withBoth(pooledSeen, (side) => ({ packages: side === 'primary' ? primary : secondary }))
const check = (...packages: Parameters<typeof seenWith>) =>
  packagesInBothPools.check(contextOf({ seen: seenWith(...packages) }))
const notes = packageOf('Contoso.Notes_2.1.0.0_x64__abc', 'stappp')

describe('packages-in-both-pools', () => {
  test('is well with the same packages, whatever they are called in the pools and wherever they lie', () => {
    const there = packageOf(notes.fullName.toUpperCase(), 'stapps')
    expect(check([notes], [{ ...there, id: '/other', kind: 'appAttach' }])).toEqual({ findings: [], unchecked: [] })
    expect(check([], [])).toEqual({ findings: [], unchecked: [] })
  })

  test('finds a package that one pool has alone, another version, and another state', () => {
    expect(check([notes], []).findings).toEqual([
      { subject: notes.fullName, evidence: `${notes.fullName} is registered with the primary pool alone.` },
    ])
    const newer = packageOf('Contoso.Notes_2.2.0.0_x64__abc', 'stapps')
    expect(subjectsOf(check([notes], [newer]))).toEqual([notes.fullName, newer.fullName])
    expect(check([notes], [{ ...notes, isActive: false }]).findings).toEqual([
      { subject: notes.fullName, evidence: `${notes.fullName} is active on the primary side alone.` },
    ])
  })

  test('takes a package for active that one of two registrations has active', () => {
    const twice = [notes, { ...notes, id: '/again', isActive: false }]
    expect(check(twice, [notes])).toEqual({ findings: [], unchecked: [] })
  })

  test('could not check without the primary side', () => {
    const seen = withGap(seenWith([], [notes]), 'primary', 'packages', 'asLastSeen')
    expect(packagesInBothPools.check(contextOf({ seen }))).toMatchObject({ findings: [], unchecked: [{}] })
  })

  test('finds a package that is registered with one pool alone though it is not active', () => {
    expect(subjectsOf(check([], [{ ...notes, isActive: false }]))).toEqual([notes.fullName])
  })

  test.each(['missing', 'asLastSeen'] as const)('could not check what is %s behind a gap', (part) => {
    const seen = withGap(seenWith([notes], []), 'secondary', 'packages', part)
    expect(packagesInBothPools.check(contextOf({ seen }))).toMatchObject({ findings: [], unchecked: [{}] })
  })

  test('is not about a pair that has one pool', () => {
    expect(packagesInBothPools.appliesTo?.(contextOf({ pair: 'personal' }))).toBe(false)
  })
})
