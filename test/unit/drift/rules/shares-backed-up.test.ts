import { describe, expect, test } from 'vitest'
import { sharesBackedUp } from '../../../../src/lib/drift/rules/shares-backed-up.ts'
import type { BackupItem, FileShare } from '../../../../src/lib/model/estate.ts'
import { pooledSeen, storageIdOf } from '../../../support/plans.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'
import { backupOf, planWith, storageLines, withGuestsOfBoth } from '../../../support/side-traits.ts'

const plan = planWith({ pooled: `${storageLines}\nbackup: { shares: true }` })
const shareOf = (account: string, name: string): FileShare => ({ accountId: storageIdOf(account), name, quotaGiB: 100 })
const shares = [
  shareOf('stprofp', 'profiles'),
  shareOf('stoffp', 'containers'),
  shareOf('stprofs', 'profiles'),
  shareOf('stappp', 'apps'),
]
const profiles = backupOf('share', storageIdOf('stprofp'), { share: 'Profiles' })
const told = withGuestsOfBoth(pooledSeen)
const check = (backupItems: readonly BackupItem[], seen = told, all: readonly FileShare[] = shares) =>
  sharesBackedUp.check(contextOf({ seen, plan, estate: { backupItems, shares: all } }))

describe('shares-backed-up', () => {
  test('is well with the profiles of the primary side: Office containers, the other side and packages need none', () => {
    expect(check([profiles])).toEqual({ findings: [], unchecked: [] })
  })

  test('finds a share of profiles that no vault knows, or that was stopped', () => {
    expect(check([]).findings).toEqual([
      { subject: 'stprofp/profiles', evidence: 'Azure Backup does not know stprofp/profiles.' },
    ])
    expect(subjectsOf(check([{ ...profiles, share: 'other' }]))).toEqual(['stprofp/profiles'])
    expect(subjectsOf(check([{ ...profiles, state: 'ProtectionStopped' }]))).toEqual(['stprofp/profiles'])
  })

  test('finds without the guests that none is backed up, and names what might hold profiles', () => {
    const outcome = check([], pooledSeen)
    expect(subjectsOf(outcome)).toEqual(['primary/profiles'])
    expect(outcome.findings[0]?.evidence).toBe('Azure Backup knows none of stprofp/profiles, stoffp/containers.')
  })

  test('could not check without the guests which shares hold Office containers, but for their names', () => {
    const outcome = check([profiles], pooledSeen)
    expect(outcome).toMatchObject({ findings: [], unchecked: [{ subject: 'stoffp/containers' }] })
    const named = [shareOf('stprofp', 'profiles'), shareOf('stoffp', 'ODFC')]
    expect(check([profiles], pooledSeen, named)).toEqual({ findings: [], unchecked: [] })
  })

  test('finds a backup that was stopped where only the name tells, and reads the guests of the primary side', () => {
    expect(subjectsOf(check([{ ...profiles, state: 'ProtectionStopped' }], pooledSeen))).toEqual(['stprofp/profiles'])
    const { primary } = pooledSeen
    expect(subjectsOf(check([], { ...told, primary }))).toEqual(['primary/profiles'])
  })

  test.each(['shares', 'backupItems'])('could not check behind a gap in %s', (what) => {
    const estate = { backupItems: [], shares, gaps: [{ what, reason: 'no answer' }] }
    const outcome = sharesBackedUp.check(contextOf({ plan, seen: told, estate }))
    expect([outcome.findings, outcome.unchecked[0]?.reason]).toEqual([[], `${what}: no answer`])
  })

  test.each(['vms', 'sessionHosts'])('could not check without what the guests say: %s', (what) => {
    const outcome = check([], withGap(told, 'primary', what, 'asLastSeen'))
    expect(outcome).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
  })

  test('could not check a plan that is silent, or what is old', () => {
    const silent = planWith({ pooled: 'backup: { shares: true }' })
    const estate = { backupItems: [], shares }
    expect(sharesBackedUp.check(contextOf({ plan: silent, seen: told, estate }))).toMatchObject({
      findings: [],
      unchecked: [{ subject: '' }],
    })
    const gaps = [{ what: 'shares', reason: 'no answer' }]
    expect(sharesBackedUp.check(contextOf({ plan, seen: told, estate: { ...estate, gaps } }))).toMatchObject({
      findings: [],
      unchecked: [{ reason: 'shares: no answer' }],
    })
  })

  test('is about pairs the plan wants backed up', () => {
    expect(sharesBackedUp.appliesTo?.(contextOf())).toBe(false)
    expect(sharesBackedUp.appliesTo?.(contextOf({ plan }))).toBe(true)
  })
})
