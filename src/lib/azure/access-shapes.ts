import { desktopVirtualizationUser, type RoleAssignment } from '../model/azure.ts'
import { list, record, text, texts } from './wire.ts'

/** Undefined where anything is missing without which it could not be put back. */
export function roleAssignmentOf(value: unknown): RoleAssignment | undefined {
  const assignment = record(value)
  const properties = record(assignment?.properties) ?? {}
  const id = text(assignment?.id)
  const name = text(assignment?.name)
  const principalId = text(properties.principalId)
  const roleDefinitionId = text(properties.roleDefinitionId)
  if (!id || !name || !principalId || !roleDefinitionId) return undefined
  const condition = text(properties.condition)
  const conditionVersion = text(properties.conditionVersion)
  const description = text(properties.description)
  return {
    id,
    name,
    scope: text(properties.scope) ?? scopeOf(id),
    principalId,
    principalType: text(properties.principalType) ?? 'Unknown',
    roleDefinitionId,
    ...(condition === undefined ? {} : { condition }),
    ...(conditionVersion === undefined ? {} : { conditionVersion }),
    ...(description === undefined ? {} : { description }),
  }
}

const scopeOf = (id: string) => id.replace(/\/providers\/Microsoft\.Authorization\/roleAssignments\/[^/]+$/i, '') || '/'

/** The right that the role Desktop Virtualization User consists of. */
const useApplications = 'Microsoft.DesktopVirtualization/applicationGroups/useApplications/action'

export type RoleDefinition = { readonly role: string; readonly usesApplications: boolean }

/** `role` is the definition's GUID in lower case. */
export function roleDefinitionOf(value: unknown): RoleDefinition | undefined {
  const definition = record(value)
  const role = text(definition?.name)?.toLowerCase()
  if (!role) return undefined
  const usesApplications = list(record(definition?.properties)?.permissions).some((permission) => {
    const { dataActions, notDataActions } = record(permission) ?? {}
    return covers(dataActions, useApplications) && !covers(notDataActions, useApplications)
  })
  return { role, usesApplications: usesApplications || role === desktopVirtualizationUser }
}

/** Actions may hold `*` anywhere, and letter case does not matter ("Understand Azure role definitions"). */
function covers(patterns: unknown, action: string): boolean {
  return texts(patterns).some((pattern) => {
    const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
    return new RegExp(`^${escaped}$`, 'i').test(action)
  })
}
