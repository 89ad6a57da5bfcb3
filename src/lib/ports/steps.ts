/** What a step is given and what it gives back. */
import type { Answer } from '../core/fault.ts'
import type { Instant, Millis } from '../core/time.ts'
import type { OperationSpec, Side, Subject } from '../machine/spec.ts'
import type { Begun, Look, StepLimits, StepMemo } from '../machine/step.ts'
import type {
  PowerState,
  ReplicatedItem,
  ReplicationJob,
  RoleAssignment,
  SessionHost,
  UserSession,
} from '../model/azure.ts'
import type { Fence, Gateways } from './gateways.ts'

/**
 * A listing that answers many looks, and when it was started. `newerAfter`: somebody is making another one, which takes
 * long, and it is expected after so many milliseconds; asking earlier brings nothing.
 */
export type Listed<T> = { readonly value: T; readonly startedAt: Instant; readonly newerAfter?: Millis }

/**
 * Listings shared by all looks of all processes (design rule 9). `notBefore`: an older listing will not do; a new one is
 * made, but not more often than every 2 s a list, so `startedAt` may still be earlier: compare before concluding.
 */
export type FleetView = {
  readonly sessionHosts: (
    poolId: string,
    notBefore?: Instant,
  ) => Promise<Answer<Listed<ReadonlyMap<string, SessionHost>>>>
  /** By host name in lower case; a host without sessions is missing from it. */
  readonly userSessions: (
    poolId: string,
    notBefore?: Instant,
  ) => Promise<Answer<Listed<ReadonlyMap<string, readonly UserSession[]>>>>
  /** By `idKey` of the VM. */
  readonly powerStates: (
    subscription: string,
    notBefore?: Instant,
  ) => Promise<Answer<Listed<ReadonlyMap<string, PowerState>>>>
  /** By `idKey` of the item. */
  readonly replicatedItems: (
    vaultId: string,
    notBefore?: Instant,
  ) => Promise<Answer<Listed<ReadonlyMap<string, ReplicatedItem>>>>
  readonly jobs: (vaultId: string, notBefore?: Instant) => Promise<Answer<Listed<readonly ReplicationJob[]>>>
  readonly assignments: (scope: string, notBefore?: Instant) => Promise<Answer<Listed<readonly RoleAssignment[]>>>
  /** At a resource group, above it, and of everything in it. */
  readonly assignmentsWithin: (
    resourceGroup: string,
    notBefore?: Instant,
  ) => Promise<Answer<Listed<readonly RoleAssignment[]>>>
  /** For begins, which have to leave soon: whatever takes long is not listed anew. Missing: as above. */
  readonly atOnce?: Omit<FleetView, 'atOnce'>
  /** One host. Where listing all of the pool takes long, it is read by itself; undefined: it is not there. Missing: as above. */
  readonly sessionHostOf?: (
    poolId: string,
    host: string,
    notBefore: Instant,
  ) => Promise<Answer<Listed<SessionHost | undefined>>>
  /** The sessions of one host, in the same way. */
  readonly userSessionsOf?: (
    poolId: string,
    host: string,
    notBefore: Instant,
  ) => Promise<Answer<Listed<readonly UserSession[]>>>
  /** The power of one VM, in the same way. */
  readonly powerStateOf?: (
    subscription: string,
    vmId: string,
    notBefore: Instant,
  ) => Promise<Answer<Listed<PowerState | undefined>>>
}

/** What tasks of one consistency group agree on, so that nobody turns back while the others begin. */
export type GroupView = {
  /** `begun`: by the first one, for all. `back`: nobody is to begin; what was begun before shows by `since` at the latest. */
  readonly state: () => Promise<
    { readonly kind: 'open' | 'begun' } | { readonly kind: 'back'; readonly since: Instant }
  >
  /** `waiting`: at this step, and looked. `beyond`: arrived without the others. `gone`: turned back or failed. */
  readonly mate: (key: string) => Promise<'coming' | 'waiting' | 'beyond' | 'gone'>
  /** False: somebody has turned back, and nothing may be begun. */
  readonly begin: () => Promise<boolean>
  /** What was begun was refused, for certain. */
  readonly reopen: () => Promise<void>
}

/** The task as a step sees it. */
export type StepContext = {
  readonly spec: OperationSpec
  readonly subject: Subject
  readonly side: Side
  readonly operationId: string
  /** Other assignment tasks of the operation, for the barrier. */
  readonly now: Instant
  /** When this step was entered. */
  readonly enteredAt: Instant
  /** When its latest attempt was begun, if any. */
  readonly begunAt?: Instant
  /** Before this nobody is let onto the side that is entered: access revoked there earlier may still be in force. */
  readonly letInFrom?: Instant
  /** The hosts of the side that is entered were given back to its scaling plan (stage `handBack`). */
  readonly isHandedBack?: true
  /** Attempts begun so far; of the part, where the step has parts. */
  readonly attempt: number
  /** See `Look.part`: as the latest look had it. */
  readonly part?: string
  readonly partSince?: Instant
  readonly memo: StepMemo
  /** Of a desktop that moves together with others. */
  readonly group?: GroupView
  /** What the steps before found out (`Look.facts`). */
  readonly facts?: StepMemo
  readonly fleet: FleetView
  readonly gateways: Gateways
}

export type Step = {
  readonly limits: StepLimits
  readonly look: (context: StepContext) => Promise<Look>
  /** Undefined for a step that only waits. Sends at most a bounded number of writes, each within the fence. */
  readonly begin?: (context: StepContext, fence: Fence) => Promise<Begun>
  /** Limiter key for a paced step, `<subscription>/<region>` in lower case. */
  readonly limiter?: (context: StepContext) => string
  /** Of a paced step: how many slots one begin takes. Missing: one. */
  readonly slots?: (context: StepContext) => number
}

/** How long one begin may take in all, its calls together. */
export const beginBudget: Millis = 20_000
