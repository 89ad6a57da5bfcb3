import { failure } from './answers.ts'
import type { SimRoleDefinition } from './estate-types.ts'
import { listAnswer } from './paging.ts'
import type { Route, Sim, SimRequest, SimResponse } from './types.ts'

const pageSize = 500
const action = 'Microsoft.Authorization/roleDefinitions/read'

export const roleDefinitionRoutes: readonly Route[] = ['/{scope*}', ''].flatMap((prefix): Route[] => [
  {
    method: 'GET',
    path: `${prefix}/providers/Microsoft.Authorization/roleDefinitions/{name}`,
    bucket: 'reads',
    action,
    handle: (_request, { scope = '', name = '' }, sim) => get(scope, name, sim),
  },
  {
    method: 'GET',
    path: `${prefix}/providers/Microsoft.Authorization/roleDefinitions`,
    bucket: 'reads',
    action,
    handle: (request, { scope = '' }, sim) => list(request, scope, sim),
  },
])

function get(scope: string, name: string, sim: Sim): SimResponse {
  const role = sim.estate.roleDefinitions.get(name.toLowerCase())
  if (role) return { status: 200, body: bodyOf(role, scope) }
  return failure(404, 'RoleDefinitionDoesNotExist', `The specified role definition with ID '${name}' does not exist.`)
}

/** `$filter`: `roleName eq '…'`, `type eq 'BuiltInRole'`, `atScopeAndBelow()`, joined by `and`. */
function list(request: SimRequest, scope: string, sim: Sim): SimResponse {
  const parts = (request.query.$filter ?? '').split(/\s+and\s+/i).filter((part) => part.trim() !== '')
  const tests = parts.map((part) => testOf(part.trim()))
  const known = tests.filter((test) => test !== undefined)
  if (known.length < tests.length) {
    return failure(400, 'UnsupportedQuery', `The filter '${request.query.$filter}' is not supported.`)
  }
  const found = [...sim.estate.roleDefinitions.values()].filter((role) => known.every((test) => test(role)))
  return listAnswer(sim, request, found, (role) => bodyOf(role, scope), { pageSize })
}

function testOf(part: string): ((role: SimRoleDefinition) => boolean) | undefined {
  if (/^atScopeAndBelow\(\)$/i.test(part)) return () => true
  const [, property, value = ''] = /^(roleName|type)\s+eq\s+'([^']*)'$/i.exec(part) ?? []
  if (property === undefined) return undefined
  const key = property.toLowerCase() === 'type' ? 'type' : 'roleName'
  return (role) => role[key].toLowerCase() === value.toLowerCase()
}

function bodyOf(role: SimRoleDefinition, scope: string) {
  const subscription = /^subscriptions\/[^/]+/i.exec(scope)?.[0]
  const permission = {
    actions: role.actions,
    notActions: role.notActions ?? [],
    dataActions: role.dataActions,
    notDataActions: role.notDataActions ?? [],
  }
  return {
    properties: {
      roleName: role.roleName,
      type: role.type,
      description: role.roleName,
      assignableScopes: role.assignableScopes ?? ['/'],
      permissions: [permission],
    },
    id: `${subscription === undefined ? '' : `/${subscription}`}/providers/Microsoft.Authorization/roleDefinitions/${role.name}`,
    type: 'Microsoft.Authorization/roleDefinitions',
    name: role.name,
  }
}
