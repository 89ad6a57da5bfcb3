import { describe, expect, test } from 'vitest'
import { storageZoneRedundant } from '../../../../src/lib/drift/rules/storage-zone-redundant.ts'
import { pooledSeen, storageIdOf, withSide } from '../../../support/plans.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'
import { accountsSeen, cachedPlan, planWith, storageLines } from '../../../support/side-traits.ts'

const accountsWith = (name: string, sku: string) =>
  accountsSeen.map((account) => (account.name === name ? { ...account, sku } : account))
const check = (storageAccounts = accountsSeen, seen = pooledSeen) =>
  storageZoneRedundant.check(contextOf({ seen, plan: cachedPlan, estate: { storageAccounts } }))

describe('storage-zone-redundant', () => {
  test.each(['Premium_ZRS', 'Standard_GZRS', 'Standard_RAGZRS'])('is well with %s', (sku) => {
    expect(check(accountsWith('stprofs', sku))).toEqual({ findings: [], unchecked: [] })
  })

  test.each(['stprofs', 'stappp'])('finds %s with local redundancy', (name) => {
    const outcome = check(accountsWith(name, 'Premium_LRS'))
    expect(subjectsOf(outcome)).toEqual([name])
    expect(outcome.findings[0]?.evidence).toContain(
      `${name} (${name === 'stappp' ? 'packages of the primary' : 'profiles of the secondary'} side) is Premium_LRS`,
    )
  })

  test('finds an account once that is named twice', () => {
    const lines = storageLines.replace(storageIdOf('stapps'), storageIdOf('stprofs'))
    const estate = { storageAccounts: accountsWith('stprofs', 'Premium_LRS') }
    const outcome = storageZoneRedundant.check(contextOf({ plan: planWith({ pooled: lines }), estate }))
    expect(subjectsOf(outcome)).toEqual(['stprofs'])
  })

  test('could not check redundancy that is a new word', () => {
    const outcome = check(accountsWith('stprofs', 'Premium_NEW'))
    expect(outcome).toMatchObject({ findings: [], unchecked: [{ subject: 'stprofs' }] })
  })

  test.each(['Standard_LRS', 'Standard_GRS', 'Standard_RAGRS'])('finds %s', (sku) => {
    expect(subjectsOf(check(accountsWith('stprofs', sku)))).toEqual(['stprofs'])
  })

  test('does not flag a region without zones', () => {
    const sizes = [{ size: 'Standard_D4s_v5', isRestricted: false, zones: [] }]
    const seen = withSide(pooledSeen, 'secondary', { sizes })
    expect(check(accountsWith('stprofs', 'Premium_LRS'), seen)).toEqual({ findings: [], unchecked: [] })
  })

  test('could not check where zones or redundancy are not known', () => {
    const local = accountsWith('stprofs', 'Premium_LRS')
    const noSizes = check(local, withGap(pooledSeen, 'secondary', 'sizes', 'asLastSeen'))
    expect(noSizes).toMatchObject({ findings: [], unchecked: [{ subject: 'stprofs' }] })
    const elsewhere = local.map((one) => (one.name === 'stprofs' ? { ...one, location: 'westeurope' } : one))
    expect(check(elsewhere)).toMatchObject({ findings: [], unchecked: [{ subject: 'stprofs' }] })
    const none = check(local, withSide(pooledSeen, 'secondary', { sizes: [] }))
    expect(none).toMatchObject({ findings: [], unchecked: [{ subject: 'stprofs' }] })
    const old = storageZoneRedundant.check(
      contextOf({
        plan: cachedPlan,
        estate: { storageAccounts: local, gaps: [{ what: 'storageAccounts', reason: 'no answer' }] },
      }),
    )
    expect(old).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
  })
})
