/** Who holds access, read from role assignments. */
import { idKey, sameId } from '../core/arm-id.ts'
import { desktopVirtualizationUser, type RoleAssignment } from '../model/azure.ts'
import type { ApplicationGroupSeen } from '../model/inventory.ts'
import type { Situation } from './situation.ts'
import { byText } from './situation.ts'

/** Role ids that count as access: the built-in one, those that let people use applications, those the plan accepts. */
export const accessRolesOf = ({ pair, seen }: Situation): readonly string[] =>
  [
    ...new Set(
      [desktopVirtualizationUser, ...(seen.rolesThatUseApplications ?? []), ...pair.acceptedRoles].map(roleIdOf),
    ),
  ].sort(byText)

/** The GUID at the end of `/subscriptions/…/roleDefinitions/<guid>`. */
export const roleIdOf = (roleDefinitionId: string): string => idKey(roleDefinitionId).split('/').at(-1) ?? ''

export type Held = {
  readonly assignment: RoleAssignment
  readonly group: ApplicationGroupSeen
  readonly principal: string
  readonly role: string
  /** Made above the application group. */
  readonly inherited: boolean
}

/** What lets people in, of all that is in force at these application groups. */
export function accessAt(groups: readonly ApplicationGroupSeen[], accessRoles: readonly string[]): readonly Held[] {
  const roles = new Set(accessRoles)
  return groups.flatMap((group) =>
    group.assignments.flatMap((assignment): readonly Held[] => {
      const role = roleIdOf(assignment.roleDefinitionId)
      if (!roles.has(role)) return []
      const inherited = !sameId(assignment.scope, group.id)
      return [{ assignment, group, role, inherited, principal: assignment.principalId.toLowerCase() }]
    }),
  )
}

export const groupNamesOf = ({ pair }: Situation): ReadonlyMap<string, string> =>
  new Map(pair.groups.map(({ id, name }) => [id, name]))
