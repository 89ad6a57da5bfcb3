import type { Sim } from '../arm/types.ts'
import { startAutoscale } from '../estate/autoscale.ts'
import { quotaKey, sizeOf } from '../estate/quota.ts'
import { startUserActivity } from '../estate/user-activity.ts'
import { setSwitches } from '../estate/world.ts'
import { addDrifts } from './drifted.ts'
import { type FleetIds, fleetIds } from './fleet-ids.ts'
import { completeOptions, type FleetName, type FleetOptions, optionsOf } from './fleet-options.ts'
import { addPeople } from './people.ts'
import { addPersonalPool } from './personal.ts'
import { addPooledPair } from './pooled.ts'
import { addSurroundings } from './surroundings.ts'

/** Fills an empty estate with a fleet of a known size; `overrides` change single traits. Ids: `fleetIds`. */
export const createFleet = (name: FleetName, overrides: Partial<FleetOptions> = {}): ((sim: Sim) => void) =>
  createCustomFleet(optionsOf(name, overrides))

/** Fills an empty estate. The same seed and options give the same fleet. */
export const createCustomFleet = (partial: Partial<FleetOptions>): ((sim: Sim) => void) => createFleets([partial])

/** Several fleets in one estate, each with a `mark` of its own. The first one's switches and adversaries are everybody's. */
export function createFleets(partials: readonly Partial<FleetOptions>[]): (sim: Sim) => void {
  const fleets = partials.map((partial) => ({ options: completeOptions(partial), ids: fleetIds(partial) }))
  return (sim) => {
    for (const [i, { options, ids }] of fleets.entries()) {
      if (i === 0) setSwitches(sim, options.switches)
      addPeople(sim, ids, options)
      if (options.pooledHosts > 0) addPooledPair(sim, ids, options)
      if (options.personalVms > 0) addPersonalPool(sim, ids, options)
      addQuotas(sim, ids, options)
      addSurroundings(sim, ids, options)
    }
    for (const { options, ids } of fleets) if (options.isDrifted) addDrifts(sim, ids)
    const [first] = fleets
    if (first?.options.autoscale) startAutoscale(sim, first.options.autoscale)
    if (first?.options.userActivity) startUserActivity(sim, first.options.userActivity)
  }
}

/** Room in the primary region; in the secondary just enough for every personal VM, and what is spare. */
function addQuotas(sim: Sim, ids: FleetIds, { vmSize, personalVms, spareCores }: FleetOptions): void {
  const { family, cores } = sizeOf(vmSize)
  for (const location of [ids.primaryLocation, ids.secondaryLocation]) {
    const vms = [...sim.estate.vms.values()].filter((vm) => vm.location === location)
    const used = vms.length * cores
    const room = location === ids.secondaryLocation ? personalVms * cores + spareCores : used
    for (const name of ['cores', family])
      sim.estate.quotas.set(quotaKey(ids.subscription, location, name), { used, limit: used + room })
  }
}
