/** What the pools stand on: how fleets lay it out, and stories change it. */
import { idKey } from '../../src/lib/core/arm-id.ts'
import type { Sim } from '../arm/types.ts'
import type { MachineTraits, SimLock, SimResource, SimRight, Surroundings } from './surroundings-types.ts'
import { worldOf } from './world.ts'

export const surroundingsOf = (sim: Sim): Surroundings => worldOf(sim).surroundings

export function addResourceGroup(sim: Sim, id: string, location: string): void {
  sim.estate.locations.set(idKey(id), location)
  surroundingsOf(sim).resourceGroups.set(idKey(id), { id, location })
}

/** One of the same id is replaced. */
export function addResource(sim: Sim, resource: SimResource): void {
  surroundingsOf(sim).resources.set(idKey(resource.id), resource)
  sim.estate.locations.set(idKey(resource.id), resource.location)
}

export const addLock = (sim: Sim, lock: SimLock): void =>
  void surroundingsOf(sim).locks.set(idKey(`${lock.scope}/${lock.name}`), lock)

/** From now on the principal may do that and nothing else. */
export const setRights = (sim: Sim, principal: string, rights: readonly SimRight[]): void =>
  void surroundingsOf(sim).rights.set(principal.toLowerCase(), rights)

export const setTraits = (sim: Sim, vmId: string, traits: MachineTraits): void =>
  void surroundingsOf(sim).traits.set(idKey(vmId), traits)

export const traitsOf = (sim: Sim, vmId: string): MachineTraits => surroundingsOf(sim).traits.get(idKey(vmId)) ?? usual

const usual: MachineTraits = {}
