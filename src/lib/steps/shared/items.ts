/** The replicated item of a desktop, and the machine that runs by it. */
import { idKey, sameId } from '../../core/arm-id.ts'
import type { Instant } from '../../core/time.ts'
import type { ReplicatedItem } from '../../model/azure.ts'
import type { StepContext } from '../../ports/steps.ts'
import { readListing } from './read.ts'
import { desktopOf, vmIdOf } from './subject.ts'

export type Items = ReadonlyMap<string, ReplicatedItem>

/** By id, else by the VM it protects: an item gets a new id when it is protected anew. */
export function findItem(context: StepContext, items: Items): ReplicatedItem | undefined {
  const { itemId, sourceVmId } = desktopOf(context)
  return items.get(idKey(itemId)) ?? itemOf(items, sourceVmId)
}

/** Also the one that protects the failed-over VM towards where it came from. Not for failovers: it would go home by it. */
export function findEitherItem(context: StepContext, items: Items): ReplicatedItem | undefined {
  return itemOf(items, desktopOf(context).targetVmId) ?? findItem(context, items)
}

/** The item that protects this VM. */
export const itemOf = (items: Items, vmId: string): ReplicatedItem | undefined => indexOf(items).get(idKey(vmId))

/** One listing answers the looks of thousands of tasks. */
const indexes = new WeakMap<Items, ReadonlyMap<string, ReplicatedItem>>()

function indexOf(items: Items): ReadonlyMap<string, ReplicatedItem> {
  const known = indexes.get(items)
  if (known) return known
  const index = new Map([...items.values()].reverse().map((item) => [idKey(item.sourceVmId), item]))
  indexes.set(items, index)
  return index
}

export function vaultOf({ spec }: StepContext): string {
  if (!spec.vaultId) throw new Error(`The operation on ${spec.pairId} has replicated desktops and no vault`)
  return spec.vaultId
}

/**
 * Id of the VM on the step's side, as the item has it; as planned while it does not tell. A wrong id is missing from the
 * listings and proves nothing.
 */
export async function machineOf(
  context: StepContext,
  since: Instant,
): Promise<{ readonly id: string; readonly readAt: Instant; readonly isTold: boolean }> {
  const planned = { id: vmIdOf(context), readAt: context.now, isTold: false }
  const vault = vaultOf(context)
  const read = await readListing(context, since, (notBefore) => context.fleet.replicatedItems(vault, notBefore))
  if (read.kind === 'unread') return planned
  const item = findItem(context, read.value)
  // Protected again it is the source, and what the item has as its target is the VM at home.
  if (item && sameId(item.sourceVmId, planned.id)) return { ...planned, isTold: true }
  if (!item?.targetVmId) return planned
  return { id: item.targetVmId, readAt: read.readAt, isTold: true }
}
