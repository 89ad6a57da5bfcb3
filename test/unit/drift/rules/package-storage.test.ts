import { describe, expect, test } from 'vitest'
import { packageStorage } from '../../../../src/lib/drift/rules/package-storage.ts'
import type { AppPackage } from '../../../../src/lib/model/azure.ts'
import { pooledSeen } from '../../../support/plans.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'
import { accountsSeen, packageOf, withBoth } from '../../../support/side-traits.ts'

const seenWith = (primary: readonly AppPackage[], secondary: readonly AppPackage[]) =>
  withBoth(pooledSeen, (side) => ({ packages: side === 'primary' ? primary : secondary }))
const check = (primary: readonly AppPackage[], secondary: readonly AppPackage[]) =>
  packageStorage.check(contextOf({ seen: seenWith(primary, secondary), estate: { storageAccounts: accountsSeen } }))
const at = (account: string) => packageOf('Contoso.Notes_2.1.0.0_x64__abc', account)

describe('package-storage', () => {
  test('is well when each pool has its own account in its region, and without packages', () => {
    expect(check([at('stappp')], [at('stapps')])).toEqual({ findings: [], unchecked: [] })
    expect(check([], [])).toEqual({ findings: [], unchecked: [] })
  })

  test('finds one account for both pools', () => {
    const outcome = check([at('stappp')], [at('STAPPP')])
    expect(outcome).toEqual({
      findings: [{ subject: 'stappp', evidence: 'Both pools take images of packages from stappp.' }],
      unchecked: [],
    })
  })

  test('finds an account that lies in the other pool’s region', () => {
    const outcome = check([at('stappp')], [at('stprofp')])
    expect(subjectsOf(outcome)).toEqual(['secondary/stprofp'])
    expect(outcome.findings[0]?.evidence).toContain('stprofp, which is in uksouth')
  })

  test('could not check servers it does not know, paths it cannot read, and lists that are old', () => {
    expect(check([at('stappp')], [at('fileserver')])).toMatchObject({
      findings: [],
      unchecked: [{ subject: 'secondary/fileserver' }],
    })
    const { imagePath, ...pathless } = at('stapps')
    expect(check([at('stappp')], [pathless])).toMatchObject({ findings: [], unchecked: [{ subject: 'secondary' }] })
    const seen = withGap(seenWith([at('stappp')], [at('stappp')]), 'primary', 'packages', 'asLastSeen')
    expect(packageStorage.check(contextOf({ seen }))).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
    expect(imagePath).toContain('stapps')
  })

  test.each([
    ['primary', 'packages'],
    ['secondary', 'packages'],
  ] as const)('could not check without the %s side’s %s', (side, what) => {
    const seen = withGap(seenWith([at('stappp')], [at('stappp')]), side, what, 'asLastSeen')
    expect(packageStorage.check(contextOf({ seen }))).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
  })

  test('could not check where accounts are by a list that is old', () => {
    const gaps = [{ what: 'storageAccounts', reason: 'no answer' }]
    const estate = { storageAccounts: accountsSeen, gaps }
    const outcome = packageStorage.check(contextOf({ seen: seenWith([at('stappp')], [at('stprofp')]), estate }))
    expect([outcome.findings, outcome.unchecked[0]?.reason]).toEqual([[], 'storageAccounts: no answer'])
  })

  test('finds the shared account also while storage accounts cannot be read', () => {
    const outcome = packageStorage.check(contextOf({ seen: seenWith([at('stappp')], [at('stappp')]) }))
    expect([subjectsOf(outcome), outcome.unchecked]).toEqual([['stappp'], []])
  })
})
