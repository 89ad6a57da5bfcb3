/** What a caller asks of planning. Parsed at the edge with this schema. */
import { z } from 'zod'
import { hours } from '../core/time.ts'
import {
  applicationGroupName,
  duration,
  findingName,
  hostName,
  messageBody,
  pairId,
  recoveryPointId,
} from './fields.ts'
import { recoveryPoints } from './replicated.ts'

/** One operation moves at most a whole host pool: 10,000 session hosts (Azure Virtual Desktop limits). */
const hosts = z.array(hostName).max(10_000)

const kinds = [
  'failover',
  'failback',
  'reprotect',
  'restoreExtensions',
  'commit',
  'changeRecoveryPoint',
  'align',
] as const

/** Two machines of one identity would ask AVD's control plane for their host (learn.microsoft.com, multiregion BCDR). */
const noTestFailover =
  'testFailover is refused for session hosts: a second machine of the same identity would register with the control plane and take the desktop away from its user. There is no override'

/** What is about machines that have moved already: one side of the pair, and nobody is moved. */
const ofOneSide: ReadonlySet<string> = new Set(['reprotect', 'restoreExtensions', 'commit', 'changeRecoveryPoint'])

const fields = z.strictObject({
  pairId,
  kind: z.enum(kinds, {
    error: ({ input }) =>
      typeof input === 'string' && /^test_?failover$/i.test(input)
        ? noTestFailover
        : `needs one of ${kinds.join(', ')}`,
  }),
  /** The primary does not answer: nothing waits for it, and only what is unsafe refuses. */
  primaryIsDown: z.boolean().default(false),
  /** Hosts that may stay behind, by name. */
  acceptOut: z.union([z.literal('all'), hosts]).default([]),
  /** Primary application groups, by name, when not all of the pair are to move. */
  applicationGroups: z.array(applicationGroupName).min(1).max(500).exactOptional(),
  /** Nobody is in a group that moves and in one that stays: said by the caller, for members are not read. */
  groupsShareNobody: z.boolean().exactOptional(),
  /** Hosts by name, when not all of the pair are to move. */
  hosts: hosts.min(1).exactOptional(),
  /** Where the machines run. Default: the side where most of those run that it is about. */
  side: z.enum(['primary', 'secondary']).exactOptional(),
  /** Instead of the plan's. A whole id is of one machine alone. */
  recoveryPoint: z.union([z.enum(recoveryPoints), z.strictObject({ id: recoveryPointId })]).exactOptional(),
  /** Grant although sessions on a dead primary cannot be proven gone. Approved by itself. */
  grantWithoutSignOutProof: z.boolean().default(false),
  /** Instead of the plan's, e.g. `0 s`. */
  grace: duration(0, hours(4)).exactOptional(),
  /** Drift findings that are not to hold a move up: each by its own id or its rule's, and why. On record with the hash. */
  overrides: z
    .array(z.strictObject({ finding: findingName, reason: messageBody }))
    .max(100)
    .exactOptional(),
  /** Of an `align`: drift findings to put right, each by its own id. */
  findings: z.array(findingName).min(1).max(500).exactOptional(),
})

export const operationRequestSchema = fields.check(({ value, issues }) => {
  for (const { path, message } of conflictsIn(value))
    issues.push({ code: 'custom', message, path: [path], input: value })
})

export type OperationRequest = z.output<typeof fields>

/** What may be asked for beside the wake-ups of standby hosts. */
export type RequestKind = OperationRequest['kind']

/** A fix is about one side, one finding, and whatever is there: nothing else is to be said. */
const notOfFixes = [
  'side',
  'hosts',
  'applicationGroups',
  'groupsShareNobody',
  'recoveryPoint',
  'overrides',
  'grace',
] as const

type Conflict = { readonly path: string; readonly message: string }

function conflictsIn(request: OperationRequest): readonly Conflict[] {
  const { kind, findings } = request
  if (kind !== 'align') {
    const misplaced = { path: 'findings', message: `is not for ${kind}: findings are put right by align` }
    return [...(findings === undefined ? [] : [misplaced]), ...conflictsOfMoves(request)]
  }
  return [
    ...(findings === undefined ? [{ path: 'findings', message: 'is needed: what is to be put right' }] : []),
    ...notOfFixes.filter((path) => request[path] !== undefined).map((path) => ({ path, message: 'is not for align' })),
    ...(['primaryIsDown', 'grantWithoutSignOutProof'] as const)
      .filter((path) => request[path])
      .map((path) => ({ path, message: 'is not for align' })),
  ]
}

function conflictsOfMoves({
  kind,
  side,
  recoveryPoint,
  overrides,
  hosts: named,
}: OperationRequest): readonly Conflict[] {
  const conflicts: Conflict[] = []
  if (side !== undefined && !ofOneSide.has(kind))
    conflicts.push({ path: 'side', message: `is not for a ${kind}: its direction is its kind` })
  if (recoveryPoint !== undefined && ofOneSide.has(kind) && kind !== 'changeRecoveryPoint')
    conflicts.push({ path: 'recoveryPoint', message: `is not for ${kind}` })
  if (recoveryPoint === undefined && kind === 'changeRecoveryPoint')
    conflicts.push({ path: 'recoveryPoint', message: 'is needed: the point to change to' })
  if (overrides !== undefined && kind !== 'failover' && kind !== 'failback')
    conflicts.push({ path: 'overrides', message: `is not for ${kind}: no finding holds it up` })
  if (typeof recoveryPoint === 'object' && named?.length !== 1)
    conflicts.push({
      path: 'recoveryPoint',
      message: 'with an id needs exactly one name in hosts: a point is of one machine',
    })
  return conflicts
}
