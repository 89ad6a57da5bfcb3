import { idKey } from '../../src/lib/core/arm-id.ts'
import type { Estate, SimRoleAssignment, SimRoleDefinition, SimUser } from './estate-types.ts'
import type { Sim } from './types.ts'

const useApplications = 'Microsoft.DesktopVirtualization/applicationGroups/useApplications/action'

/** A role that lets people use an application group: by its data actions, not by its name. */
export function letsPeopleIn(role: SimRoleDefinition): boolean {
  const covers = (pattern: string) => actionPattern(pattern).test(useApplications)
  return role.dataActions.some(covers) && !(role.notDataActions ?? []).some(covers)
}

/** Can this user really use the application group now, through himself or a group, here or from above? */
export function canUse(estate: Estate, user: SimUser, applicationGroupId: string): boolean {
  const principals = new Set([user.id, ...user.groups].map((id) => id.toLowerCase()))
  for (const assignment of estate.accessInForce.values()) {
    if (!principals.has(assignment.principalId.toLowerCase())) continue
    const role = estate.roleDefinitions.get(roleKey(assignment.roleDefinitionId))
    if (role && letsPeopleIn(role) && isAtOrAbove(assignment.scope, applicationGroupId)) return true
  }
  return false
}

/** An assignment that exists, and is in force, before the story begins. */
export function assignAtStart(estate: Estate, assignment: SimRoleAssignment): void {
  estate.roleAssignments.set(idKey(assignment.id), assignment)
  estate.accessInForce.set(forceKey(assignment), assignment)
}

/** Accepted now, in force after the sampled propagation, unless it was revoked before. */
export function beginAccess(sim: Sim, assignment: SimRoleAssignment): void {
  sim.ledger.write({ kind: 'granted', ...namesOf(assignment) })
  sim.agenda.at(sim.now() + propagation(sim), () => {
    const current = sim.estate.roleAssignments.get(idKey(assignment.id))
    if (!current || forceKey(current) !== forceKey(assignment)) return
    sim.estate.accessInForce.set(forceKey(current), current)
    sim.ledger.write({ kind: 'accessBegan', ...namesOf(current) })
  })
}

/** Accepted now; people can still get in until the sampled propagation is over. */
export function endAccess(sim: Sim, assignment: SimRoleAssignment): void {
  sim.ledger.write({ kind: 'revoked', ...namesOf(assignment) })
  sim.agenda.at(sim.now() + propagation(sim), () => {
    if (!sim.estate.accessInForce.delete(forceKey(assignment))) return
    sim.ledger.write({ kind: 'accessEnded', ...namesOf(assignment) })
  })
}

/** Another condition or description: what is in force stays in force. */
export function changeAccess(estate: Estate, before: SimRoleAssignment, after: SimRoleAssignment): void {
  const key = forceKey(before)
  serials.set(after, serialOf(before))
  estate.roleAssignments.set(idKey(after.id), after)
  if (estate.accessInForce.has(key)) estate.accessInForce.set(key, after)
}

export const roleKey = (roleDefinitionId: string): string => roleDefinitionId.split('/').at(-1)?.toLowerCase() ?? ''

/** Scopes are paths; a management group and the root lie above every subscription. */
export function isAtOrAbove(upper: string, lower: string): boolean {
  const [above, below] = [idKey(upper), idKey(lower)]
  if (above === '' || above === below) return true
  return below.startsWith(`${above}/`) || above.startsWith('/providers/microsoft.management/managementgroups/')
}

const propagation = (sim: Sim) => sim.random.between(...sim.timings.accessPropagation)

/** Serial numbers tell an assignment from an earlier one of the same id. */
const serials = new WeakMap<SimRoleAssignment, number>()
let nextSerial = 1
function serialOf(assignment: SimRoleAssignment): number {
  const serial = serials.get(assignment) ?? nextSerial
  if (serial === nextSerial) nextSerial += 1
  serials.set(assignment, serial)
  return serial
}
const forceKey = (assignment: SimRoleAssignment) => `${idKey(assignment.id)}#${serialOf(assignment)}`

const namesOf = (assignment: SimRoleAssignment) => ({
  assignment: idKey(assignment.id),
  scope: idKey(assignment.scope),
  principal: assignment.principalId.toLowerCase(),
  role: roleKey(assignment.roleDefinitionId),
})

function actionPattern(pattern: string): RegExp {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')
  return new RegExp(`^${source}$`, 'i')
}
