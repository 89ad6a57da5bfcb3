/** Whether the region that is entered has room for machines that do not exist yet, beside quota. */
import { idKey, parseArmId } from '../core/arm-id.ts'
import type { ReplicatedItem } from '../model/azure.ts'
import { notice, type Weighed } from './preview.ts'
import type { Situation } from './situation.ts'

/** A machine that a failover would make. */
export type Newcomer = { readonly size: string | undefined; readonly item: ReplicatedItem }

/** Of replicated desktops. What could not be read is a gap, and said there. */
export const desktopRoom = (situation: Situation, newcomers: readonly Newcomer[]): readonly Weighed[] => [
  ...sizeNotices(situation, newcomers),
  ...reservationNotices(situation, newcomers),
  ...subnetNotices(situation, newcomers),
]

/** Machines that exist already may start all the same: Azure says of a size only that no new ones are made. */
export function standbyRoom({ seen, newSide }: Situation, sizes: readonly string[]): readonly Weighed[] {
  const { sizes: offers } = seen[newSide]
  const restricted = sizes.filter((size) => offers?.some((one) => isSame(one.size, size) && one.isRestricted))
  if (restricted.length === 0) return []
  return [notice('warns', 'sizeRestricted', 'Azure restricts these sizes: hosts may not start.', counted(restricted))]
}

function sizeNotices({ seen, newSide, pair }: Situation, newcomers: readonly Newcomer[]): readonly Weighed[] {
  const { sizes: offers } = seen[newSide]
  if (!offers) return []
  const restricted: string[] = []
  const unknown: string[] = []
  for (const { size = 'unknown size', item } of newcomers) {
    const offer = offers.find((one) => isSame(one.size, size))
    const zone = item.targetZone
    if (!offer) unknown.push(size)
    else if (offer.isRestricted) restricted.push(size)
    else if (zone !== undefined && !offer.zones.includes(zone)) restricted.push(`${size} in zone ${zone}`)
  }
  const { region } = pair[newSide]
  return [
    ...some(restricted, (subjects) =>
      notice(
        'refuses',
        'sizeRestricted',
        `Azure makes no machines of these sizes in ${region} for you.`,
        counted(subjects),
      ),
    ),
    ...some(unknown, (subjects) =>
      notice('warns', 'sizeUnknown', `Azure does not list these sizes in ${region}.`, subjects),
    ),
  ]
}

function reservationNotices({ seen, newSide }: Situation, newcomers: readonly Newcomer[]): readonly Weighed[] {
  const { reservations: groups } = seen[newSide]
  const reserved = newcomers.flatMap(({ size = 'unknown size', item: { capacityReservationGroup: id, targetZone } }) =>
    id === undefined ? [] : [{ id, size, zone: targetZone, name: parseArmId(id)?.name ?? id }],
  )
  const missing = reserved.filter(({ id }) => !groups?.some((group) => idKey(group.id) === idKey(id)))
  const text = groups ? 'There is no such group: nothing can be made in it.' : 'Their reservations could not be read.'
  const names = missing.map(({ name }) => name)
  const short = [
    ...Map.groupBy(reserved, ({ id, size, zone }) => [idKey(id), size, zone ?? ''].join(' ').toLowerCase()),
  ]
  const found = short.flatMap(([, [first, ...more]]) => {
    const group = first && groups?.find(({ id }) => idKey(id) === idKey(first.id))
    if (!first || !group) return []
    const fitting = group.reservations.filter(({ size, zone }) => isSame(size, first.size) && zone === first.zone)
    const free = fitting.reduce((sum, { capacity, allocated }) => sum + Math.max(0, capacity - allocated), 0)
    const what = `${first.name}: ${first.size}${first.zone === undefined ? '' : ` in zone ${first.zone}`}`
    return [{ what, isReserved: fitting.length > 0, needed: more.length + 1, free }]
  })
  const lacking = found.filter(({ needed, free }) => free < needed)
  const linesOf = (isReserved: boolean) =>
    lacking
      .filter((one) => one.isReserved === isReserved)
      .map(({ what, needed, free }) => `${what}: ${needed} needed, ${free} free, ${needed - free} desktops short`)
  return [
    ...some(names, (subjects) => notice(groups ? 'refuses' : 'warns', 'reservationMissing', text, subjects)),
    // Compute, "Capacity reservation": the size and zone of a machine must be those of a reservation of its group.
    ...some(linesOf(false), (subjects) =>
      notice('refuses', 'reservationShort', 'Their groups reserve nothing of their size and zone.', subjects),
    ),
    // The same page: there may be more machines than are reserved, and Azure promises nothing for those.
    ...some(linesOf(true), (subjects) =>
      notice(
        'warns',
        'reservationShort',
        'More machines than are reserved: the rest get what room there is.',
        subjects,
      ),
    ),
  ]
}

function subnetNotices({ seen, newSide }: Situation, newcomers: readonly Newcomer[]): readonly Weighed[] {
  const { subnets } = seen[newSide]
  if (!subnets) return []
  const missing: string[] = []
  const full: string[] = []
  const wishes = newcomers.flatMap(({ item: { targetSubnets = [] } }) => [...Map.groupBy(targetSubnets, (key) => key)])
  for (const [key, all] of Map.groupBy(wishes, ([wanted]) => wanted)) {
    const subnet = subnets.find((one) => one.key === key)
    const name = key.slice(key.indexOf('/') + 1)
    const addresses = all.map(([, keys]) => keys.length)
    if (!subnet) missing.push(name)
    else full.push(...shortfall(name, subnet.size - subnet.used, addresses))
  }
  return [
    ...some(missing, (subjects) =>
      notice('refuses', 'subnetMissing', 'Desktops would be put into subnets that do not exist.', subjects),
    ),
    ...some(full, (subjects) => notice('refuses', 'subnetFull', 'Not enough free addresses.', subjects)),
  ]
}

/** `addresses`: how many each desktop takes. Those that take least find room first. */
function shortfall(name: string, room: number, addresses: readonly number[]): readonly string[] {
  let left = Math.max(0, room)
  let out = 0
  for (const count of [...addresses].sort((a, b) => a - b)) {
    if (count > left) out++
    else left -= count
  }
  const needed = addresses.reduce((sum, count) => sum + count, 0)
  return out === 0 ? [] : [`${name}: ${needed} needed, ${Math.max(0, room)} free, ${out} desktops short`]
}

/** Each once, with how many there are. */
const counted = (names: readonly string[]): readonly string[] =>
  [...Map.groupBy(names, (name) => name)].map(([name, all]) => `${name}: ${all.length}`)

const some = (names: readonly string[], say: (subjects: readonly string[]) => Weighed): readonly Weighed[] =>
  names.length === 0 ? [] : [say(names)]

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
