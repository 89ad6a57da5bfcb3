/** A fleet of the simulated Azure, read by the real gateways and the real collector, and looked at by rules. */
import type { FaultOptions } from '../../sim/arm/faults.ts'
import { providers } from '../../sim/arm/providers.ts'
import type { Drift } from '../../sim/fleets/drift.ts'
import { type FleetName, type FleetOptions, optionsOf } from '../../sim/fleets/fleet-options.ts'
import { planTextFor } from '../../sim/fleets/plan-text.ts'
import { groundIds } from '../../sim/fleets/surrounding-ids.ts'
import { limitless } from '../../src/lib/azure/budget.ts'
import { createAzureClients } from '../../src/lib/azure/clients.ts'
import { createGateways } from '../../src/lib/azure/gateways.ts'
import { hours } from '../../src/lib/core/time.ts'
import { contextOfPair } from '../../src/lib/drift/context-of.ts'
import { evaluate } from '../../src/lib/drift/evaluate.ts'
import type { Rule } from '../../src/lib/drift/rule.ts'
import { rules as allRules } from '../../src/lib/drift/rules/index.ts'
import { collectInventory } from '../../src/lib/inventory/collect.ts'
import type { HostClock } from '../../src/lib/model/host-clock.ts'
import type { Inventory } from '../../src/lib/model/inventory.ts'
import { untouchedPair } from '../../src/lib/model/pair-state.ts'
import type { DrPlan } from '../../src/lib/plan/schema.ts'
import { credentialOf } from '../contract/kernel-world.ts'
import { createFleetWorld } from '../contract/sim-world.ts'
import { planOf } from './plans.ts'

export const theApp = 'the-app'

export type DriftWorldOptions = {
  readonly fleet?: FleetName
  readonly options?: Partial<FleetOptions>
  readonly seed?: number
  readonly drift?: Drift
  readonly faults?: FaultOptions
  /** In place of the one that fits the fleet. */
  readonly planText?: string
}

export function createDriftWorld(story: DriftWorldOptions = {}) {
  const { fleet = 'small', options, seed = 1, drift = {}, faults } = story
  const wanted = optionsOf(fleet, { ...options, ...drift.fleet })
  const world = createFleetWorld(wanted, {
    providers,
    seed,
    timings: { armLatency: [20, 20] },
    ...(faults && { faults }),
  })
  const { clock, clientOptions, sim, ids, settled } = world
  drift.seed?.({ sim, ids, ground: groundIds(ids), principal: theApp })
  const plan = planOf(story.planText ?? planTextFor(ids, { backup: wanted.isComplete, ...drift.plan }))
  const azure = createAzureClients({
    credential: credentialOf(theApp),
    endpoint: sim.origin,
    httpClient: clientOptions.httpClient,
    budget: limitless,
    monotonic: clock.monotonic,
    deadline: (length) => {
      const controller = new AbortController()
      clock.at(clock.now() + length, () => controller.abort())
      return controller.signal
    },
  })
  const gateways = createGateways(azure, clock.now)
  const take = (before?: Inventory) => settled(collectInventory({ gateways, plan, now: clock.now(), before }))
  /** Of every pair. */
  const look = (inventory: Inventory, rules: readonly Rule[] = allRules) =>
    plan.pairs.map((pair) => {
      const pairState = { ...untouchedPair, ...drift.pairState }
      const own = clocksOf(plan, pair.id, inventory)
      const clocks = drift.clocks ? own.map(drift.clocks) : own
      const place = { region: drift.app ?? ids.secondaryLocation }
      const context = contextOfPair({ plan, pair, pairState, clocks, inventory, place, now: clock.now() })
      if (!context) throw new Error(`${pair.id} was not seen`)
      return { pair: pair.id, context, ...evaluate(context, rules) }
    })
  return { ...world, plan, gateways, take, look }
}

/** As the app knows the standby hosts after a while: by the last heartbeat that AVD has reported. */
function clocksOf(plan: DrPlan, pairId: string, inventory: Inventory): readonly HostClock[] {
  if (plan.pairs.find(({ id }) => id === pairId)?.strategy !== 'pooledStandby') return []
  return (inventory.pairs[pairId]?.secondary.sessionHosts ?? []).map(({ name, lastHeartbeat, agentVersion }) => ({
    pairId,
    side: 'secondary',
    host: name.toLowerCase(),
    firstSeen: inventory.takenAt - hours(24 * 60),
    startFailures: [],
    left: [],
    ...(lastHeartbeat !== undefined && { lastProof: lastHeartbeat }),
    ...(agentVersion !== undefined && { agentVersion }),
  }))
}
