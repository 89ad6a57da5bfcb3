import type { AppPlace } from '../drift/rule.ts'
import type { DrPlan } from '../plan/schema.ts'
import type { World } from '../ports/world.ts'
import { steps } from '../steps/index.ts'
import type { Engine } from './engine.ts'
import { createFleetView } from './fleet-view.ts'
import { createSpecCache } from './spec-cache.ts'

export type EngineParts = Omit<World, 'fleet' | 'steps'> & {
  /** Asked for only by what plans. It may throw where there is no usable plan: ticks need none. */
  readonly plan: () => DrPlan
  readonly place?: AppPlace
}

/** Wires the engine from its ports; nothing is read or written yet. */
export function createEngine({ plan, place, ...parts }: EngineParts): Engine {
  const { clock, listings, log, specs } = parts
  const gateways = parts.gateways.for?.('urgent') ?? parts.gateways
  const fleet = createFleetView({ gateways, clock, listings, log, holder: parts.newId() })
  return {
    world: { ...parts, fleet, steps },
    get plan() {
      return plan()
    },
    ...(place && { place }),
    specOf: createSpecCache(specs),
  }
}
