/** Azure fails while the inventory is read: what could not be read is a gap, and nothing is found that is not there. */
import { describe, expect, it } from 'vitest'
import type { FaultOptions } from '../../sim/arm/faults.ts'
import { storyBegins } from '../../sim/virtual/region.ts'
import { minutes } from '../../src/lib/core/time.ts'
import { gapsIn, keepLastSeen } from '../../src/lib/inventory/last-seen.ts'
import { createDriftWorld } from '../support/drift-world.ts'

/** Of all requests, the part that goes wrong; the rest of the time lists lose or repeat entries between their pages. */
const faultsAt = (rate: number): FaultOptions => ({
  ratesFrom: storyBegins + minutes(5),
  http: {
    errorBefore: rate * 0.25,
    throttledWithWait: rate * 0.2,
    throttledWithoutWait: rate * 0.1,
    noConnection: rate * 0.1,
    resetBefore: rate * 0.1,
    errorAfter: rate * 0.1,
    htmlBody: rate * 0.05,
    truncatedBody: rate * 0.05,
    hangBefore: rate * 0.05,
  },
  lists: { pageRepeated: rate * 0.05, pageEmpty: rate * 0.05, entryTwice: rate * 0.1, entryMissing: rate * 0.1 },
})

const seeds = Array.from({ length: 5 }, (_, i) => i + 1)

describe.each([0.05, 0.2, 0.5])('with %d of all requests failing', (rate) => {
  it('rules find nothing in a clean estate, and do not call well what they could not see', async () => {
    let [gaps, unchecked, injected] = [0, 0, 0]
    for (const seed of seeds) {
      const world = createDriftWorld({
        fleet: 'demo',
        options: { switches: { pageSize: 20 } },
        seed,
        faults: faultsAt(rate),
      })
      let inventory = await world.take()
      expect(gapsIn(inventory)).toBe(0)
      for (let round = 1; round <= 3; round++) {
        await world.clock.run(storyBegins + round * minutes(15))
        inventory = keepLastSeen(inventory, await world.take(inventory), world.plan)
        gaps += gapsIn(inventory)
        for (const { pair, findings, unchecked: unseen } of world.look(inventory)) {
          expect([seed, round, pair, findings]).toEqual([seed, round, pair, []])
          unchecked += unseen.length
        }
      }
      injected += Object.values(world.sim.faults.counts()).reduce((sum, count) => sum + count, 0)
    }
    // A run in which nothing went wrong would show nothing.
    expect(injected).toBeGreaterThan(50)
    expect(gaps).toBeGreaterThan(20)
    expect(unchecked).toBeGreaterThan(20)
  }, 300_000)
})
