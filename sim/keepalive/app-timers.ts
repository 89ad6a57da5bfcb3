/** The two timers of the app, as `src/app.ts` has them, for an engine in virtual time. */
import type { Engine } from '../../src/lib/execution/engine.ts'
import { latestInventoryName } from '../../src/lib/execution/preview.ts'
import { startKeepAlive } from '../../src/lib/execution/start-keep-alive.ts'
import { collectInventory } from '../../src/lib/inventory/collect.ts'
import { keepLastSeen } from '../../src/lib/inventory/last-seen.ts'
import { foldInventory, type KeepAlive, runKeepAlive } from '../../src/lib/keepalive/run-keep-alive.ts'
import type { Inventory } from '../../src/lib/model/inventory.ts'

export const keepHostsAlive = (engine: Engine): Promise<void> => runKeepAlive(keepAliveOf(engine))

export async function takeInventory(engine: Engine): Promise<void> {
  const { plan, world } = engine
  const before = await latest(engine)
  const seen = await collectInventory({ gateways: world.gateways, plan, now: world.clock.now(), before })
  const inventory = before === undefined ? seen : keepLastSeen(before, seen, plan)
  await world.inventory.put(latestInventoryName, JSON.stringify(inventory))
  await foldInventory({ world, plan }, inventory)
}

const keepAliveOf = (engine: Engine): KeepAlive => ({
  world: engine.world,
  plan: engine.plan,
  inventory: () => latest(engine),
  start: (order) => startKeepAlive(engine, order),
})

/** The same text is not read again: a story of months asks ten thousand times. */
const read = new WeakMap<Engine, { readonly text: string; readonly inventory: Inventory }>()

async function latest(engine: Engine): Promise<Inventory | undefined> {
  const text = await engine.world.inventory.get(latestInventoryName)
  if (text === undefined) return undefined
  const known = read.get(engine)
  if (known?.text === text) return known.inventory
  const inventory = JSON.parse(text) as Inventory
  read.set(engine, { text, inventory })
  return inventory
}
