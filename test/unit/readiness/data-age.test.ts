import { expect, it } from 'vitest'
import { keepLastSeen } from '../../../src/lib/inventory/last-seen.ts'
import type { Inventory } from '../../../src/lib/model/inventory.ts'
import { dataAge } from '../../../src/lib/readiness/data-age.ts'
import { inventoryOf, now, planOf, pooledSeen, withoutPart } from '../../support/plans.ts'
import { contextOf } from '../../support/rule-context.ts'

it('names the part that is the oldest, as the inventory itself dates it', () => {
  const gone = (seen: typeof pooledSeen, takenAt: number): Inventory => ({ ...inventoryOf({ pooled: seen }), takenAt })
  const first = { ...inventoryOf(), takenAt: Date.UTC(2026, 2, 13, 9) }
  const without = withoutPart(pooledSeen, 'primary', 'vms')
  const second = keepLastSeen(first, gone(without, Date.UTC(2026, 2, 14, 9)), planOf())
  const worse = withoutPart({ ...without }, 'secondary', 'quotas')
  const third = keepLastSeen(second, gone(worse, now), planOf())
  expect(dataAge(contextOf({ seen: third.pairs.pooled ?? pooledSeen, takenAt: now }))).toEqual({
    takenAt: now,
    gaps: 2,
    oldest: { what: 'primary: vms', since: '2026-03-13T09:00:00Z' },
  })
})

it('knows no date of what was never seen', () => {
  const seen = withoutPart(pooledSeen, 'primary', 'vms')
  expect(dataAge(contextOf({ seen, takenAt: now }))).toEqual({ takenAt: now, gaps: 1 })
})
