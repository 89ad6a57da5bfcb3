/** Enough moves to use up a bucket of Resource Manager's several times over. */
import { describe, expect, it } from 'vitest'
import { movesByProduct } from '../../bench/moves-story.ts'

/** Half of every bucket is in somebody else's hands. */
const shape = { seed: 3, applicationGroups: 4, groups: 40, processes: 2, scale: 0.5 }

describe('160 moves by two processes that have half a bucket left to them', () => {
  it('are never throttled and lose little of what the budget permits', async () => {
    const { moves, throttled, revoking, granting } = await movesByProduct(shape)
    expect(throttled).toBe(0)
    // One poll more than the budget alone would take.
    const permitted = ((moves - 100) / 5 + 15) * 1_000
    expect(revoking / permitted).toBeLessThan(1.2)
    expect(granting / permitted).toBeLessThan(1.2)
  })

  it('are throttled when nobody keeps to a budget: the count sees it', async () => {
    const { throttled } = await movesByProduct({ ...shape, isWithoutBudget: true })
    expect(throttled).toBeGreaterThan(0)
  })
})
