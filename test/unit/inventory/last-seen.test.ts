import { describe, expect, test } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import { gapsIn, keepLastSeen } from '../../../src/lib/inventory/last-seen.ts'
import type { Inventory, PairSeen } from '../../../src/lib/model/inventory.ts'
import { now, planOf, planText, pooledSeen, withSide } from '../../support/plans.ts'

const plan = planOf(planText)
const at = (takenAt: number, pooled: PairSeen): Inventory => ({ v: 1, takenAt, pairs: { pooled } })
const reason = 'unavailable: no answer'

/** The primary answers nothing any more. */
const dark: PairSeen = {
  ...pooledSeen,
  primary: { gaps: Object.keys(pooledSeen.primary).flatMap((what) => (what === 'gaps' ? [] : [{ what, reason }])) },
}
const seenOf = (inventory: Inventory) => inventory.pairs.pooled

describe('an inventory taken while a region does not answer', () => {
  test('keeps what was seen of it, and says of each part that it is old', () => {
    const kept = seenOf(keepLastSeen(at(now, pooledSeen), at(now + minutes(15), dark), plan))
    expect(kept?.primary).toMatchObject({ vms: pooledSeen.primary.vms, sessionHosts: pooledSeen.primary.sessionHosts })
    expect(kept?.primary.gaps).toContainEqual({ what: 'vms', reason: `${reason} (as last seen 2026-03-14T21:00:00Z)` })
    expect(kept?.secondary).toEqual(pooledSeen.secondary)
  })

  test('keeps the date of what was old already', () => {
    let inventory = at(now, pooledSeen)
    for (const n of [1, 2, 3]) inventory = keepLastSeen(inventory, at(now + minutes(15 * n), dark), plan)
    expect(inventory.takenAt).toBe(now + minutes(45))
    expect(seenOf(inventory)?.primary.gaps[0]?.reason).toBe(`${reason} (as last seen 2026-03-14T21:00:00Z)`)
  })

  test('is whole again as soon as the region answers', () => {
    const old = keepLastSeen(at(now, pooledSeen), at(now + 1, dark), plan)
    expect(gapsIn(old)).toBe(dark.primary.gaps.length)
    expect(seenOf(keepLastSeen(old, at(now + 2, pooledSeen), plan))).toEqual(pooledSeen)
  })

  test('takes nothing over from another host pool, and nothing that was never seen', () => {
    const other = {
      ...pooledSeen,
      primary: { ...pooledSeen.primary, hostPool: pooledSeen.secondary.hostPool },
    } as PairSeen
    expect(seenOf(keepLastSeen(at(now, other), at(now + 1, dark), plan))).toEqual(dark)
    expect(seenOf(keepLastSeen(at(now, dark), at(now + 1, dark), plan))).toEqual(dark)
  })

  test('keeps what pairs stand on, each part with the date it was seen', () => {
    const lock = { id: '/l', name: 'l', scope: '/s', level: 'ReadOnly' } as const
    const first: Inventory = { ...at(now, pooledSeen), estate: { locks: [lock], vaults: [], gaps: [] } }
    const gap = { what: 'locks', reason }
    const second: Inventory = { ...at(now + 1, pooledSeen), estate: { vaults: [], gaps: [gap] } }
    const kept = keepLastSeen(first, second, plan)
    expect(kept.estate).toEqual({
      locks: [lock],
      vaults: [],
      gaps: [{ what: 'locks', reason: `${reason} (as last seen 2026-03-14T21:00:00Z)` }],
    })
    expect(gapsIn(kept)).toBe(1)
    expect(keepLastSeen(at(now, pooledSeen), second, plan).estate).toEqual(second.estate)
  })

  test('keeps the applications of groups that were read without', () => {
    const applications = [{ id: '/a', name: 'a', settings: {} }]
    const [first, ...others] = pooledSeen.primary.applicationGroups ?? []
    if (!first) throw new Error('a group')
    const withApplications = withSide(pooledSeen, 'primary', {
      applicationGroups: [{ ...first, applications }, ...others],
    })
    const gaps = [{ what: 'applications', reason }]
    const half = at(now + 1, withSide(pooledSeen, 'primary', { gaps }))
    const kept = seenOf(keepLastSeen(at(now, withApplications), half, plan))
    expect(kept?.primary.applicationGroups?.map((group) => group.applications)).toEqual([applications, undefined])
    // Without the gap there are none.
    const none = seenOf(keepLastSeen(at(now, withApplications), at(now + 1, pooledSeen), plan))
    expect(none?.primary.applicationGroups).toEqual(pooledSeen.primary.applicationGroups)
  })
})
