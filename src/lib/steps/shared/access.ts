/** Who may use which side, as the role assignments in force say. */
import { idKey, sameId } from '../../core/arm-id.ts'
import type { Fault } from '../../core/fault.ts'
import type { Instant } from '../../core/time.ts'
import type { AssignmentSpec, OperationSpec, Side, Subject } from '../../machine/spec.ts'
import { desktopVirtualizationUser, type RoleAssignment } from '../../model/azure.ts'
import type { StepContext } from '../../ports/steps.ts'
import { faulted } from './look.ts'
import { type Read, readListing, together } from './read.ts'
import { leftSide } from './subject.ts'

type AssignmentSubject = Extract<Subject, { kind: 'assignment' }>

/** What is in force at one scope, inherited included. */
export const readAccess = (
  context: StepContext,
  scope: string,
  since: Instant,
): Promise<Read<readonly RoleAssignment[]>> =>
  readListing(context, since, (notBefore) => context.fleet.assignments(scope, notBefore))

/** Every access that somebody this operation moves has to a side: at its application groups and wherever the spec assigns. */
export async function readAccessToSide(
  context: StepContext,
  side: Side,
  since: Instant,
): Promise<Read<readonly RoleAssignment[]>> {
  const { spec } = context
  const scopes = scopesOf(spec, side)
  if (scopes.length === 0) return { kind: 'unread', look: faulted(context.now, nothingToRead(side)) }
  const read = together(await Promise.all(scopes.map((scope) => readAccess(context, scope, since))), context.now)
  if (read.kind === 'unread') return read
  const principals = new Set(assignmentSubjects(spec).map(({ principalId }) => principalId.toLowerCase()))
  const roles = accessRolesOf(spec)
  const moved = ({ principalId, roleDefinitionId }: RoleAssignment) =>
    principals.has(principalId.toLowerCase()) && roles.has(roleKey(roleDefinitionId))
  return { ...read, value: read.value.flat().filter(moved) }
}

/** One spelling a scope. */
function scopesOf(spec: OperationSpec, side: Side): readonly string[] {
  const assigned = assignmentSubjects(spec).flatMap(({ revoke, grant }) =>
    side === leftSide(spec) ? (revoke ? [revoke.scope] : []) : [grant.scope],
  )
  const all = [...spec.applicationGroups[side], ...assigned]
  return [...new Map(all.map((scope) => [idKey(scope), scope])).values()]
}

/** Of every stage, each once. */
export function assignmentSubjects(spec: OperationSpec): readonly AssignmentSubject[] {
  const all = spec.stages.flatMap(({ tasks }) => tasks).filter((subject) => subject.kind === 'assignment')
  return [...new Map(all.map((subject) => [subject.key, subject])).values()]
}

/** The spec's roles, and those it moves, so that a short list cannot make the barrier blind. */
export function accessRolesOf(spec: OperationSpec): ReadonlySet<string> {
  const moved = assignmentSubjects(spec).flatMap(({ revoke, grant }) => [revoke, grant])
  const ids = moved.flatMap((assignment) => assignment?.roleDefinitionId ?? [])
  return new Set([...spec.accessRoles, desktopVirtualizationUser, ...ids].map(roleKey))
}

/** Made at the very scope, for this principal and role: what a grant makes and a revoke removes. */
export const isSameGrant = (seen: RoleAssignment, wanted: AssignmentSpec): boolean =>
  sameId(seen.scope, wanted.scope) &&
  seen.principalId.toLowerCase() === wanted.principalId.toLowerCase() &&
  roleKey(seen.roleDefinitionId) === roleKey(wanted.roleDefinitionId)

/** The GUID at the end: the path before it differs from subscription to subscription. */
export const roleKey = (roleDefinitionId: string): string => idKey(roleDefinitionId).split('/').at(-1) ?? ''

export const holder = ({ principalId, scope }: RoleAssignment): string => `${principalId} at ${scope}`

/** Where nothing is looked at, nothing is proven. */
const nothingToRead = (side: Side): Fault => ({
  code: 'unproven',
  message: `The operation names no application group of the ${side} side`,
  retryable: false,
})
