/** Which networks the machines of a side stand in, or would. */
import { idKey } from '../core/arm-id.ts'
import type { ReplicatedItem } from '../model/azure.ts'
import { vmGroupOf } from '../planning/situation.ts'
import { isReplicated, type Side } from './next-move.ts'
import { type Part, partOfEstate, partOfPair } from './outcome.ts'
import type { RuleContext } from './rule.ts'

/**
 * Keys of ids. Of machines there are by their network cards, of those Site Recovery would make by its items; where there
 * are neither, nothing is known.
 */
export function networksOn(context: RuleContext, side: Side): Part<readonly string[]> {
  const use = partOfEstate(context, 'networkUse')
  if (use.kind === 'unseen') return use
  const planned = isReplicated(context) ? targetNetworks(context, side) : { kind: 'seen' as const, value: [] }
  if (planned.kind === 'unseen') return planned
  const group = vmGroupOf(context.pair[side])
  const used = use.value.filter((one) => one.group.toLowerCase() === group).map(({ subnetId }) => networkOf(subnetId))
  const all = [...new Set([...used, ...planned.value])]
  if (all.length === 0) return { kind: 'unseen', reason: `${side}: no network of its machines is known` }
  return { kind: 'seen', value: all }
}

const networkOf = (subnetId: string): string => idKey(subnetId).replace(/\/subnets\/[^/]+$/, '')

function targetNetworks(context: RuleContext, side: Side): Part<readonly string[]> {
  const items = partOfPair(context, 'replicatedItems')
  if (items.kind === 'unseen') return items
  const group = vmGroupOf(context.pair[side])
  return { kind: 'seen', value: items.value.filter((item) => targetGroupOf(item) === group).flatMap(networksOf) }
}

const targetGroupOf = ({ targetResourceGroupId }: ReplicatedItem): string | undefined =>
  targetResourceGroupId?.toLowerCase().replace(/^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+).*$/, '$1/$2')

/** A network card is always in the subscription of its network. */
const networksOf = (item: ReplicatedItem): readonly string[] =>
  (item.targetSubnets ?? []).flatMap((subnet) => {
    const [group, network] = subnet.split('/')
    const subscription = targetGroupOf(item)?.split('/')[0]
    return group && network && subscription
      ? [
          idKey(
            `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworks/${network}`,
          ),
        ]
      : []
  })
