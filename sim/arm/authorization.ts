import { idKey } from '../../src/lib/core/arm-id.ts'
import { worldOf } from '../estate/world.ts'
import { beginAccess, changeAccess, endAccess, isAtOrAbove, roleKey } from './access.ts'
import { failure } from './answers.ts'
import { type AssignmentCall, idOf, isFull, readAssignment } from './authorization-body.ts'
import { readAssignmentFilter } from './authorization-filter.ts'
import { lockRoutes } from './authorization-locks.ts'
import { historyOf, noteAssignment, visibleAssignment, visibleAssignments } from './authorization-reads.ts'
import type { SimRoleAssignment } from './estate-types.ts'
import { listAnswer } from './paging.ts'
import { roleDefinitionRoutes } from './role-definitions.ts'
import type { Provider, Route, Sim, SimRequest, SimResponse } from './types.ts'

/** Role assignments and definitions: global, so they answer whatever region is lost. */
export const authorization: Provider = {
  namespace: 'Microsoft.Authorization',
  apiVersions: ['2022-04-01'],
  routes: [
    one('PUT', 'writes', 'write', put),
    one('GET', 'reads', 'read', get),
    one('DELETE', 'deletes', 'delete', remove),
    ...['/{scope*}', ''].map(
      (prefix): Route => ({
        method: 'GET',
        path: `${prefix}/providers/Microsoft.Authorization/roleAssignments`,
        bucket: 'reads',
        action: 'Microsoft.Authorization/roleAssignments/read',
        handle: (request, { scope = '' }, sim) => list(request, `/${scope}`, sim),
      }),
    ),
    ...roleDefinitionRoutes,
    ...lockRoutes,
  ],
}

function one(
  method: Route['method'],
  bucket: Route['bucket'],
  verb: string,
  handle: (call: AssignmentCall) => SimResponse,
): Route {
  return {
    method,
    path: '/{scope*}/providers/Microsoft.Authorization/roleAssignments/{name}',
    bucket,
    action: `Microsoft.Authorization/roleAssignments/${verb}`,
    handle: (request, { scope = '', name = '' }, sim) => handle({ request, scope: `/${scope}`, name, sim }),
  }
}

function put(call: AssignmentCall): SimResponse {
  const { sim, scope, name } = call
  const wanted = readAssignment(call)
  if ('status' in wanted) return wanted
  const all = [...sim.estate.roleAssignments.values()]
  const named = all.find((assignment) => assignment.name.toLowerCase() === name.toLowerCase())
  if (named) return update(call, named, wanted)
  const same = all.find((assignment) => isSameTriple(assignment, wanted))
  if (same) {
    const id = same.name.replaceAll('-', '')
    return failure(
      409,
      'RoleAssignmentExists',
      `The role assignment already exists. The ID of the existing role assignment is ${id}.`,
    )
  }
  if (isFull(all, scope)) return failure(400, 'RoleAssignmentLimitExceeded', 'No more role assignments can be created.')
  sim.estate.roleAssignments.set(idKey(wanted.id), wanted)
  noteAssignment(sim, undefined, wanted, call.request.principal)
  beginAccess(sim, wanted)
  return { status: 201, body: bodyOf(sim, wanted) }
}

/** The same name again: the triple must be the same, the rest may change. Names are unique in the tenant. */
function update({ sim, request }: AssignmentCall, named: SimRoleAssignment, wanted: SimRoleAssignment): SimResponse {
  if (!isSameTriple(named, wanted)) {
    return failure(
      400,
      'RoleAssignmentUpdateNotPermitted',
      'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
    )
  }
  const isIdentical = (['condition', 'conditionVersion', 'description'] as const).every(
    (key) => named[key] === wanted[key],
  )
  if (isIdentical) return { status: 200, body: bodyOf(sim, named) }
  const changed = { ...wanted, id: named.id, name: named.name, scope: named.scope }
  changeAccess(sim.estate, named, changed)
  noteAssignment(sim, named, changed, request.principal)
  return { status: 200, body: bodyOf(sim, changed) }
}

function get({ sim, scope, name }: AssignmentCall): SimResponse {
  const assignment = visibleAssignment(sim, idKey(idOf(scope, name)))
  if (assignment) return { status: 200, body: bodyOf(sim, assignment) }
  return failure(404, 'RoleAssignmentNotFound', `The role assignment '${name}' is not found.`)
}

function remove({ sim, request, scope, name }: AssignmentCall): SimResponse {
  const key = idKey(idOf(scope, name))
  const assignment = sim.estate.roleAssignments.get(key)
  if (!assignment) return { status: 204 }
  const body = bodyOf(sim, assignment)
  sim.estate.roleAssignments.delete(key)
  noteAssignment(sim, assignment, undefined, request.principal)
  endAccess(sim, assignment)
  return { status: 200, body }
}

/** At a scope, above and below it; with `atScope()` not below. */
function list(request: SimRequest, scope: string, sim: Sim): SimResponse {
  const filter = readAssignmentFilter(request.query.$filter, sim.estate)
  if (!filter) return failure(400, 'UnsupportedQuery', `The filter '${request.query.$filter}' is not supported.`)
  const found = visibleAssignments(sim).filter(
    (assignment) =>
      (isAtOrAbove(assignment.scope, scope) || (!filter.isAtScope && isAtOrAbove(scope, assignment.scope))) &&
      (filter.principals === undefined || filter.principals.has(assignment.principalId.toLowerCase())),
  )
  const { assignmentsPageSize: pageSize } = worldOf(sim).switches
  return listAnswer(sim, request, found, (assignment) => bodyOf(sim, assignment), { pageSize })
}

const isSameTriple = (a: SimRoleAssignment, b: SimRoleAssignment) =>
  idKey(a.scope) === idKey(b.scope) &&
  a.principalId.toLowerCase() === b.principalId.toLowerCase() &&
  roleKey(a.roleDefinitionId) === roleKey(b.roleDefinitionId)

function bodyOf(sim: Sim, assignment: SimRoleAssignment) {
  const { id, name, condition = null, conditionVersion = null, description = null } = assignment
  const subscription = /^\/subscriptions\/[^/]+/i.exec(assignment.scope)?.[0] ?? ''
  return {
    properties: {
      roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleKey(assignment.roleDefinitionId)}`,
      principalId: assignment.principalId,
      principalType: assignment.principalType,
      scope: assignment.scope,
      condition,
      conditionVersion,
      ...historyOf(sim, id),
      delegatedManagedIdentityResourceId: null,
      description,
    },
    id,
    type: 'Microsoft.Authorization/roleAssignments',
    name,
  }
}
