import type { SimVm } from '../arm/estate-types.ts'
import type { Sim } from '../arm/types.ts'
import { bootAgent, stopAgent } from './agent.ts'
import { surroundingsOf } from './surroundings.ts'
import type { Death } from './surroundings-types.ts'
import { currentTurn, sample, worldOf } from './world.ts'

/** A region is gone, in one of three ways: agents there fall silent, sessions there end, its machines answer nobody. */
export function killRegion(sim: Sim, location: string, death: Death = 'silent'): void {
  surroundingsOf(sim).deaths.set(location.toLowerCase(), death)
  sim.estate.deadRegions.add(location.toLowerCase())
  syncRegions(sim)
}

/** The region is back: machines that ran when it died run again, and their agents boot. */
export function reviveRegion(sim: Sim, location: string): void {
  sim.estate.deadRegions.delete(location.toLowerCase())
  syncRegions(sim)
}

/** Regions can also be killed by changing the estate; providers call this before they answer. */
export function syncRegions(sim: Sim): void {
  const { knownDeadRegions, diedAt } = worldOf(sim)
  const { deadRegions, vms } = sim.estate
  for (const region of deadRegions) {
    if (knownDeadRegions.has(region)) continue
    knownDeadRegions.add(region)
    diedAt.set(region, sim.now())
    for (const vm of vms.values()) if (isIn(vm, region)) stopAgent(sim, vm, 'lost')
  }
  if (knownDeadRegions.size === deadRegions.size) return
  for (const region of [...knownDeadRegions]) {
    if (deadRegions.has(region)) continue
    knownDeadRegions.delete(region)
    diedAt.delete(region)
    for (const vm of vms.values()) if (isIn(vm, region) && vm.power.now() === 'running') comeBack(sim, vm)
  }
}

export const isAlive = (sim: Sim, location: string): boolean => !sim.estate.deadRegions.has(location.toLowerCase())

const isIn = (vm: SimVm, region: string): boolean => vm.location.toLowerCase() === region

/** Power returns to a whole region over minutes, not at one moment. */
function comeBack(sim: Sim, vm: SimVm): void {
  const isCurrent = currentTurn(sim, vm)
  sim.agenda.at(sim.now() + sample(sim, sim.timings.vmStart), () => {
    if (isCurrent() && vm.power.now() === 'running') bootAgent(sim, vm)
  })
}
