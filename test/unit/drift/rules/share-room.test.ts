import { describe, expect, test } from 'vitest'
import { shareRoom } from '../../../../src/lib/drift/rules/share-room.ts'
import { storageIdOf } from '../../../support/plans.ts'
import { contextOf } from '../../../support/rule-context.ts'
import { cachedPlan, planWith, storageLines } from '../../../support/side-traits.ts'

const gibibyte = 1_024 ** 3
const shareOf = (account: string, percent?: number) => ({
  accountId: storageIdOf(account).toLowerCase(),
  name: 'profiles',
  quotaGiB: 100,
  ...(percent !== undefined && { usedBytes: percent * gibibyte }),
})
const check = (...shares: readonly ReturnType<typeof shareOf>[]) =>
  shareRoom.check(contextOf({ plan: cachedPlan, estate: { shares } }))

describe('share-room', () => {
  test('is well below four fifths of the quota', () => {
    expect(check(shareOf('stprofp', 79))).toEqual({ findings: [], unchecked: [] })
  })

  test.each([
    [80, 'advice'],
    [89, 'advice'],
    [90, 'warning'],
    [101, 'warning'],
  ])('finds %i %% used: %s', (percent, severity) => {
    expect(check(shareOf('stprofs', percent)).findings).toEqual([
      { subject: 'stprofs/profiles', severity, evidence: `${percent} % of the 100 GiB of stprofs/profiles are used.` },
    ])
  })

  test('finds a share once whose account is named twice', () => {
    const plan = planWith({ pooled: storageLines.replace(storageIdOf('stapps'), storageIdOf('stprofs')) })
    const outcome = shareRoom.check(contextOf({ plan, estate: { shares: [shareOf('stprofs', 99)] } }))
    expect(outcome.findings).toHaveLength(1)
  })

  test('does not flag shares of accounts the plan does not name', () => {
    expect(check(shareOf('other', 99))).toEqual({ findings: [], unchecked: [] })
  })

  test('is about desktops of one person only where the plan names storage for them', () => {
    const shares = [shareOf('stappp', 99)]
    expect(shareRoom.appliesTo?.(contextOf({ pair: 'personal' }))).toBe(false)
    expect(shareRoom.appliesTo?.(contextOf())).toBe(true)
    const plan = planWith({ personal: `packages: { accounts: { primary: [${storageIdOf('stappp')}] } }` })
    const context = contextOf({ pair: 'personal', plan, estate: { shares } })
    expect(shareRoom.appliesTo?.(context)).toBe(true)
    expect(shareRoom.check(context)).toMatchObject({ findings: [{ subject: 'stappp/profiles' }], unchecked: [] })
  })

  test('could not check a share whose use was not told, a plan that is silent, or a list that is old', () => {
    expect(check(shareOf('stprofp'))).toMatchObject({ findings: [], unchecked: [{ subject: 'stprofp/profiles' }] })
    expect(check({ ...shareOf('stprofp', 99), quotaGiB: 0 }).unchecked).toHaveLength(1)
    const shares = [shareOf('stprofp', 99)]
    expect(shareRoom.check(contextOf({ estate: { shares } }))).toMatchObject({ findings: [], unchecked: [{}] })
    const gaps = [{ what: 'shares', reason: 'no answer' }]
    expect(shareRoom.check(contextOf({ plan: cachedPlan, estate: { shares, gaps } }))).toMatchObject({
      findings: [],
      unchecked: [{ reason: 'shares: no answer' }],
    })
  })
})
