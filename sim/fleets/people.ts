import { desktopVirtualizationUser } from '../../src/lib/model/azure.ts'
import { assignAtStart } from '../arm/access.ts'
import { guidOf } from '../arm/avd-resource.ts'
import type { SimRoleAssignment } from '../arm/estate-types.ts'
import type { Sim } from '../arm/types.ts'
import type { FleetIds } from './fleet-ids.ts'
import type { FleetOptions } from './fleet-options.ts'

/** Users, some of them in several groups, and their groups' access to the primary side alone. */
export function addPeople(sim: Sim, ids: FleetIds, options: FleetOptions): void {
  const { estate } = sim
  for (const group of [...ids.groups, ids.personalGroup]) estate.groups.set(group.id, group)
  ids.users.forEach((user, i) => {
    const personal = i < options.personalVms ? [ids.personalGroup.id] : []
    estate.users.set(user.id, { ...user, groups: [...pooledGroupsOf(i, ids, options), ...personal] })
  })
  if (options.pooledHosts > 0) grantPrimary(sim, ids, options)
  if (options.personalVms > 0) grant(sim, ids, ids.personal.applicationGroup, ids.personalGroup.id)
}

/** Every third user is in a second group, every seventh in all of them. */
function pooledGroupsOf(i: number, { groups }: FleetIds, { pooledHosts }: FleetOptions): string[] {
  if (pooledHosts === 0 || groups.length === 0) return []
  if (i % 7 === 6) return groups.map(({ id }) => id)
  const own = [groups[i % groups.length], ...(i % 3 === 2 ? [groups[(i + 1) % groups.length]] : [])]
  return [...new Set(own.flatMap((group) => (group ? [group.id] : [])))]
}

/** Each group uses one application group, the first one a second besides; or all of them. */
function grantPrimary(sim: Sim, ids: FleetIds, { accessToAll }: FleetOptions): void {
  const { applicationGroups } = ids.pooled.primary
  if (accessToAll) {
    for (const scope of applicationGroups) for (const group of ids.groups) grant(sim, ids, scope, group.id)
    return
  }
  ids.groups.forEach((group, i) => {
    const scope = applicationGroups[i % applicationGroups.length]
    if (scope) grant(sim, ids, scope, group.id)
  })
  const [, second] = applicationGroups
  const [first] = ids.groups
  if (second && first) grant(sim, ids, second, first.id)
}

function grant(sim: Sim, ids: FleetIds, scope: string, principalId: string): void {
  const name = guidOf(`${scope}/${principalId}`)
  const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`
  const roleDefinitionId = `/subscriptions/${ids.subscription}/providers/Microsoft.Authorization/roleDefinitions/${desktopVirtualizationUser}`
  const assignment: SimRoleAssignment = { id, name, scope, principalId, principalType: 'Group', roleDefinitionId }
  assignAtStart(sim.estate, assignment)
}
