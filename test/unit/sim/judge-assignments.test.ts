import { expect, test } from 'vitest'
import { apps, assigned, desk, granted, pair, revoked, role, verdictOn } from './judge-story.ts'

const revokeAll = [revoked(10, 'sales', desk.primary), revoked(20, 'legal', apps.primary)]
const grantAll = [granted(30, 'sales', desk.secondary), granted(50, 'legal', apps.secondary)]

test('revoke all, then grant all, breaks nothing, and every gap is measured', () => {
  const { broken, measures } = verdictOn([...revokeAll, ...grantAll])
  expect(broken).toEqual([])
  // Ann waits longest for the applications (20 s to 50 s), Ben for the desktop alone.
  expect(Object.fromEntries(measures.gaps)).toEqual({ ann: 30_000, ben: 20_000 })
  expect(measures.longestGap).toBe(30_000)
})

test('a grant before the last revoke of somebody in several groups gives him both sides', () => {
  const events = [
    revoked(10, 'sales', desk.primary),
    granted(15, 'sales', desk.secondary),
    revoked(20, 'legal', apps.primary),
    granted(30, 'legal', apps.secondary),
  ]
  expect(verdictOn(events).broken).toEqual(['assignedBothSides ann 15'])
})

test('both sides from the start are found, and at most once for each time it begins', () => {
  const { broken } = verdictOn(
    [granted(5, 'sales', apps.secondary)],
    {},
    { assignments: [assigned('ben', desk.primary), assigned('sales', desk.secondary)] },
  )
  expect(broken).toEqual(['assignedBothSides ben 5'])
})

test('an assignment inherited from the resource group counts for the groups below it', () => {
  expect(verdictOn([granted(5, 'ben', '/subscriptions/s/resourceGroups/RG')]).broken).toEqual([
    'assignedBothSides ben 5',
  ])
})

test('a role that lets nobody in changes nothing', () => {
  const reader = { ...granted(5, 'sales', desk.secondary), role: 'reader' }
  expect(verdictOn([reader]).broken).toEqual([])
})

test('who loses an application group and never gets its counterpart is left with neither', () => {
  const { broken } = verdictOn([...revokeAll, granted(30, 'sales', desk.secondary)])
  expect(broken).toEqual(['leftWithNeither ann 20'])
})

test('who had neither at the start is not missed at the end', () => {
  const { broken, measures } = verdictOn(
    [revoked(10, 'legal', apps.primary), granted(30, 'legal', apps.secondary)],
    {},
    {
      assignments: [assigned('legal', apps.primary)],
    },
  )
  expect([broken, [...measures.gaps.keys()]]).toEqual([[], ['ann']])
})

test('a restore of what was revoked ends the gap', () => {
  const { broken, measures } = verdictOn([revoked(10, 'sales', desk.primary), granted(100, 'sales', desk.primary)])
  expect([broken, measures.longestGap]).toEqual([[], 90_000])
})

test('a gap longer than allowed is a violation', () => {
  const { broken } = verdictOn([...revokeAll, ...grantAll], { longestGapAllowed: 25_000 })
  expect(broken).toEqual(['gapTooLong ann 50'])
})

test('access through a second group hides no gap and makes none', () => {
  const start = { assignments: [assigned('sales', desk.primary), assigned('legal', desk.primary)] }
  const events = [
    revoked(10, 'sales', desk.primary),
    revoked(20, 'legal', desk.primary),
    granted(30, 'sales', desk.secondary),
  ]
  const { broken, measures } = verdictOn(events, {}, start)
  expect(broken).toEqual([])
  expect(Object.fromEntries(measures.gaps)).toEqual({ ann: 10_000, ben: 20_000 })
})

test('without a mapping the whole side counts as one', () => {
  const { mapping: _, ...unmapped } = pair
  expect(verdictOn([...revokeAll, granted(30, 'sales', desk.secondary)], { pairs: [unmapped] }).broken).toEqual([])
})

test('pairs in use on both sides are not judged', () => {
  const both = [granted(5, 'sales', desk.secondary)]
  expect(verdictOn(both, { pairs: [{ ...pair, strategy: 'activeActive' }] }).broken).toEqual([])
})

test('2,000 grants and revokes over 5,000 people are judged in well under a second', () => {
  const groups = Array.from({ length: 400 }, (_, i) => `group-${i}`)
  const users = Array.from({ length: 5_000 }, (_, i) => ({
    id: `u${i}`,
    name: `u${i}@x`,
    groups: [0, 7, 13].map((n) => `group-${(i + n) % 400}`),
  }))
  const events = groups.flatMap((group, i) => [
    revoked(i, group, desk.primary),
    granted(1_000 + i, group, desk.secondary),
  ])
  const begin = performance.now()
  const { broken } = verdictOn(
    events,
    {},
    { users, assignments: groups.map((group) => ({ principal: group, scope: desk.primary, role })) },
  )
  expect(broken).toEqual([])
  expect(performance.now() - begin).toBeLessThan(1_000)
})
