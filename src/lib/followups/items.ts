/** Where a desktop's machine runs, as Site Recovery's items tell it. */
import { parseArmId } from '../core/arm-id.ts'
import type { Side } from '../machine/spec.ts'
import type { ReplicatedItem } from '../model/azure.ts'
import type { PlannedPair } from '../plan/schema.ts'
import { isReady, regionKey } from '../planning/replicas.ts'
import { shortName, vmGroupOf } from '../planning/situation.ts'

/** `moved`: failed over, committed or not. `settling`: between the two, or in a state that is new to us. */
export type ItemState = 'protected' | 'moved' | 'settling'

export function stateOf(item: ReplicatedItem): ItemState {
  const { protectionState, activeLocation } = item
  if (isCommitPending(item) || /FailoverCommitted/i.test(protectionState)) return 'moved'
  // What an item made by protecting again calls its place was never recorded: what it allows tells more.
  const isThere = isReady(item) || !/^recovery$/i.test(activeLocation)
  return /^protected$/i.test(protectionState) && isThere ? 'protected' : 'settling'
}

export const isCommitPending = ({ protectionState }: Pick<ReplicatedItem, 'protectionState'>): boolean =>
  /CommitPending/i.test(protectionState)

/** Where its machine runs: an item that has moved runs at its target, any other at its source. */
export function sideOf(item: ReplicatedItem, pair: PlannedPair): Side {
  const source = sourceSideOf(item, pair)
  if (stateOf(item) !== 'moved') return source
  return source === 'primary' ? 'secondary' : 'primary'
}

/** By the resource group of the source; where both sides have one, by where it is replicated to. */
function sourceSideOf({ sourceVmId, targetLocation }: ReplicatedItem, pair: PlannedPair): Side {
  const [primary, secondary] = groupsOf(pair)
  if (primary !== secondary) return groupOf(sourceVmId) === secondary ? 'secondary' : 'primary'
  return targetLocation && regionKey(targetLocation) === pair.primary.region ? 'secondary' : 'primary'
}

/**
 * Those of the pair, by the VM's name in lower case: a vault may hold others of the same name. Where protecting again
 * leaves two for a while, the one that says most comes first.
 */
export function itemsByVm(
  items: readonly ReplicatedItem[],
  pair: PlannedPair,
): ReadonlyMap<string, readonly ReplicatedItem[]> {
  const groups = groupsOf(pair)
  const order: readonly ItemState[] = ['moved', 'protected', 'settling']
  const own = items.filter(({ sourceVmId }) => groups.includes(groupOf(sourceVmId)))
  own.sort((a, b) => order.indexOf(stateOf(a)) - order.indexOf(stateOf(b)))
  return Map.groupBy(own, ({ vmName }) => shortName(vmName))
}

const groupsOf = ({ primary, secondary }: PlannedPair) => [vmGroupOf(primary), vmGroupOf(secondary)] as const

const groupOf = (vmId: string): string => {
  const { subscription = '', resourceGroup = '' } = parseArmId(vmId) ?? {}
  return `${subscription}/${resourceGroup}`.toLowerCase()
}
