/** Role assignments and definitions, api-version 2022-04-01. They are global: no region has to be alive for this. */
import { v5 as uuidOf } from 'uuid'
import { idKey } from '../core/arm-id.ts'
import type { Answer } from '../core/fault.ts'
import type { RoleAssignment } from '../model/azure.ts'
import type { Access, Fence, Grant } from '../ports/gateways.ts'
import { roleAssignmentOf, roleDefinitionOf } from './access-shapes.ts'
import { asWrittenPages, done, readAllAs } from './calls.ts'
import type { AzureClients } from './clients.ts'
import { gone, misnamed } from './outcomes.ts'
import { lastOf } from './wire.ts'

/** The rights this gateway needs; a condition should limit write and delete to the role that is moved. */
export const actions: readonly string[] = [
  'Microsoft.Authorization/roleAssignments/delete',
  'Microsoft.Authorization/roleAssignments/read',
  'Microsoft.Authorization/roleAssignments/write',
  'Microsoft.Authorization/roleDefinitions/read',
]

type Azure = Pick<AzureClients, 'authorization' | 'calls'>

export function createAccess(azure: Azure): Access {
  const { authorization, calls } = azure
  return {
    assignments: (scope) => list(azure, scope, atScope),
    async assignmentsWithin(scope) {
      // Whether the list without a filter has what is inherited from above is said nowhere: it is asked for by itself.
      const [within, above] = await Promise.all([list(azure, scope, {}), list(azure, scope, atScope)])
      if (within.kind !== 'ok') return within
      if (above.kind !== 'ok') return above
      const all = [...within.value, ...above.value].map((assignment) => [idKey(assignment.id), assignment] as const)
      return { kind: 'ok', value: [...new Map(all).values()] }
    },
    grant: (assignment, fence) => grant(azure, assignment, fence),
    async revoke(assignmentId, fence) {
      const at = scopeOf(assignmentId)
      if (!at) return misnamed(assignmentId)
      const { roleAssignments } = authorization(at.subscription)
      return gone(await calls.write(fence, () => roleAssignments.deleteById(at.path)))
    },
    async rolesThatUseApplications(scope) {
      const at = scopeOf(scope)
      if (!at) return misnamed(scope)
      const { roleDefinitions } = authorization(at.subscription)
      const listing = await calls.all(() => roleDefinitions.list(at.path, asWrittenPages).byPage())
      const roles = readAllAs(listing, 'A role definition', roleDefinitionOf)
      if (roles.kind !== 'ok') return roles
      const using = roles.value.filter(({ usesApplications }) => usesApplications)
      return { kind: 'ok', value: using.map(({ role }) => role) }
    },
  }
}

/** At this scope and above, where access is inherited from; without the filter those below come too. */
const atScope = { filter: 'atScope()' } as const

async function list(
  { authorization, calls }: Azure,
  scope: string,
  filter: { readonly filter?: string },
): Promise<Answer<readonly RoleAssignment[]>> {
  const at = scopeOf(scope)
  if (!at) return misnamed(scope)
  const { roleAssignments } = authorization(at.subscription)
  const options = { ...filter, ...asWrittenPages }
  const listing = await calls.all(() => roleAssignments.listForScope(at.path, options).byPage())
  return readAllAs(listing, 'A role assignment', roleAssignmentOf)
}

async function grant({ authorization, calls }: Azure, assignment: Grant, fence: Fence): Promise<Answer<void>> {
  const { scope, name = nameOf(assignment), roleDefinitionId, principalType, ...rest } = assignment
  const at = scopeOf(scope)
  if (!at) return misnamed(scope)
  const { roleAssignments } = authorization(at.subscription)
  // With the type given, a principal that is not known everywhere yet is accepted ("Troubleshoot Azure RBAC").
  const parameters = {
    ...rest,
    ...(principalType === 'Unknown' ? {} : { principalType }),
    roleDefinitionId: definitionId(roleDefinitionId, at.subscription),
  }
  const answer = await calls.write(fence, () => roleAssignments.create(at.path, name, parameters))
  const exists = answer.kind === 'refused' && /^RoleAssignmentExists$/i.test(answer.fault.azureCode ?? '')
  return exists ? { kind: 'ok', value: undefined } : done(answer)
}

/** Made up once, never to change: names derived with another would be other assignments. */
const namespace = '5f0c2c8e-6f0b-4d6b-9b57-2f6d5b0e4a11'

/** The same for the same scope, principal and role, so that a repeated grant is the same assignment. */
const nameOf = ({ scope, principalId, roleDefinitionId }: Grant): string =>
  uuidOf([idKey(scope), principalId, lastOf(roleDefinitionId)].join('|').toLowerCase(), namespace)

const definitionId = (role: string, subscription: string): string =>
  role.includes('/') ? role : `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`

/** The client puts it into the address as it stands, after a slash of its own: nothing that would lead elsewhere gets there. */
function scopeOf(scope: string): { readonly subscription: string; readonly path: string } | undefined {
  const path = scope.replace(/^\/+/, '')
  const subscription = /^subscriptions\/([^/]+)/i.exec(path)?.[1]
  const isPlain = !/[?#\\%]/.test(path) && !path.split('/').some((part) => part === '' || part === '.' || part === '..')
  return subscription && isPlain ? { subscription, path } : undefined
}
