import { describe, expect, test } from 'vitest'
import { storageNotGeoRedundant } from '../../../../src/lib/drift/rules/storage-not-geo-redundant.ts'
import { storageIdOf } from '../../../support/plans.ts'
import { contextOf, subjectsOf } from '../../../support/rule-context.ts'
import { accountsSeen, cachedPlan } from '../../../support/side-traits.ts'

const accountsWith = (name: string, sku: string) =>
  accountsSeen.map((account) => (account.name === name ? { ...account, sku } : account))
const check = (storageAccounts = accountsSeen) =>
  storageNotGeoRedundant.check(contextOf({ plan: cachedPlan, estate: { storageAccounts } }))

describe('storage-not-geo-redundant', () => {
  test.each(['Premium_LRS', 'Premium_ZRS', 'Standard_LRS'])('is well with %s', (sku) => {
    expect(check(accountsWith('stprofs', sku))).toEqual({ findings: [], unchecked: [] })
  })

  test.each(['Standard_GRS', 'Standard_RAGRS', 'Standard_GZRS', 'Standard_RAGZRS'])('finds %s', (sku) => {
    const outcome = check(accountsWith('stapps', sku))
    expect(subjectsOf(outcome)).toEqual(['stapps'])
    expect(outcome.findings[0]?.evidence).toBe(`stapps (packages of the secondary side) is ${sku}.`)
  })

  test('does not flag accounts the plan does not name', () => {
    const other = { ...accountsSeen[0], id: storageIdOf('diag'), name: 'diag', sku: 'Standard_GRS' } as const
    expect(check([...accountsSeen, { kind: 'StorageV2', location: 'uksouth', ...other }]).findings).toEqual([])
  })

  test('could not check a plan that is silent, or a list that is old', () => {
    const silent = storageNotGeoRedundant.check(contextOf({ estate: { storageAccounts: accountsSeen } }))
    expect(silent).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
    const gaps = [{ what: 'storageAccounts', reason: 'no answer' }]
    const storageAccounts = accountsWith('stapps', 'Standard_GRS')
    const old = storageNotGeoRedundant.check(contextOf({ plan: cachedPlan, estate: { storageAccounts, gaps } }))
    expect(old).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
  })
})
