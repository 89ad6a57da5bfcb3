/** Whether there is room for the machines that an operation would make, beside quota: a handful of reads a side. */
import { parseArmId } from '../core/arm-id.ts'
import type { Answer } from '../core/fault.ts'
import type { ReplicatedItem } from '../model/azure.ts'
import type { PairSeen, ReservationGroupSeen, SideSeen } from '../model/inventory.ts'
import type { PlannedPair, PlannedSide } from '../plan/schema.ts'
import { regionKey } from '../planning/replicas.ts'
import { vmGroupOf } from '../planning/situation.ts'
import type { Gateways } from '../ports/gateways.ts'
import { readPlaces } from './read-places.ts'
import type { Reader } from './reader.ts'
import { computeAt } from './regions.ts'

type RoomParts = 'sizes' | 'reservations' | 'subnets'
export type RoomRead = { readonly [K in RoomParts]: Answer<NonNullable<SideSeen[K]>> }

export type RoomReading = {
  readonly gateways: Gateways
  readonly reader: Reader
  readonly pair: PlannedPair
  /** What this collection has seen of the pair so far, and the one before it. */
  readonly seen: Pick<PairSeen, 'primary' | 'secondary' | 'replicatedItems'>
  readonly old: PairSeen | undefined
}

/** Of one side, for what may be made there. Other machines of the vault are no business of this pair. */
export async function readRoom(reading: RoomReading, side: PlannedSide): Promise<RoomRead> {
  const { pair } = reading
  const groups = [vmGroupOf(pair.primary), vmGroupOf(pair.secondary)]
  const own = itemsOf(reading).filter(({ sourceVmId }) => groups.includes(groupOf(sourceVmId)))
  const coming = own.filter(({ targetLocation }) => regionKey(targetLocation ?? '') === side.region)
  const [sizes, reservations, subnets] = await Promise.all([
    readSizes(reading, side, coming),
    readReservations(reading, side, coming),
    readSubnets(reading, side, coming),
  ])
  return { sizes, reservations, subnets }
}

const itemsOf = ({ seen, old }: RoomReading) => seen.replicatedItems ?? old?.replicatedItems ?? []

async function readSizes(
  { gateways, reader, seen, old }: RoomReading,
  { subscription, region }: PlannedSide,
  coming: readonly ReplicatedItem[],
): Promise<RoomRead['sizes']> {
  const vms = (['primary', 'secondary'] as const).flatMap((side) => seen[side].vms ?? old?.[side].vms ?? [])
  const used = new Set(
    [...vms.map(({ size }) => size), ...coming.flatMap(({ targetSize }) => targetSize ?? [])].map((size) =>
      size.toLowerCase(),
    ),
  )
  const all = await reader(
    `sizes ${subscription} ${region}`,
    () => gateways.room.sizes(subscription, region),
    computeAt({ region }),
  )
  if (all.kind !== 'ok') return all
  return { kind: 'ok', value: all.value.filter(({ size }) => used.has(size.toLowerCase())) }
}

/** Those that machines of the side use already, and those that others would be made in. */
function readReservations(
  { gateways, reader, pair, seen, old }: RoomReading,
  side: PlannedSide,
  coming: readonly ReplicatedItem[],
) {
  const which = side === pair.primary ? 'primary' : 'secondary'
  const there = seen[which].vms ?? old?.[which].vms ?? []
  const ids = [...there, ...coming].flatMap(({ capacityReservationGroup }) => capacityReservationGroup ?? [])
  return readPlaces(ids, async (id): Promise<Answer<readonly ReservationGroupSeen[]>> => {
    const read = await reader(`reservations ${id}`, () => gateways.room.reservations(id), computeAt(side))
    return read.kind === 'ok' ? { kind: 'ok', value: [{ id, reservations: read.value }] } : read
  })
}

async function readSubnets(
  { gateways, reader }: RoomReading,
  { region }: PlannedSide,
  coming: readonly ReplicatedItem[],
) {
  const wanted = new Set(coming.flatMap(({ targetSubnets }) => targetSubnets ?? []))
  const networks = coming.flatMap(({ targetResourceGroupId = '', targetSubnets = [] }) => {
    const [, , subscription = ''] = targetResourceGroupId.split('/')
    return targetSubnets.map((key) => {
      const [group = '', network = ''] = key.split('/')
      return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworks/${network}`
    })
  })
  const read = await readPlaces(networks, (id) =>
    reader(`subnets ${id}`, () => gateways.room.subnets(id), `Network in ${region}`),
  )
  if (read.kind !== 'ok') return read
  return { kind: 'ok' as const, value: read.value.filter(({ key }) => wanted.has(key)) }
}

const groupOf = (vmId: string): string => {
  const { subscription = '', resourceGroup = '' } = parseArmId(vmId) ?? {}
  return `${subscription}/${resourceGroup}`.toLowerCase()
}
