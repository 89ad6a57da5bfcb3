import { describe, expect, test } from 'vitest'
import { storageAccountsApart } from '../../../../src/lib/drift/rules/storage-accounts-apart.ts'
import type { StorageAccount } from '../../../../src/lib/model/estate.ts'
import { pooledSeen, storageIdOf } from '../../../support/plans.ts'
import { contextOf, subjectsOf } from '../../../support/rule-context.ts'
import {
  accountsSeen,
  cachedPlan,
  guestsAtHome,
  guestsAway,
  planWith,
  storageLines,
  withGuests,
  withGuestsOfBoth,
} from '../../../support/side-traits.ts'

const clean = withGuestsOfBoth(pooledSeen)
const check = (plan = cachedPlan, seen = clean, storageAccounts: readonly StorageAccount[] = accountsSeen) =>
  storageAccountsApart.check(contextOf({ seen, plan, estate: { storageAccounts } }))
const planOfAccounts = (primary: readonly string[], secondary: readonly string[], packages = '') =>
  planWith({
    pooled: `profiles: { accounts: { primary: [${primary.map(storageIdOf)}], secondary: [${secondary.map(storageIdOf)}] } }\n${packages}`,
  })

describe('storage-accounts-apart', () => {
  test('is well with two accounts a side, and packages on others', () => {
    expect(check()).toEqual({ findings: [], unchecked: [] })
  })

  test('finds an account for both sides, and one for profiles and packages', () => {
    const both = check(planOfAccounts(['stprofp', 'stoffp'], ['stprofp', 'stoffs']))
    expect(subjectsOf(both)).toEqual(['stprofp'])
    expect(both.findings[0]?.evidence).toContain('profiles of the primary side and profiles of the secondary side')
    const packages = `packages: { accounts: { primary: [${storageIdOf('stoffp')}] } }`
    expect(subjectsOf(check(planOfAccounts(['stprofp', 'stoffp'], ['stprofs', 'stoffs'], packages)))).toEqual([
      'stoffp',
    ])
  })

  test('finds an account that lies in the other side’s region, and not one in a third', () => {
    const moved = (location: string) =>
      accountsSeen.map((account) => (account.name === 'stoffs' ? { ...account, location } : account))
    expect(subjectsOf(check(cachedPlan, clean, moved('uksouth')))).toEqual(['secondary/stoffs'])
    expect(subjectsOf(check(cachedPlan, clean, moved('westeurope')))).toEqual([])
  })

  test('finds both containers on one account, as guests say it', () => {
    const outcome = check(cachedPlan, withGuests(clean, 'secondary', { ...guestsAway, office: 'stprofs stoffp' }))
    expect(outcome.findings).toMatchObject([{ subject: 'secondary/containers', severity: 'warning' }])
  })

  test('asks for a second account only where the Office container is on', () => {
    const plan = planOfAccounts(['stprofp'], ['stprofs', 'stoffs'])
    expect(subjectsOf(check(plan))).toEqual(['primary/accounts'])
    expect(check(plan, withGuests(clean, 'primary', { ...guestsAtHome, office: '-' })).findings).toEqual([])
    const silent = check(plan, { ...clean, primary: pooledSeen.primary })
    expect(silent).toMatchObject({ findings: [], unchecked: [{ subject: 'primary/accounts' }] })
  })

  test('does not ask guests where profiles are kept by other means', () => {
    const other = planWith({ pooled: storageLines.replace('cloudCache', 'other') })
    const seen = withGuests(clean, 'secondary', { ...guestsAway, office: 'stprofs stoffp' })
    expect(check(other, seen)).toEqual({ findings: [], unchecked: [] })
  })

  test('could not check one account a side when guests say half', () => {
    const { office, ...half } = guestsAtHome
    const { ccd, ...otherHalf } = guestsAtHome
    const plan = planOfAccounts(['stprofp'], ['stprofs', 'stoffs'])
    for (const facts of [half, otherHalf])
      expect(check(plan, withGuests(clean, 'primary', facts))).toMatchObject({
        findings: [],
        unchecked: [{ subject: 'primary/accounts' }],
      })
    expect([office, ccd]).toEqual(['stoffp stoffs', 'stprofp stprofs'])
  })

  test('could not check what the plan does not say, or nobody saw', () => {
    const unsaid = storageAccountsApart.check(contextOf({ seen: clean, estate: { storageAccounts: accountsSeen } }))
    expect(unsaid).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
    const none = check(planWith({ pooled: 'profiles: { kind: other }' }))
    expect(none.unchecked.map(({ subject }) => subject)).toEqual(['primary/profiles', 'secondary/profiles'])
    const gone = check(cachedPlan, clean, accountsSeen.slice(1))
    expect(gone).toMatchObject({ findings: [], unchecked: [{ subject: 'stprofp' }] })
    const gaps = [{ what: 'storageAccounts', reason: 'no answer' }]
    const old = storageAccountsApart.check(
      contextOf({ seen: clean, plan: cachedPlan, estate: { storageAccounts: accountsSeen, gaps } }),
    )
    expect(old).toEqual({ findings: [], unchecked: [{ subject: '', reason: 'storageAccounts: no answer' }] })
  })
})
