import { idKey } from '../../core/arm-id.ts'
import type { ApplicationGroupSeen } from '../../model/inventory.ts'
import { found, given, partOfSide } from '../outcome.ts'
import type { Rule } from '../rule.ts'

/** Access through a resource group or above is on both sides at once, and is `access-not-inherited`'s to tell. */
export const oneSideHasAccess: Rule = {
  id: 'one-side-has-access',
  title: 'A mapped group has access on one side only',
  severity: 'critical',
  blocks: 'never',
  compares:
    'role assignments made at the application groups of the primary side with those of the secondary side, for the groups of the plan',
  why: 'Who can use both sides at once opens one profile twice. With Cloud Cache the last one to sign out wins, and the other session is lost.',
  source: {
    title: 'Multiregion Business Continuity and Disaster Recovery (BCDR) for Azure Virtual Desktop',
    url: 'https://learn.microsoft.com/azure/architecture/example-scenario/azure-virtual-desktop/azure-virtual-desktop-multi-region-bcdr',
  },
  howToFix:
    'Remove the role assignment on the side where users do not work. While a failover or failback is under way, let it end first.',
  appliesTo: ({ pair }) => pair.strategy === 'pooledStandby',
  check: (context) =>
    given(
      {
        primary: partOfSide(context, 'primary', 'applicationGroups'),
        secondary: partOfSide(context, 'secondary', 'applicationGroups'),
      },
      ({ primary, secondary }) => {
        const [here, there] = [holdersOf(primary), holdersOf(secondary)]
        return found(
          context.pair.groups
            .filter(({ id }) => here.has(id) && there.has(id))
            .map(({ name, id }) => ({
              subject: name,
              evidence: `${name} has access to ${here.get(id)?.join(', ')} of the primary and ${there.get(id)?.join(', ')} of the secondary side.`,
            })),
        )
      },
    ),
}

/** Names of application groups by principal. */
function holdersOf(groups: readonly ApplicationGroupSeen[]): ReadonlyMap<string, readonly string[]> {
  const holders = new Map<string, string[]>()
  for (const { id, name, assignments } of groups)
    for (const { scope, principalId } of assignments) {
      if (idKey(scope) !== idKey(id)) continue
      const key = principalId.toLowerCase()
      holders.set(key, [...new Set([...(holders.get(key) ?? []), name])])
    }
  return holders
}
