/** Whether what was told concerns a machine of the plan at all. In doubt it does: looking costs little. */
import { idKey, sameId } from '../../core/arm-id.ts'
import type { Inventory, PairSeen } from '../../model/inventory.ts'
import type { DrPlan, PlannedPair } from '../../plan/schema.ts'
import { shortName } from '../../planning/situation.ts'
import type { Told } from './notice.ts'

type Event = Extract<Told, { kind: 'event' }>

/** The event about the machines that are in the plan, or why there is none. */
export function inPlan(told: Event, plan: DrPlan, inventory: Inventory | undefined): Told {
  const { event } = told
  const { vaultId, what } = event
  const replicated = plan.pairs.filter(({ vault }) => vault !== undefined)
  const pairs = replicated.filter(({ vault = '' }) => vaultId === undefined || sameId(vault, vaultId))
  if (pairs.length === 0) return { kind: 'ignored', what, why: 'No pair of the plan is protected by this vault.' }
  if (event.vms.length + event.itemIds.length === 0) return told
  const names = knownNames(pairs, inventory)
  if (!names) return told
  const vms = event.vms.filter((vm) => names.has(nameIn(vm)))
  const itemIds = event.itemIds.filter((id) => isOfPlan(id, pairs, inventory, names))
  if (vms.length + itemIds.length > 0) return { ...told, event: { ...event, vms, itemIds } }
  return { kind: 'ignored', what, why: `No pair of the plan has a host of this name: ${namesIn(event).join(', ')}.` }
}

const namesIn = ({ vms, itemIds }: Event['event']): readonly string[] =>
  [...vms, ...itemIds].slice(0, 10).map((text) => text.split('/').at(-1) ?? text)

/** A name, or the id of a VM. */
const nameIn = (vm: string): string => shortName(vm.split('/').at(-1) ?? '')

/** Of all hosts; undefined where the inventory does not know those of one pair. */
function knownNames(pairs: readonly PlannedPair[], inventory: Inventory | undefined): ReadonlySet<string> | undefined {
  const names = new Set<string>()
  for (const pair of pairs) {
    const hosts = hostsOf(seenOf(inventory, pair))
    if (!hosts) return undefined
    for (const { name } of hosts) names.add(shortName(name))
  }
  return names
}

/** An item that the inventory has not seen may be new: protecting a machine again makes another one. */
function isOfPlan(
  itemId: string,
  pairs: readonly PlannedPair[],
  inventory: Inventory | undefined,
  names: ReadonlySet<string>,
): boolean {
  const items = pairs.flatMap((pair) => seenOf(inventory, pair)?.replicatedItems ?? [])
  const item = items.find(({ id }) => idKey(id) === itemId)
  return !item || names.has(shortName(item.vmName))
}

const seenOf = (inventory: Inventory | undefined, { id }: PlannedPair): PairSeen | undefined =>
  inventory && Object.hasOwn(inventory.pairs, id) ? inventory.pairs[id] : undefined

const hostsOf = (seen: PairSeen | undefined) => seen?.primary.sessionHosts ?? seen?.secondary.sessionHosts
