/** From the simulated Azure through the real gateways to a plan of an operation. */
import { describe, expect, it } from 'vitest'
import { type FleetName, optionsOf } from '../../../sim/fleets/fleet-options.ts'
import { planTextFor } from '../../../sim/fleets/plan-text.ts'
import { minutes } from '../../../src/lib/core/time.ts'
import { collectInventory } from '../../../src/lib/inventory/collect.ts'
import type { Inventory } from '../../../src/lib/model/inventory.ts'
import { untouchedPair } from '../../../src/lib/model/pair-state.ts'
import { operationRequestSchema } from '../../../src/lib/plan/request.ts'
import { contentOf } from '../../../src/lib/planning/content.ts'
import { planOperation } from '../../../src/lib/planning/plan-operation.ts'
import { simulated } from '../../contract/gateways/simulated.ts'
import { planOf } from '../../support/plans.ts'

function fleetOf(name: FleetName) {
  const world = simulated(optionsOf(name))
  const { clock, ids, gateways, settled } = world
  const plan = planOf(planTextFor(ids))
  const take = () => settled(collectInventory({ gateways, plan, now: clock.now(), before: undefined }))
  const preview = (inventory: Inventory, pairId: string, primaryIsDown = false) =>
    planOperation({
      plan,
      inventory,
      pairState: untouchedPair,
      request: operationRequestSchema.parse({ pairId, kind: 'failover', primaryIsDown }),
      now: clock.now(),
    })
  return { ...world, take, preview }
}
const tasksOf = ({ spec }: ReturnType<ReturnType<typeof fleetOf>['preview']>) =>
  Object.fromEntries((spec?.stages ?? []).map(({ name, tasks }) => [name, tasks.length]))

describe('a fleet of the simulated Azure', () => {
  it('tiny: both pairs are planned without a word', async () => {
    const { take, preview } = fleetOf('tiny')
    const inventory = await take()
    const [pooled, personal] = [preview(inventory, 'pooled-uk'), preview(inventory, 'personal-uk')]
    expect([pooled.refusals, pooled.warnings, personal.refusals, personal.warnings]).toEqual([[], [], [], []])
    expect(tasksOf(pooled)).toMatchObject({ capacity: 4, leave: 4, grant: 3 })
    expect(tasksOf(personal)).toEqual({ secure: 1, desktops: 6 })
  })

  it('demo: 120 hosts start in two batches, 250 desktops move in three', async () => {
    const { take, preview } = fleetOf('demo')
    const inventory = await take()
    const [pooled, personal] = [preview(inventory, 'pooled-uk'), preview(inventory, 'personal-uk')]
    expect([pooled.refusals, personal.refusals]).toEqual([[], []])
    expect([pooled.eta?.batches, personal.eta?.batches]).toEqual([2, 3])
    expect(pooled.spec?.limits.minimumCapacity).toBe(60)
  })

  it('has the same content half an hour later, in a new inventory', async () => {
    const { take, preview, clock } = fleetOf('tiny')
    const text = (inventory: Inventory) =>
      ['pooled-uk', 'personal-uk'].map((pair) => {
        const { spec } = preview(inventory, pair)
        return spec && contentOf(spec)
      })
    const before = text(await take())
    await clock.run(clock.now() + minutes(30))
    expect(text(await take())).toEqual(before)
    expect(before).not.toContain(undefined)
  })

  it('is planned although the lost region does not answer, once the primary is said to be down', async () => {
    const { take, preview, sim, ids, clock } = fleetOf('tiny')
    sim.estate.deadRegions.add(ids.primaryLocation)
    const started = clock.now()
    const inventory = await take()
    expect(clock.now() - started).toBeLessThan(minutes(2))
    for (const pair of ['pooled-uk', 'personal-uk']) {
      expect(inventory.pairs[pair]?.primary.gaps.map(({ what }) => what)).toContain('vms')
      expect(preview(inventory, pair).refusals.map(({ code }) => code)).toEqual(['inventoryGap'])
      expect(preview(inventory, pair, true).refusals).toEqual([])
      expect(preview(inventory, pair, true).findings.map(({ code }) => code)).toEqual(['inventoryGap'])
    }
    expect(tasksOf(preview(inventory, 'personal-uk', true)).desktops).toBe(6)
  })
})
