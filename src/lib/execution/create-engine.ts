import type { DrPlan } from '../plan/schema.ts'
import type { World } from '../ports/world.ts'
import { steps } from '../steps/index.ts'
import type { Engine } from './engine.ts'
import { createFleetView } from './fleet-view.ts'
import { createSpecCache } from './spec-cache.ts'

export type EngineParts = Omit<World, 'fleet' | 'steps'> & {
  /** Asked for only by what plans. It may throw where there is no usable plan: ticks need none. */
  readonly plan: () => DrPlan
}

/** Wires the engine from its ports; nothing is read or written yet. */
export function createEngine({ plan, ...parts }: EngineParts): Engine {
  const { gateways, clock, specs } = parts
  return {
    world: { ...parts, fleet: createFleetView({ gateways: gateways.for?.('urgent') ?? gateways, clock }), steps },
    get plan() {
      return plan()
    },
    specOf: createSpecCache(specs),
  }
}
