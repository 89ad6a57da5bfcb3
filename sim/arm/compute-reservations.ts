/** Capacity reservation groups, read only. The group tells what is taken, its reservations what they are of (specification). */
import { idKey, parseArmId } from '../../src/lib/core/arm-id.ts'
import { allocatedOf, type SimReservation, type SimReservationGroup } from '../estate/room.ts'
import { worldOf } from '../estate/world.ts'
import { resourceNotFound } from './answers.ts'
import { guidOf } from './avd-resource.ts'
import { listAnswer } from './paging.ts'
import type { Route, Sim, SimRequest, SimResponse } from './types.ts'

const type = 'Microsoft.Compute/capacityReservationGroups'
const inGroup = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${type}/{name}`

export function reservationRoutes(): Route[] {
  const get = { method: 'GET', bucket: 'reads' } as const
  const all = `${type}/capacityReservations`
  return [
    { ...get, path: inGroup, action: `${type}/read`, handle: withGroup(getGroup) },
    { ...get, path: `${inGroup}/capacityReservations`, action: `${all}/read`, handle: withGroup(listReservations) },
  ]
}

/** Without `$expand=instanceView` nothing is said of what is taken. */
function getGroup(request: SimRequest, group: SimReservationGroup, sim: Sim): SimResponse {
  const { id, location, reservations } = group
  const wantsView = /instanceview/i.test(request.query.$expand ?? '')
  const capacityReservations = reservations.map((one) => ({ id: idOf(group, one) }))
  const properties = { capacityReservations, ...(wantsView && { instanceView: viewOf(sim, group) }) }
  return { status: 200, body: { name: parseArmId(id)?.name, id, type, location, properties } }
}

const viewOf = (sim: Sim, group: SimReservationGroup) => ({
  capacityReservations: group.reservations.map((one) => ({
    name: one.name,
    utilizationInfo: { currentCapacity: one.capacity, virtualMachinesAllocated: takenBy(sim, group, one) },
    statuses: [{ code: 'ProvisioningState/succeeded', level: 'Info', displayStatus: 'Provisioning succeeded' }],
  })),
})

function listReservations(request: SimRequest, group: SimReservationGroup, sim: Sim): SimResponse {
  const bodyOf = (one: SimReservation) => ({
    name: one.name,
    id: idOf(group, one),
    type: `${type}/capacityReservations`,
    location: group.location,
    sku: { name: one.size, capacity: one.capacity },
    ...(one.zone !== undefined && { zones: [one.zone] }),
    properties: {
      reservationId: guidOf(idOf(group, one)),
      virtualMachinesAssociated: takenBy(sim, group, one),
      provisioningState: 'Succeeded',
    },
  })
  return listAnswer(sim, request, group.reservations, bodyOf, { pageSize: worldOf(sim).switches.pageSize })
}

const idOf = ({ id }: SimReservationGroup, { name }: SimReservation) => `${id}/capacityReservations/${name}`
const takenBy = (sim: Sim, { id }: SimReservationGroup, one: SimReservation) =>
  allocatedOf(sim, id, one).map((vm) => ({ id: vm.id }))

function withGroup(
  handle: (request: SimRequest, group: SimReservationGroup, sim: Sim) => SimResponse,
): Route['handle'] {
  return (request, { subscription = '', group = '', name = '' }, sim) => {
    const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/${type}/${name}`
    const found = worldOf(sim).reservationGroups.get(idKey(id))
    return found ? handle(request, found, sim) : resourceNotFound(type, name, group)
  }
}
