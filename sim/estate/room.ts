/** What new machines need beside quota: a size that is offered, an address, and room that somebody may have reserved. */
import { idKey, parseArmId } from '../../src/lib/core/arm-id.ts'
import type { SimReplicatedItem, SimVm } from '../arm/estate-types.ts'
import type { Sim } from '../arm/types.ts'
import { shortageFor } from './capacity.ts'
import { worldOf } from './world.ts'

export type SimSubnet = { readonly name: string; readonly prefix: string; used: number }
export type SimNetwork = {
  readonly id: string
  readonly location: string
  readonly subnets: readonly SimSubnet[]
  /** Missing: Azure's own. */
  readonly dnsServers?: readonly string[]
  readonly peerings?: readonly {
    readonly remoteId: string
    readonly state: 'Connected' | 'Initiated' | 'Disconnected'
  }[]
}

export type SimReservation = {
  readonly name: string
  readonly size: string
  readonly zone?: string
  readonly capacity: number
}
export type SimReservationGroup = {
  readonly id: string
  readonly location: string
  readonly reservations: readonly SimReservation[]
}

/** The subscription may not have a size in a region, or in one of its zones. */
export type Restriction = { readonly location: string; readonly size: string; readonly zone?: string }

type Place = Pick<SimVm, 'location' | 'size' | 'zone'>
type Refusal = { readonly code: string; readonly message: string }

export const restrictSize = (sim: Sim, restriction: Restriction): void =>
  void worldOf(sim).restrictions.push(restriction)

export const addNetwork = (sim: Sim, network: SimNetwork): void =>
  void worldOf(sim).networks.set(idKey(network.id), network)

export const addReservationGroup = (sim: Sim, group: SimReservationGroup): void =>
  void worldOf(sim).reservationGroups.set(idKey(group.id), group)

/** The network and the subnet that an item's machine would be put into. */
export function targetNetworkOf({ targetResourceGroupId, targetLocation }: SimReplicatedItem): string {
  const { subscription = '', group = '' } =
    /\/subscriptions\/(?<subscription>[^/]+)\/resourceGroups\/(?<group>[^/]+)/i.exec(targetResourceGroupId)?.groups ??
    {}
  return `/subscriptions/${subscription}/resourcegroups/${group}/providers/microsoft.network/virtualnetworks/vnet-${targetLocation}`
}
export const targetSubnetName = 'default'

export const restrictionsOf = (sim: Sim, size: string, location: string): readonly Restriction[] =>
  worldOf(sim).restrictions.filter((one) => same(one.size, size) && same(one.location, location))

/** Azure keeps five of them. */
export const addressesOf = ({ prefix }: SimSubnet): number => 2 ** (32 - Number(prefix.split('/')[1])) - 5

/** With so many addresses left, whoever has the others. */
export function leaveAddresses(sim: Sim, networkId: string, free: number): void {
  for (const subnet of worldOf(sim).networks.get(idKey(networkId))?.subnets ?? [])
    subnet.used = addressesOf(subnet) - free
}

/** Machines that take the room of a reservation now. */
export function allocatedOf(sim: Sim, groupId: string, { size, zone }: SimReservation): readonly SimVm[] {
  const { reservedIn } = worldOf(sim)
  return [...sim.estate.vms.values()].filter(
    (vm) =>
      reservedIn.get(idKey(vm.id)) === idKey(groupId) &&
      same(vm.size, size) &&
      vm.zone === zone &&
      vm.power.now() !== 'deallocated',
  )
}

/**
 * Why the machine of an item cannot be made now. What is reserved is there even in a shortage; beyond it Azure gives what it
 * has. Codes of jobs: Site Recovery's failover troubleshooting has 28031 and 28092, which words come with them is model.
 */
export function noRoomFor(sim: Sim, item: SimReplicatedItem, vmId: string, place: Place): Refusal | undefined {
  const { size, location, zone } = place
  const isRestricted = restrictionsOf(sim, size, location).some((one) => one.zone === undefined || one.zone === zone)
  if (isRestricted)
    return { code: 'SkuNotAvailable', message: `The requested size '${size}' is not available in '${location}'.` }
  return noAddress(sim, item, vmId) ?? noReservation(sim, item, place)
}

function noAddress(sim: Sim, item: SimReplicatedItem, vmId: string): Refusal | undefined {
  const { networks, addressOf } = worldOf(sim)
  if (addressOf.has(idKey(vmId))) return undefined
  const network = targetNetworkOf(item)
  const subnet = networks.get(idKey(network))?.subnets.find(({ name }) => name === targetSubnetName)
  const made = 'The network card of the virtual machine could not be created.'
  if (!subnet) return { code: '28092', message: `${made} NetworkNotFound: '${network}'.` }
  if (subnet.used < addressesOf(subnet)) return undefined
  const message = `${made} SubnetIsFull: Subnet '${subnet.name}' with address prefix ${subnet.prefix} does not have enough capacity for 1 IP addresses.`
  return { code: '28092', message }
}

function noReservation(sim: Sim, item: SimReplicatedItem, place: Place): Refusal | undefined {
  const { capacityReservationGroup: id } = item
  if (id === undefined) return shortageFor(sim, place)
  const group = worldOf(sim).reservationGroups.get(idKey(id))
  const made = 'A virtual machine could not be created.'
  if (!group) return { code: '28031', message: `${made} The capacity reservation group '${id}' was not found.` }
  const fitting = group.reservations.filter(({ size, zone }) => same(size, place.size) && zone === place.zone)
  if (fitting.length === 0) {
    const name = parseArmId(id)?.name
    return { code: '28031', message: `${made} '${name}' has no capacity reservation of '${place.size}' in that zone.` }
  }
  const isFree = fitting.some((one) => allocatedOf(sim, id, one).length < one.capacity)
  return isFree ? undefined : shortageFor(sim, place)
}

/** A machine was made for an item: what it takes is taken until it is gone. */
export function takeRoom(sim: Sim, { id }: SimVm, item: SimReplicatedItem): void {
  const { networks, addressOf, reservedIn } = worldOf(sim)
  const subnet = networks.get(idKey(targetNetworkOf(item)))?.subnets.find(({ name }) => name === targetSubnetName)
  if (subnet) takeAddress(sim, id, subnet)
  else addressOf.delete(idKey(id))
  if (item.capacityReservationGroup !== undefined) reservedIn.set(idKey(id), idKey(item.capacityReservationGroup))
}

export function takeAddress(sim: Sim, vmId: string, subnet: SimSubnet): void {
  const { addressOf } = worldOf(sim)
  if (addressOf.has(idKey(vmId))) return
  addressOf.set(idKey(vmId), subnet)
  subnet.used += 1
}

/** A machine is gone for good. */
export function releaseRoom(sim: Sim, vmId: string): void {
  const { addressOf, reservedIn } = worldOf(sim)
  const subnet = addressOf.get(idKey(vmId))
  if (subnet) subnet.used -= 1
  addressOf.delete(idKey(vmId))
  reservedIn.delete(idKey(vmId))
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
