import type { Fix } from '../../model/fix.ts'
import type { Held } from '../../planning/access-rules.ts'
import { checkAccess, groupsIn, isAccepted, nameOf } from '../access.ts'
import { isPooled, sidesOf } from '../next-move.ts'
import type { Rule, RuleContext } from '../rule.ts'
import { multiRegion } from '../sources.ts'

/** Access through a resource group or above is on both sides at once, and is `access-not-inherited`'s to tell. */
export const oneSideHasAccess: Rule = {
  id: 'one-side-has-access',
  title: 'Everybody has access on one side only',
  severity: 'critical',
  blocks: 'never',
  compares:
    'who has access to the application groups of the primary side, by a role assignment made there, with who has it on the secondary side. Those in `acceptedPrincipals` are left out.',
  why: 'Who can use both sides at once opens one profile twice. With Cloud Cache the last one to sign out wins, and the other session is lost.',
  source: multiRegion,
  howToFix:
    'Remove the role assignment on the side where users do not work. While a failover or failback is under way, let it end first.',
  appliesTo: isPooled,
  check: (context) =>
    checkAccess(context, ({ primary, secondary }) => {
      const there = Map.groupBy(secondary.filter(isDirect), ({ principal }) => principal)
      const both = primary.filter((held) => isDirect(held) && there.has(held.principal) && !isAccepted(context, held))
      return [...Map.groupBy(both, ({ principal }) => principal)].flatMap(([principal, here]) => {
        const [first] = here
        if (!first) return []
        const held = { primary: here, secondary: there.get(principal) ?? [] }
        const subject = nameOf(context, first)
        const evidence = `${subject} has access to ${groupsIn(here)} of the primary and ${groupsIn(held.secondary)} of the secondary side.`
        return { subject, evidence, ...fixOf(context, subject, held) }
      })
    }),
}

const isDirect = ({ inherited }: Held): boolean => !inherited

/** For groups of the plan: of others nobody has said that they belong to the active side. */
function fixOf(
  context: RuleContext,
  groupName: string,
  held: Readonly<Record<'primary' | 'secondary', readonly Held[]>>,
): { readonly fix?: Fix } {
  const { active, standby } = sidesOf(context)
  const kept = held[active][0]?.assignment
  const assignments = held[standby].map(({ assignment }) => assignment)
  const isMapped = context.pair.groups.some(({ id }) => id === kept?.principalId.toLowerCase())
  if (!kept || !isMapped) return {}
  return { fix: { kind: 'revokeAccess', side: standby, groupName, assignments, kept } }
}
