import { checkAccess, groupName, groupsIn, isAccepted, nameOf } from '../access.ts'
import { isPooled } from '../next-move.ts'
import { couldNotCheck } from '../outcome.ts'
import type { Found, Rule } from '../rule.ts'

export const mappedGroupsExist: Rule = {
  id: 'mapped-groups-exist',
  title: 'The groups of the plan exist and have access, and nobody else has',
  severity: 'critical',
  blocks: 'unlessDown',
  compares:
    '`groups` of the plan with who has access to the application groups of either side. A group counts as deleted where Azure says `Unknown` of its kind; Entra itself is not asked. Members are not read: that a person is in exactly one of the groups cannot be checked. Not judged while an operation moves access.',
  why: 'A failover grants the role to a group that is no more, and Azure refuses. A group without access has nothing that could move. Who is not named by the plan stays behind, and the failover is refused until that is accepted.',
  source: {
    title: 'Understand Azure role assignments: identity not found',
    url: 'https://learn.microsoft.com/azure/role-based-access-control/role-assignments',
  },
  howToFix:
    'Remove assignments of deleted groups. Put the groups people are in now into the plan (`groups`), or accept others in `acceptedPrincipals`.',
  appliesTo: isPooled,
  check: (context) => {
    const { heldBy } = context.pairState
    if (heldBy && moves.has(heldBy.kind)) return couldNotCheck(`the ${heldBy.kind} ${heldBy.operationId} moves access`)
    return checkAccess(context, ({ primary, secondary }) => {
      const held = [...primary, ...secondary]
      const of = Map.groupBy(held, ({ principal }) => principal)
      const mapped = new Set(context.pair.groups.map(({ id }) => id))
      const groups = context.pair.groups.flatMap(({ id }): Found | readonly [] => {
        const name = groupName(context.pair, id) ?? id
        const own = of.get(id) ?? []
        if (own.length === 0)
          return { subject: name, severity: 'warning', evidence: `${name} has no access on either side.` }
        if (!own.some(({ assignment }) => /^unknown$/i.test(assignment.principalType))) return []
        return { subject: name, evidence: `${name} (${id}) has access to ${groupsIn(own)}, and does not exist.` }
      })
      // A single user, a group nobody told the plan of: planning refuses as well, with codes of its own.
      const others = held.filter((one) => !mapped.has(one.principal) && !one.inherited && !isAccepted(context, one))
      const strangers = [...Map.groupBy(others, (one) => nameOf(context, one))].map(
        ([name, own]): Found => ({
          subject: name,
          severity: 'warning',
          evidence: `${name} has access to ${groupsIn(own)}, and the plan does not name it.`,
        }),
      )
      return [...groups, ...strangers]
    })
  },
}

const moves: ReadonlySet<string> = new Set(['failover', 'failback'])
