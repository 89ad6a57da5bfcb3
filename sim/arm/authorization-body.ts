import { idKey } from '../../src/lib/core/arm-id.ts'
import { isAtOrAbove, roleKey } from './access.ts'
import { failure, resourceNotFound } from './answers.ts'
import type { SimRoleAssignment } from './estate-types.ts'
import type { Sim, SimRequest, SimResponse } from './types.ts'

export type AssignmentCall = {
  readonly request: SimRequest
  readonly scope: string
  readonly name: string
  readonly sim: Sim
}

/** On one AVD object ("Azure Virtual Desktop limits") and in a subscription ("Azure RBAC limits"), learn.microsoft.com. */
const perAvdObject = 200
const perSubscription = 4_000

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The assignment a PUT asks for, or why not. */
export function readAssignment({ request, scope, name, sim }: AssignmentCall): SimRoleAssignment | SimResponse {
  if (!guid.test(name)) {
    return failure(
      400,
      'InvalidRoleAssignmentId',
      `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
    )
  }
  const properties = (request.body as { properties?: Record<string, string | undefined> } | undefined)?.properties
  const { roleDefinitionId, principalId, principalType, condition, conditionVersion, description } = properties ?? {}
  if (!roleDefinitionId || !principalId)
    return failure(400, 'InvalidRequestContent', 'The request content was invalid.')
  if (!sim.estate.roleDefinitions.has(roleKey(roleDefinitionId))) {
    return failure(
      404,
      'RoleDefinitionDoesNotExist',
      `The specified role definition with ID '${roleKey(roleDefinitionId)}' does not exist.`,
    )
  }
  if (!hasTarget(scope, sim)) {
    const [group = '', name = ''] = [scope.split('/')[4], scope.split('/').at(-1)]
    return resourceNotFound('Microsoft.DesktopVirtualization/applicationgroups', name, group)
  }
  const known = principalTypeOf(principalId, sim)
  if (principalType === undefined && known === undefined) {
    return failure(
      400,
      'PrincipalNotFound',
      `Principal ${principalId} does not exist in the directory ${sim.estate.tenant}.`,
    )
  }
  return {
    id: idOf(scope, name),
    name,
    scope,
    principalId,
    principalType: (principalType ?? known) as SimRoleAssignment['principalType'],
    roleDefinitionId,
    ...(condition && { condition }),
    ...(conditionVersion && { conditionVersion }),
    ...(description && { description }),
  }
}

function principalTypeOf(id: string, { estate }: Sim): SimRoleAssignment['principalType'] | undefined {
  const key = id.toLowerCase()
  if (estate.groups.has(key)) return 'Group'
  return estate.users.has(key) ? 'User' : undefined
}

const hasTarget = (scope: string, { estate }: Sim) =>
  !/\/providers\/microsoft\.desktopvirtualization\/applicationgroups\/[^/]+$/i.test(scope) ||
  estate.applicationGroups.has(idKey(scope))

export function isFull(all: readonly SimRoleAssignment[], scope: string): boolean {
  const at = idKey(scope)
  const isAvd = /\/providers\/microsoft\.desktopvirtualization\//.test(at)
  const subscription = /^\/subscriptions\/[^/]+/.exec(at)?.[0]
  const here = all.filter((assignment) => idKey(assignment.scope) === at).length
  if (isAvd && here >= perAvdObject) return true
  if (subscription === undefined) return false
  return all.filter((assignment) => isAtOrAbove(subscription, assignment.scope)).length >= perSubscription
}

export const idOf = (scope: string, name: string) =>
  `${scope.replace(/\/$/, '')}/providers/Microsoft.Authorization/roleAssignments/${name}`
