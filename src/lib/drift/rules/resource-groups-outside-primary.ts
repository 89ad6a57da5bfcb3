import { sameId } from '../../core/arm-id.ts'
import { regionKey } from '../../planning/replicas.ts'
import { isPooled } from '../next-move.ts'
import { couldNotCheck, found, given, partOfEstate, together, well } from '../outcome.ts'
import { groupsOfPair } from '../places.ts'
import type { Rule, RuleContext } from '../rule.ts'

/**
 * The one pool of replicated desktops lies in one group, whatever its region: while that cannot be changed nobody can be
 * drained, and everybody gets in. Where Azure Virtual Desktop keeps what it knows of a pool may differ from the machines.
 */
export const resourceGroupsOutsidePrimary: Rule = {
  id: 'resource-groups-outside-primary',
  title: 'What a failover changes is in resource groups outside of the primary region',
  severity: 'critical',
  blocks: 'unlessDown',
  compares:
    'locations of the resource groups of the secondary side (pool, application groups, machines) and of the vault with the primary region. The group of the one pool of replicated desktops is not looked at, nor are the groups of the primary side.',
  why: 'While the region of a resource group is down, what is in the group may not be changed, wherever it is: hosts could not be started or undrained in a region that is well.',
  source: {
    title: 'What is Azure Resource Manager: resource group location',
    url: 'https://learn.microsoft.com/azure/azure-resource-manager/management/overview#resource-groups',
  },
  howToFix: 'Move the resources into a resource group that was made in the secondary region; a group cannot be moved.',
  check: (context) =>
    given({ resourceGroups: partOfEstate(context, 'resourceGroups') }, ({ resourceGroups }) =>
      together(
        groupsNeeded(context).map(({ id, name }) => {
          const group = resourceGroups.find((one) => sameId(one.id, id))
          if (!group) return couldNotCheck('it is not among the resource groups that can be seen', name)
          if (regionKey(group.location) !== context.pair.primary.region) return well
          return found([{ subject: name, evidence: `${name} is in ${group.location}, the primary region.` }])
        }),
      ),
    ),
}

/** Each once. */
function groupsNeeded(context: RuleContext) {
  const needed = groupsOfPair(context).filter(
    ({ place, side }) => side === 'secondary' && (isPooled(context) || place !== 'pools'),
  )
  return [...new Map(needed.map((group) => [group.id.toLowerCase(), group])).values()]
}
