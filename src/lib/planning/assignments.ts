/** One task for every role a mapped group holds at a mapped application group. */
import { parseArmId, sameId } from '../core/arm-id.ts'
import type { Subject } from '../machine/spec.ts'
import { desktopVirtualizationUser, type RoleAssignment } from '../model/azure.ts'
import type { ApplicationGroupSeen } from '../model/inventory.ts'
import { accessAt, accessRolesOf, roleIdOf } from './access-rules.ts'
import type { MappedGroup, Mapping } from './application-groups.ts'
import { notice, type Weighed } from './preview.ts'
import { byText, type Situation } from './situation.ts'

export type AssignmentSubject = Extract<Subject, { kind: 'assignment' }>

export function planAssignments(
  situation: Situation,
  { mapped }: Mapping,
): { readonly assignments: readonly AssignmentSubject[]; readonly notices: readonly Weighed[] } {
  const assignments = mapped
    .flatMap((groups) => situation.pair.groups.flatMap((group) => subjectsOf(situation, groups, group)))
    .sort((a, b) => byText(a.key, b.key))
  const lost = assignments.filter(({ revoke }) => revoke === undefined)
  if (lost.length === 0) return { assignments, notices: [] }
  const text = 'Recorded at failover and no longer held on the side that is left: put back as recorded.'
  return {
    assignments,
    notices: [
      notice(
        'warns',
        'recordedButNotHeld',
        text,
        lost.map(({ key }) => key),
      ),
    ],
  }
}

type Group = { readonly id: string; readonly name: string }

function subjectsOf(situation: Situation, groups: MappedGroup, group: Group): readonly AssignmentSubject[] {
  const { oldSide, newSide } = situation
  const from = groups[oldSide]
  const to = groups[newSide]
  const held = accessAt([from], accessRolesOf(situation)).filter((one) => one.principal === group.id && !one.inherited)
  const recorded = recordedAt(situation, to, group)
  const roles = [...new Set([...held.map(({ role }) => role), ...recorded.keys()])]
  return roles.flatMap((role): readonly AssignmentSubject[] => {
    const revoke = held.find((one) => one.role === role)?.assignment
    const before = recorded.get(role)
    const grant = before ? withoutId(before) : revoke && counterpartOf(revoke, to)
    if (!grant) return []
    return [
      {
        kind: 'assignment',
        key: keyOf(groups.primary, group, role),
        principalId: group.id,
        groupName: group.name,
        ...(revoke ? { revoke: wholeOf(revoke) } : {}),
        grant,
      },
    ]
  })
}

/** The same key on the way there and back: named after the primary application group. */
const keyOf = (primary: ApplicationGroupSeen, group: Group, role: string): string => {
  const key = `${primary.name.toLowerCase()}--${group.id}`
  return role === desktopVirtualizationUser ? key : `${key}--${role}`
}

/** What the group held here before the failover, by role. Failover itself starts from what is there now. */
function recordedAt(
  { pairState, request }: Situation,
  to: ApplicationGroupSeen,
  group: Group,
): ReadonlyMap<string, RoleAssignment> {
  if (request.kind !== 'failback') return new Map()
  return new Map(
    pairState.recordedAssignments.flatMap(({ revoke }) =>
      revoke && sameId(revoke.scope, to.id) && revoke.principalId.toLowerCase() === group.id
        ? [[roleIdOf(revoke.roleDefinitionId), revoke] as const]
        : [],
    ),
  )
}

const wholeOf = (assignment: RoleAssignment): RoleAssignment => ({
  id: assignment.id,
  name: assignment.name,
  ...grantOf(assignment),
})

const withoutId = (assignment: RoleAssignment): AssignmentSubject['grant'] => ({
  name: assignment.name,
  ...grantOf(assignment),
})

const counterpartOf = (assignment: RoleAssignment, to: ApplicationGroupSeen): AssignmentSubject['grant'] => ({
  ...grantOf(assignment),
  scope: to.id,
  roleDefinitionId: roleIn(assignment.roleDefinitionId, to.id),
})

/** A role definition is named within the subscription it is assigned in (Authorization, role assignments). */
function roleIn(roleDefinitionId: string, scope: string): string {
  const subscription = parseArmId(scope)?.subscription
  if (subscription === undefined) return roleDefinitionId
  return `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleIdOf(roleDefinitionId)}`
}

/** Only the properties that make the assignment, whatever else the inventory carries. */
const grantOf = (assignment: Omit<RoleAssignment, 'id' | 'name'>): Omit<RoleAssignment, 'id' | 'name'> => ({
  scope: assignment.scope,
  principalId: assignment.principalId,
  principalType: assignment.principalType,
  roleDefinitionId: assignment.roleDefinitionId,
  ...(assignment.condition === undefined ? {} : { condition: assignment.condition }),
  ...(assignment.conditionVersion === undefined ? {} : { conditionVersion: assignment.conditionVersion }),
  ...(assignment.description === undefined ? {} : { description: assignment.description }),
})
