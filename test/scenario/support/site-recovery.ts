/** Somebody who works in the portal, and what Azure posts of it: taken by the app's own webhook, looked at by its own timer. */
import type { SimReplicatedItem } from '../../../sim/arm/estate-types.ts'
import { createPortalUser, type PortalUser } from '../../../sim/estate/portal-failover.ts'
import type { Signal, SignalKind } from '../../../sim/estate/signals.ts'
import { idKey } from '../../../src/lib/core/arm-id.ts'
import { minutes } from '../../../src/lib/core/time.ts'
import type { Engine } from '../../../src/lib/execution/engine.ts'
import { latestInventoryName } from '../../../src/lib/execution/preview.ts'
import { followUpEngine } from '../../../src/lib/execution/start-follow-up.ts'
import { runFollowUps } from '../../../src/lib/followups/run-follow-ups.ts'
import type { Reply } from '../../../src/lib/inbound/problem.ts'
import { receive } from '../../../src/lib/inbound/site-recovery/receive.ts'
import { collectInventory } from '../../../src/lib/inventory/collect.ts'
import { keepLastSeen } from '../../../src/lib/inventory/last-seen.ts'
import type { Inventory } from '../../../src/lib/model/inventory.ts'
import type { Scene, SceneOptions } from './scene.ts'

/** As the platform's timer of the app comes. */
export const followUpTimer: NonNullable<SceneOptions['timers']>[number] = {
  every: minutes(1),
  run: (engine) =>
    runFollowUps({
      world: engine.world,
      plan: engine.plan,
      engine: followUpEngine(engine),
      inventory: () => newestInventory(engine),
      takeInventory: () => takeInventory(engine),
    }),
}

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

export type Posted = { readonly signal: Signal; readonly reply: Reply }

export type PortalOptions = {
  readonly kinds?: readonly SignalKind[]
  /** How often each signal is posted: senders try again when an answer got lost. */
  readonly times?: number
}

/** `posted` fills while time passes. */
export function portalOf(scene: Scene, { kinds, times = 1 }: PortalOptions = {}): PortalUser & { posted: Posted[] } {
  const { sim, story } = scene
  const posted: Posted[] = []
  const post = (signal: Signal) => {
    for (let i = 0; i < times; i++) void deliver(story.desk, signal).then((reply) => posted.push({ signal, reply }))
  }
  const at = (when: number, effect: () => void) => {
    story.region.clock.at(when, effect)
  }
  return { ...createPortalUser(sim, { post, at, ...(kinds && { kinds }) }), posted }
}

export const deliver = (desk: Engine, { body }: Pick<Signal, 'body'>): Promise<Reply> =>
  receive({ world: desk.world, plan: () => desk.plan, inventory: () => newestInventory(desk) }, body)

export const itemsOf = ({ sim, ids }: Scene, from = 0, to = Number.POSITIVE_INFINITY): readonly SimReplicatedItem[] => {
  const wanted = new Set(ids.personal.vms.slice(from, to).map(idKey))
  return [...sim.estate.replicatedItems.values()].filter(({ vm }) => wanted.has(vm))
}
