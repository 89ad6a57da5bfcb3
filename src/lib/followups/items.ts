/** Where a desktop's machine runs, as Site Recovery's items tell it. */
import { idKey } from '../core/arm-id.ts'
import type { Side } from '../machine/spec.ts'
import type { ReplicatedItem } from '../model/azure.ts'
import type { PlannedPair } from '../plan/schema.ts'
import { shortName } from '../planning/situation.ts'

/** `moved`: failed over, committed or not. `settling`: between the two, or in a state that is new to us. */
export type ItemState = 'protected' | 'moved' | 'settling'

export function stateOf({ protectionState, activeLocation }: ReplicatedItem): ItemState {
  if (isCommitPending({ protectionState }) || /^(Un)?plannedFailoverCommitted$/i.test(protectionState)) return 'moved'
  return /^protected$/i.test(protectionState) && !/^recovery$/i.test(activeLocation) ? 'protected' : 'settling'
}

export const isCommitPending = ({ protectionState }: Pick<ReplicatedItem, 'protectionState'>): boolean =>
  /CommitPending/i.test(protectionState)

/** Where its machine runs: an item that has moved runs at its target, any other at its source. */
export function sideOf(item: ReplicatedItem, pair: PlannedPair): Side {
  const target = targetSideOf(item, pair)
  if (stateOf(item) === 'moved') return target
  return target === 'primary' ? 'secondary' : 'primary'
}

/** Site Recovery tells display names of regions in places. Without one: the primary's machines are the sources. */
function targetSideOf({ targetLocation, sourceVmId }: ReplicatedItem, pair: PlannedPair): Side {
  const region = targetLocation?.replace(/ /g, '').toLowerCase()
  if (region === pair.primary.region) return 'primary'
  if (region === pair.secondary.region) return 'secondary'
  return isIn(sourceVmId, pair.secondary) && !isIn(sourceVmId, pair.primary) ? 'primary' : 'secondary'
}

const isIn = (vmId: string, { subscription, resourceGroup, vmResourceGroup }: PlannedPair['primary']): boolean =>
  idKey(vmId).startsWith(
    idKey(`/subscriptions/${subscription}/resourceGroups/${vmResourceGroup ?? resourceGroup}`).concat('/'),
  )

/** By the VM's name in lower case. Where protecting again leaves two for a while, the one that says most comes first. */
export function itemsByVm(items: readonly ReplicatedItem[]): ReadonlyMap<string, readonly ReplicatedItem[]> {
  const order: readonly ItemState[] = ['moved', 'protected', 'settling']
  const sorted = [...items].sort((a, b) => order.indexOf(stateOf(a)) - order.indexOf(stateOf(b)))
  return Map.groupBy(sorted, ({ vmName }) => shortName(vmName))
}
