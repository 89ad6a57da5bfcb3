import { type Reservation, type SizeOffer, type SubnetRoom, subnetKey } from '../model/azure.ts'
import { list, number, record, text, texts, type Wire } from './wire.ts'

export const isSize = (value: unknown): boolean => /^virtualMachines$/i.test(text(record(value)?.resourceType) ?? '')

/** Undefined without a name. A restriction of a type that is new to us counts as one of the whole region. */
export function sizeOfferOf(value: unknown, location: string): SizeOffer | undefined {
  const sku = record(value) ?? {}
  const size = text(sku.name)
  if (size === undefined) return undefined
  const restrictions = list(sku.restrictions).map((entry) => record(entry) ?? {})
  const isZonal = ({ type }: Wire) => /^zone$/i.test(text(type) ?? '')
  const closed = new Set(restrictions.filter(isZonal).flatMap((one) => texts(record(one.restrictionInfo)?.zones)))
  const here = list(sku.locationInfo).map((entry) => record(entry) ?? {})
  const zones = here.filter((info) => isAt(text(info.location), location)).flatMap(({ zones: all }) => texts(all))
  return {
    size,
    ...localDiskOf(sku),
    isRestricted: restrictions.some((one) => !isZonal(one) && isAbout(one, location)),
    zones: zones.filter((zone) => !closed.has(zone)).sort(),
  }
}

/** Older sizes have a temporary disk, newer ones raw NVMe disks. Undefined where neither is told of. */
function localDiskOf({ capabilities }: Wire): Pick<SizeOffer, 'hasLocalDisk'> {
  const told = list(capabilities).flatMap((entry) => {
    const { name, value } = record(entry) ?? {}
    return /^(MaxResourceVolumeMB|NvmeDiskSizeInMiB)$/i.test(text(name) ?? '') ? [Number(text(value))] : []
  })
  return told.length === 0 ? {} : { hasLocalDisk: told.some((size) => size > 0) }
}

/** A restriction names its places, or is about all of them. */
function isAbout(restriction: Wire, location: string): boolean {
  const places = [...texts(record(restriction.restrictionInfo)?.locations), ...texts(restriction.values)]
  return places.length === 0 || places.some((place) => isAt(place, location))
}

const isAt = (place: string | undefined, location: string): boolean =>
  place !== undefined && place.replace(/ /g, '').toLowerCase() === location.toLowerCase()

/** By the reservation's name in lower case: machines that take its room. Undefined for what is not a group with its instance view. */
export function utilizationOf(value: unknown): ReadonlyMap<string, number> | undefined {
  const view = record(record(record(value)?.properties)?.instanceView)
  if (!view) return undefined
  return new Map(
    list(view.capacityReservations).map((entry) => {
      const { name, utilizationInfo } = record(entry) ?? {}
      return [(text(name) ?? '').toLowerCase(), list(record(utilizationInfo)?.virtualMachinesAllocated).length]
    }),
  )
}

/** What the instance view does not have counts as taken by every machine that is associated. */
export function reservationOf(value: unknown, allocated: ReadonlyMap<string, number>): Reservation | undefined {
  const reservation = record(value) ?? {}
  const sku = record(reservation.sku) ?? {}
  const name = text(reservation.name)
  const size = text(sku.name)
  const capacity = number(sku.capacity)
  if (name === undefined || size === undefined || capacity === undefined) return undefined
  const [zone] = texts(reservation.zones)
  const associated = list(record(reservation.properties)?.virtualMachinesAssociated).length
  return {
    size,
    ...(zone !== undefined && { zone }),
    capacity,
    allocated: allocated.get(name.toLowerCase()) ?? associated,
  }
}

/** Undefined for what is not a network. */
export function subnetsOf(
  network: { readonly resourceGroup: string; readonly name: string },
  value: unknown,
): readonly SubnetRoom[] | undefined {
  const subnets = record(record(value)?.properties)?.subnets
  if (!Array.isArray(subnets)) return undefined
  return subnets.flatMap((entry) => {
    const name = text(record(entry)?.name)
    const properties = record(record(entry)?.properties) ?? {}
    const { addressPrefix, addressPrefixes, ipConfigurations } = properties
    if (name === undefined) return []
    const prefixes = texts(addressPrefixes).length > 0 ? texts(addressPrefixes) : texts([addressPrefix])
    const size = prefixes.reduce((sum, prefix) => sum + addressesIn(prefix), 0)
    return [{ key: subnetKey(network.resourceGroup, network.name, name), size, used: list(ipConfigurations).length }]
  })
}

/** The first four and the last one of a subnet are Azure's (Virtual Network FAQ). */
const reservedAddresses = 5

/** Machines get their addresses of IPv4. */
function addressesIn(prefix: string): number {
  const length = /^\d+\.\d+\.\d+\.\d+\/(\d+)$/.exec(prefix)?.[1]
  return length === undefined ? 0 : Math.max(0, 2 ** (32 - Number(length)) - reservedAddresses)
}
