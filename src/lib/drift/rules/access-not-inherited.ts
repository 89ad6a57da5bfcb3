import { checkAccess, groupsIn, isAccepted, nameOf } from '../access.ts'
import { isPooled } from '../next-move.ts'
import type { Rule } from '../rule.ts'

export const accessNotInherited: Rule = {
  id: 'access-not-inherited',
  title: 'Nobody has access from above an application group',
  severity: 'critical',
  blocks: 'never',
  compares:
    'where the role assignments in force at the application groups of both sides were made: at the application group itself, or at a resource group, subscription or management group above it. For groups of the plan always; for others unless they are in `acceptedPrincipals`.',
  why: 'A failover takes access away at the application group. What comes from above stays in force there, often on both sides at once: then one profile is opened twice, and grants wait for a person.',
  source: {
    title: 'Understand scope for Azure RBAC',
    url: 'https://learn.microsoft.com/azure/role-based-access-control/scope-overview',
  },
  howToFix:
    'Assign the role at the application groups of the active side, then remove the assignment at the scope that is named.',
  appliesTo: isPooled,
  check: (context) =>
    checkAccess(context, ({ primary, secondary }) => {
      const mapped = new Set(context.pair.groups.map(({ id }) => id))
      const inherited = [...primary, ...secondary].filter(
        (held) => held.inherited && (mapped.has(held.principal) || !isAccepted(context, held)),
      )
      return [...Map.groupBy(inherited, (held) => nameOf(context, held))].map(([name, held]) => {
        const scopes = [...new Set(held.map(({ assignment }) => assignment.scope))]
        return { subject: name, evidence: `${name} has access to ${groupsIn(held)} from ${scopes.join(' and ')}.` }
      })
    }),
}
