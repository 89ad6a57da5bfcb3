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

/**
 * Every access that somebody this operation moves, or another group of the plan, has to a side: at its application groups
 * and wherever the spec assigns. Planning may have missed one of them, and people are in several.
 */
export async function readAccessToSide(
  context: StepContext,
  side: Side,
  since: Instant,
): Promise<Read<readonly RoleAssignment[]>> {
  const { scopes, principals, roles } = movesOf(context.spec)
  if (scopes[side].length === 0) return { kind: 'unread', look: faulted(context.now, nothingToRead(side)) }
  const read = together(await readScopes(context, scopes[side], since), context.now)
  if (read.kind === 'unread') return read
  const moved = ({ principalId, roleDefinitionId }: RoleAssignment) =>
    principals.has(principalId.toLowerCase()) && roles.has(roleKey(roleDefinitionId))
  return { ...read, value: read.value.flat().filter(moved) }
}

/**
 * A list for each of very many scopes would be old before the last one is read: Azure's request buckets have no room for
 * them all within the age that a begin may rely on. Then it is one list for each of their resource groups.
 */
const manyScopes = 8

async function readScopes(
  context: StepContext,
  scopes: readonly string[],
  since: Instant,
): Promise<readonly Read<readonly RoleAssignment[]>[]> {
  const each = (some: readonly string[]) => some.map((scope) => readAccess(context, scope, since))
  const groups = [...Map.groupBy(scopes, (scope) => groupIn.exec(idKey(scope))?.[0] ?? '')]
  const reads = groups.map(async ([group, own]) => {
    if (group === '' || own.length <= manyScopes) return Promise.all(each(own))
    const read = await readListing(context, since, (notBefore) => context.fleet.assignmentsWithin(group, notBefore))
    if (read.kind === 'read') return [{ ...read, value: inForceAt(read.value, group, own) }]
    // The right to read there may be given for the application groups alone.
    const { seen } = read.look
    return seen.kind === 'couldNotLook' && seen.fault.code === 'forbidden' ? Promise.all(each(own)) : [read]
  })
  return (await Promise.all(reads)).flat()
}

const groupIn = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+/

/** Without those of other things in the group. */
function inForceAt(
  all: readonly RoleAssignment[],
  group: string,
  scopes: readonly string[],
): readonly RoleAssignment[] {
  const own = new Set(scopes.map(idKey))
  return all.filter(({ scope }) => own.has(idKey(scope)) || !idKey(scope).startsWith(`${group}/`))
}

/** Of every stage, each once. */
export const assignmentSubjects = (spec: OperationSpec): readonly AssignmentSubject[] => movesOf(spec).subjects

/** The spec's roles, and those it moves, so that a short list cannot make the barrier blind. */
export const accessRolesOf = (spec: OperationSpec): ReadonlySet<string> => movesOf(spec).roles

/** Of a group of the plan, and no task takes it away: planning did not see it. */
export function unplannedAccess(
  spec: OperationSpec,
  scope: string,
  seen: readonly RoleAssignment[],
): RoleAssignment | undefined {
  const { subjects, roles, principals } = movesOf(spec)
  return seen.find(
    (one) =>
      sameId(one.scope, scope) &&
      principals.has(one.principalId.toLowerCase()) &&
      roles.has(roleKey(one.roleDefinitionId)) &&
      !subjects.some(({ revoke }) => revoke !== undefined && isSameGrant(one, revoke)),
  )
}

type Moves = {
  readonly subjects: readonly AssignmentSubject[]
  readonly roles: ReadonlySet<string>
  readonly principals: ReadonlySet<string>
  /** One spelling each. */
  readonly scopes: Readonly<Record<Side, readonly string[]>>
}

/** Worked out once a spec: each look of thousands of tasks asks for it. */
const known = new WeakMap<OperationSpec, Moves>()

function movesOf(spec: OperationSpec): Moves {
  const moves = known.get(spec) ?? readMoves(spec)
  known.set(spec, moves)
  return moves
}

function readMoves(spec: OperationSpec): Moves {
  const { groups = [] } = spec
  const all = spec.stages.flatMap(({ tasks }) => tasks).filter((subject) => subject.kind === 'assignment')
  const subjects = [...new Map(all.map((subject) => [subject.key, subject])).values()]
  const ids = subjects.flatMap(({ revoke, grant }) => [revoke, grant].flatMap((each) => each?.roleDefinitionId ?? []))
  return {
    subjects,
    roles: new Set([...spec.accessRoles, desktopVirtualizationUser, ...ids].map(roleKey)),
    principals: new Set([...subjects.map(({ principalId }) => principalId), ...groups].map((id) => id.toLowerCase())),
    scopes: { primary: scopesOf(spec, subjects, 'primary'), secondary: scopesOf(spec, subjects, 'secondary') },
  }
}

function scopesOf(spec: OperationSpec, subjects: readonly AssignmentSubject[], side: Side): readonly string[] {
  const assigned = subjects.flatMap(({ revoke, grant }) =>
    side === leftSide(spec) ? (revoke ? [revoke.scope] : []) : [grant.scope],
  )
  const all = [...spec.applicationGroups[side], ...assigned]
  return [...new Map(all.map((scope) => [idKey(scope), scope])).values()]
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
