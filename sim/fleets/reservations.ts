/** Room that is kept for standby hosts, and for the machines that failovers make. */
import { idKey } from '../../src/lib/core/arm-id.ts'
import type { SimVm } from '../arm/estate-types.ts'
import type { Sim } from '../arm/types.ts'
import { addReservationGroup, type SimReservation } from '../estate/room.ts'
import { worldOf } from '../estate/world.ts'
import type { FleetIds } from './fleet-ids.ts'
import type { FleetOptions } from './fleet-options.ts'
import type { GroundIds } from './surrounding-ids.ts'

export function addReservations(sim: Sim, ids: FleetIds, { reservations }: GroundIds, options: FleetOptions): void {
  const { vmSize, pooledHosts, personalVms } = options
  const location = ids.secondaryLocation
  if (pooledHosts > 0) {
    const standby = ids.pooled.secondary.vms.flatMap((id) => sim.estate.vms.get(idKey(id)) ?? [])
    addReservationGroup(sim, { id: reservations.pooled, location, reservations: perZone(standby) })
    for (const { id } of standby) worldOf(sim).reservedIn.set(idKey(id), idKey(reservations.pooled))
  }
  if (personalVms === 0) return
  const all = [{ name: 'cr-personal', size: vmSize, capacity: personalVms }]
  addReservationGroup(sim, { id: reservations.personal, location, reservations: all })
  for (const [key, item] of sim.estate.replicatedItems)
    sim.estate.replicatedItems.set(key, { ...item, capacityReservationGroup: reservations.personal })
}

const perZone = (machines: readonly SimVm[]): readonly SimReservation[] =>
  [...Map.groupBy(machines, ({ zone, size }) => `${size} ${zone}`).values()].flatMap((all) => {
    const [first] = all
    if (!first) return []
    const { size, zone } = first
    return [{ name: `cr-${zone ?? 'any'}`, size, capacity: all.length, ...(zone !== undefined && { zone }) }]
  })
