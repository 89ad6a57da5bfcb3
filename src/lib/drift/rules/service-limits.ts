import { idKey } from '../../core/arm-id.ts'
import type { ApplicationGroupSeen } from '../../model/inventory.ts'
import { hostPoolIdOf } from '../../planning/situation.ts'
import { isPooled, type Side } from '../next-move.ts'
import { couldNotCheck, found, given, partOfSide, together } from '../outcome.ts'
import type { Found, Outcome, Rule, RuleContext } from '../rule.ts'
import { sides } from '../session-machines.ts'

/** Azure Virtual Desktop service limits. */
const limits = { sessionHosts: 10_000, roleAssignments: 200, applications: 500 } as const
/** Ours: time enough to split a pool or ask for more. */
const nearFrom = 0.9

export const serviceLimits: Rule = {
  id: 'service-limits',
  title: 'Pools and application groups stay clear of the limits of Azure Virtual Desktop',
  severity: 'warning',
  blocks: 'never',
  compares: `session hosts of a pool with ${limits.sessionHosts}, applications of an application group with ${limits.applications}, and role assignments made at an application group, with those that a failover or failback would bring, with ${limits.roleAssignments}; from ${nearFrom * 100} %. Limits of a whole tenant are not looked at: a plan knows a part of it`,
  why: 'What is over a limit is refused: a group that cannot be granted on the other side stays outside, in the middle of a failover.',
  source: {
    title: 'Azure subscription and service limits: Azure Virtual Desktop',
    url: 'https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-virtual-desktop-service-limits',
  },
  howToFix: 'Put groups of users together, split the application group or the pool, or ask Microsoft for more.',
  check: (context) =>
    together([
      ...(isPooled(context) ? sides : (['primary'] as const)).map((side) =>
        given({ hosts: partOfSide(context, side, 'sessionHosts') }, ({ hosts }) =>
          found(near(`${side}/${context.pair[side].hostPool}`, 'session hosts', hosts.length, limits.sessionHosts)),
        ),
      ),
      checkGroups(context),
    ]),
}

const near = (subject: string, what: string, count: number, limit: number): readonly Found[] =>
  count < limit * nearFrom
    ? []
    : [{ subject: `${subject}/${what}`, evidence: `${subject}: ${count} ${what} of ${limit}.` }]

const checkGroups = (context: RuleContext): Outcome =>
  given(
    {
      primary: partOfSide(context, 'primary', 'applicationGroups'),
      secondary: partOfSide(context, 'secondary', 'applicationGroups'),
    },
    (groups) =>
      together(
        (isPooled(context) ? sides : (['primary'] as const)).flatMap((side) =>
          groups[side].filter(isOf(context, side)).flatMap((group) => {
            const assigned = holders(context, side, group, groups)
            return [
              checkApplications(context, side, group),
              found(near(`${side}/${group.name}`, 'role assignments', assigned, limits.roleAssignments)),
            ]
          }),
        ),
      ),
  )

/** Read group by group, beside the groups themselves: a gap may be about any of them. */
function checkApplications(
  { seen }: RuleContext,
  side: Side,
  { name, type, applications }: ApplicationGroupSeen,
): Outcome {
  const subject = `${side}/${name}`
  const gap = seen[side].gaps.find(({ what }) => what === 'applications')
  if (type === 'RemoteApp' && (gap || !applications))
    return couldNotCheck(`${side}: applications: ${gap?.reason ?? 'not read'}`, `${subject}/applications`)
  return found(near(subject, 'applications', applications?.length ?? 0, limits.applications))
}

/** A resource group may hold application groups of other pools. */
const isOf =
  ({ pair }: RuleContext, side: Side) =>
  ({ hostPoolId }: ApplicationGroupSeen): boolean =>
    idKey(hostPoolId) === idKey(hostPoolIdOf(pair[side]))

/** Its own, and those of the application group that it stands for. */
function holders(
  { pair }: RuleContext,
  side: Side,
  group: ApplicationGroupSeen,
  groups: Readonly<Record<Side, readonly ApplicationGroupSeen[]>>,
): number {
  const other = side === 'primary' ? 'secondary' : 'primary'
  const key = group.name.toLowerCase()
  const counterparts = pair.applicationGroups.filter((one) => one[side].toLowerCase() === key).map((one) => one[other])
  const all = [
    group,
    ...groups[other].filter(({ name }) => counterparts.some((one) => one.toLowerCase() === name.toLowerCase())),
  ]
  return new Set(all.flatMap(madeAt)).size
}

const madeAt = ({ id, assignments }: ApplicationGroupSeen): readonly string[] =>
  assignments
    .filter(({ scope }) => idKey(scope) === idKey(id))
    .map(({ principalId, roleDefinitionId }) => `${principalId} ${roleDefinitionId.split('/').at(-1)}`.toLowerCase())
