/** The app's timers and its webhook, wired as `app.ts` does it. */
import { minutes } from '../../src/lib/core/time.ts'
import { type Evaluated, readPairs, runDrift } from '../../src/lib/drift/run-drift.ts'
import type { Engine } from '../../src/lib/execution/engine.ts'
import { latestInventoryName } from '../../src/lib/execution/preview.ts'
import { startAligns } from '../../src/lib/execution/start-align.ts'
import { followUpEngine } from '../../src/lib/execution/start-follow-up.ts'
import { runFollowUps } from '../../src/lib/followups/run-follow-ups.ts'
import type { Reply } from '../../src/lib/inbound/problem.ts'
import { receive } from '../../src/lib/inbound/site-recovery/receive.ts'
import { collectInventory } from '../../src/lib/inventory/collect.ts'
import { keepLastSeen } from '../../src/lib/inventory/last-seen.ts'
import type { Inventory } from '../../src/lib/model/inventory.ts'
import type { Signal } from '../estate/signals.ts'
import type { StoryTimer } from './story.ts'

/** As the platform's timer of the app comes. */
export const followUpTimer: StoryTimer = { every: minutes(1), run: followUp }

/** As often as the app's own (`INVENTORY_SCHEDULE`). */
export const inventoryTimer: StoryTimer = { every: minutes(15), run: takeInventory }

/** The same, with all that goes by an inventory: rules, and what the plan wants put right by itself. */
export const driftTimer: StoryTimer = { every: minutes(15), run: lookForDrift }

export async function lookForDrift(engine: Engine): Promise<void> {
  const { world, plan, place } = engine
  const before = await readPairs({ world, plan })
  const inventory = await takeInventory(engine)
  const evaluations = new Map<string, Evaluated>()
  const evaluated = async (one: Evaluated) => void evaluations.set(one.pair.id, one)
  await runDrift({ world, plan, place, before, evaluated }, inventory)
  await startAligns(engine, evaluations.values())
}

export function followUp(engine: Engine): Promise<void> {
  return runFollowUps({
    world: engine.world,
    plan: engine.plan,
    engine: followUpEngine(engine),
    inventory: () => newestInventory(engine),
    takeInventory: () => takeInventory(engine),
  })
}

export const deliver = (engine: Engine, { body }: Pick<Signal, 'body'>): Promise<Reply> =>
  receive({ world: engine.world, plan: () => engine.plan, inventory: () => newestInventory(engine) }, body)

async function newestInventory({ world }: Engine): Promise<Inventory | undefined> {
  const text = await world.inventory.get(latestInventoryName)
  return text === undefined ? undefined : (JSON.parse(text) as Inventory)
}

async function takeInventory(engine: Engine): Promise<Inventory> {
  const { gateways, clock, inventory } = engine.world
  const before = await newestInventory(engine)
  const seen = await collectInventory({ gateways, plan: engine.plan, now: clock.now(), before })
  const kept = before === undefined ? seen : keepLastSeen(before, seen, engine.plan)
  await inventory.put(latestInventoryName, JSON.stringify(kept))
  return kept
}
