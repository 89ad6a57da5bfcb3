/**
 * Room for new machines: sizes (Microsoft.Compute/skus 2021-07-01), capacity reservations (2026-04-01), and addresses
 * (Microsoft.Network 2024-05-01).
 */
import { parseArmId } from '../core/arm-id.ts'
import type { Answer } from '../core/fault.ts'
import type { Reservation, SizeOffer } from '../model/azure.ts'
import type { Room } from '../ports/gateways.ts'
import { readAs } from './calls.ts'
import type { AzureClients } from './clients.ts'
import { misnamed } from './outcomes.ts'
import { pagesOf } from './pages.ts'
import { isSize, reservationOf, sizeOfferOf, subnetsOf, utilizationOf } from './room-shapes.ts'

/** The rights this gateway needs. */
export const actions: readonly string[] = [
  'Microsoft.Compute/capacityReservationGroups/capacityReservations/read',
  'Microsoft.Compute/capacityReservationGroups/read',
  'Microsoft.Compute/skus/read',
  'Microsoft.Network/virtualNetworks/read',
]

type Azure = Pick<AzureClients, 'calls' | 'get'>

export function createRoom(azure: Azure): Room {
  const { calls, get } = azure
  return {
    sizes: (subscription, location) => sizes(azure, subscription, location),
    reservations: (groupId) => reservations(azure, groupId),
    async subnets(networkId) {
      const network = resourceAt(networkId, 'Microsoft.Network/virtualNetworks')
      if (!network) return misnamed(networkId)
      const read = () => get(network.subscription, `${network.path}?api-version=2024-05-01`)
      return readAs(await calls.one(read), 'The virtual network', (value) => subnetsOf(network, value))
    },
  }
}

/** The list has disks and snapshots besides, and a size once for each of several entries: what one of them restricts is restricted. */
async function sizes(
  { calls, get }: Azure,
  subscription: string,
  location: string,
): Promise<Answer<readonly SizeOffer[]>> {
  const filter = encodeURIComponent(`location eq '${location}'`)
  const path = `/subscriptions/${subscription}/providers/Microsoft.Compute/skus?api-version=2021-07-01&$filter=${filter}`
  const pages = () => pagesOf(get, subscription, path)
  const listing = await calls.all(pages, (entry) => (isSize(entry) ? sizeOfferOf(entry, location) : undefined))
  if (listing.kind !== 'ok') return listing
  return { kind: 'ok', value: listing.value.filter((offer) => offer !== undefined) }
}

/** The group says how much of each reservation is taken, and the list what each of them is of. */
async function reservations({ calls, get }: Azure, groupId: string): Promise<Answer<readonly Reservation[]>> {
  const group = resourceAt(groupId, 'Microsoft.Compute/capacityReservationGroups')
  if (!group) return misnamed(groupId)
  const { subscription, path } = group
  const version = 'api-version=2026-04-01'
  const whole = await calls.one(() => get(subscription, `${path}?$expand=instanceView&${version}`))
  const taken = readAs(whole, 'The capacity reservation group', utilizationOf)
  if (taken.kind !== 'ok') return taken
  const listing = await calls.all(() => pagesOf(get, subscription, `${path}/capacityReservations?${version}`))
  return readAs(listing, 'A capacity reservation', (entries) => {
    const all = (entries as readonly unknown[]).map((entry) => reservationOf(entry, taken.value))
    const found = all.filter((one) => one !== undefined)
    // One that the list has lost would look as if nothing were reserved.
    return found.length < Math.max(all.length, taken.value.size) ? undefined : found
  })
}

function resourceAt(id: string, type: string) {
  const parsed = parseArmId(id)
  if (!parsed || parsed.type.toLowerCase() !== type.toLowerCase() || /[?#\\%]|\/\.{1,2}\//.test(id)) return undefined
  const { subscription, resourceGroup, name } = parsed
  const path = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/${type}/${name}`
  return { subscription, resourceGroup, name, path }
}
