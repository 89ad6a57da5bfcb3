/** The immutable result of planning: what an operation will do, to what, in which order. Stored by content hash. */
import type { OperationKind } from '../core/operation-kind.ts'
import type { Millis } from '../core/time.ts'
import type { AssignmentSpec, Side, Subject } from './subject.ts'

export type { AssignmentSpec, OperationKind, Side, Subject }

/** Who may take a pair over from whom: the lower number wins (design §3, precedence). */
export const rank: Readonly<Record<OperationKind, number>> = {
  failover: 1,
  failback: 1,
  changeRecoveryPoint: 1,
  commit: 2,
  restoreExtensions: 2,
  reprotect: 3,
  drill: 4,
  keepAlive: 5,
  align: 6,
}

/** What has no business on the side where people work: its target is the other one. */
export const isOfIdleSide = (kind: OperationKind): boolean => kind === 'keepAlive' || kind === 'align'

export type StepName =
  | 'disableScalingPlan'
  | 'enableScalingPlan'
  | 'disableStartOnConnect'
  | 'enableStartOnConnect'
  | 'excludeFromScaling'
  | 'includeInScaling'
  | 'startVm'
  | 'deallocateVm'
  | 'awaitHost'
  | 'undrainHost'
  | 'drainHost'
  | 'messageUsers'
  | 'awaitGrace'
  | 'signOutUsers'
  | 'revokeAccess'
  | 'restoreAccess'
  | 'grantAccess'
  | 'verifyAccess'
  | 'failoverVm'
  | 'awaitVm'
  | 'commitFailover'
  | 'inspectHost'
  | 'awaitAgent'
  | 'patchVm'
  | 'stayOn'
  | 'removeHost'
  | 'redeployVm'
  | 'restoreExtensions'
  | 'reprotectVm'
  | 'changeRecoveryPoint'
  | 'setPoolProperty'
  | 'restorePoolProperty'
  | 'copyApplicationGroup'
  | 'copyApplication'
  | 'revokeStrayAccess'

/** A step on one side of the pair, as a runbook lists it. */
export type StepCall = {
  readonly step: StepName
  readonly side: Side
  /** Compensates this step once it has been begun; recorded before the begin. */
  readonly undo?: StepName
  /** Where the compensation works, when not on this step's own side. */
  readonly undoSide?: Side
  /** False: best effort. What cannot be reached or proven by the step's timeout is passed over, by name. */
  readonly required: boolean
  /** What a lasting failure of this step does to the task: `turnBack` compensates, `goOn` continues to the safe end. */
  readonly onFailure: 'turnBack' | 'goOn'
}

export type StageName =
  | 'secure'
  | 'capacity'
  | 'announce'
  | 'revoke'
  | 'leave'
  | 'grant'
  | 'verify'
  | 'settle'
  | 'handBack'
  | 'standDown'
  | 'desktops'
  | 'wake'
  | 'putBack'
  | 'repair'
  | 'protect'
  | 'extensions'
  | 'commit'
  | 'repoint'
  | 'access'
  | 'autoscale'
  | 'startOnConnect'
  | 'drain'
  | 'settings'
  | 'applicationGroups'
  | 'applications'

/** `succeeded`: every task, none failed. `over`: nothing open any more. `capacity`: enough tasks succeeded. */
export type StageGate = {
  readonly stage: StageName
  readonly when: 'succeeded' | 'over' | 'capacity'
  /** Counted from the moment the gate began to hold, in milliseconds. */
  readonly delay?: Millis
}

/** What the operation does when a stage cannot succeed. */
export type StageTrouble = 'turnBack' | 'ask' | 'goOn'

export type StageSpec = {
  readonly name: StageName
  readonly after: readonly StageGate[]
  readonly steps: readonly StepCall[]
  /** In the order of release. */
  readonly tasks: readonly Subject[]
  /** Tasks released together; undefined: all at once. */
  readonly batchSize?: number
  /** Between the releases of two batches, in milliseconds. */
  readonly batchInterval?: Millis
  readonly trouble: StageTrouble
  /** Opening this stage is the operation's point of no return. */
  readonly pointOfNoReturn?: true
  /** Index into `steps`: a task that has begun this step and whose step did not fail runs on to its safe end. */
  readonly taskPointOfNoReturn?: number
  /** A task that has come to its end takes back what it has begun itself, and nothing else: the host is left as it was found. */
  readonly putsBack?: true
}

export type SideSpec = {
  readonly subscription: string
  readonly resourceGroup: string
  readonly hostPoolId: string
  readonly region: string
  /** Resource group ids or names are kept out on purpose: a step names a VM by its whole id. */
  readonly exclusionTag?: string
}

/** `latest` processes what has arrived first: least data lost. A whole id: of one VM alone. */
export type RecoveryPointChoice =
  | 'latest'
  | 'latestProcessed'
  | 'latestAppConsistent'
  | 'latestCrashConsistent'
  | { readonly id: string }

/** What one machine's extensions need after a failover, as planning found out. Done in this order, one at a time. */
export type ExtensionWork = {
  readonly restore: readonly ExtensionToRestore[]
  /** For a person, by name: named in the report. */
  readonly manual: readonly { readonly name: string; readonly reason: string }[]
  /** On purpose; not in the report's list of what is missing. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[]
  readonly associations: readonly {
    readonly name: string
    readonly ruleId?: string
    readonly endpointId?: string
  }[]
}

/** Machines that one recovery plan fails over together. */
export type ConsistencyGroup = {
  readonly name: string
  readonly planId: string
  readonly planName: string
  /** All of them, by key: the first one begins for all. */
  readonly mates: readonly {
    readonly key: string
    readonly host: string
    readonly itemId: string
    readonly sourceVmId: string
  }[]
}

export type ExtensionToRestore = {
  readonly name: string
  readonly publisher: string
  readonly type: string
  readonly version: string
  readonly autoUpgradeMinorVersion?: boolean
  readonly enableAutomaticUpgrade?: boolean
  /** JSON with its keys in order. */
  readonly settings?: string
  readonly protectedSettingsFromKeyVault?: { readonly secretUrl: string; readonly vaultId: string }
  /** How long Azure gives it: 20 min, 90 min for scripts (VM extensions overview). */
  readonly timeLimit: Millis
}

export type KeepAliveLimits = {
  /** From the first heartbeat to the deallocation. */
  readonly stayOn: Millis
  /** From the start to the deallocation, whatever happens. */
  readonly maxOnTime: Millis
  readonly patches: 'none' | 'assess' | 'install'
  /** Id of the template spec version that hosts are made of anew. Undefined: none is replaced. */
  readonly template?: string
}

export type OperationSpec = {
  readonly v: 1
  readonly kind: OperationKind
  readonly pairId: string
  readonly strategy: string
  readonly planName: string
  readonly primary: SideSpec
  readonly secondary: SideSpec
  /** Where users go. */
  readonly target: Side
  readonly vaultId?: string
  readonly primaryIsDown: boolean
  readonly grantWithoutSignOutProof: boolean
  readonly limits: {
    readonly batchSize: number
    readonly batchInterval: Millis
    readonly grace: Millis
    /** Hosts that must be ready before access moves. */
    readonly minimumCapacity: number
    readonly capacityDeadline: Millis
    /** Best effort on a dead side ends after this. */
    readonly deadSideDeadline: Millis
  }
  readonly message: { readonly title: string; readonly body: string }
  readonly recoveryPoint: RecoveryPointChoice
  /** What is to be restored on machines that were failed over; many desktops have the same. */
  readonly extensionWork?: readonly ExtensionWork[]
  readonly consistencyGroups?: readonly ConsistencyGroup[]
  /** Storage accounts replication goes through, by the side whose region they are in. Of a `reprotect`. */
  readonly cacheStorage?: Readonly<Partial<Record<Side, string>>>
  /** What is noted down for each desktop that has arrived, when a `failover` or `failback` is over. */
  readonly followUps?: {
    readonly reprotect?: true
    /** The commit is a person's, who is reminded this often. */
    readonly commitReminder?: { readonly remindEvery: Millis }
  }
  /** Of an `align`: fingerprints of the findings it puts right. */
  readonly findings?: readonly string[]
  /** Of a `keepAlive`. */
  readonly keepAlive?: KeepAliveLimits
  /** Role definition ids (GUIDs) that count as access to an application group. */
  readonly accessRoles: readonly string[]
  /** Application group ids of the two sides. */
  readonly applicationGroups: Readonly<Record<Side, readonly string[]>>
  /** Principal ids of all the plan's groups, where access moves: none of them may have both sides, planned or not. */
  readonly groups?: readonly string[]
  /** Session hosts of both sides: how many there are in all, for the report. */
  readonly stages: readonly StageSpec[]
  /** Left out by name, with the reason. Never begun. */
  readonly out: readonly { readonly host: string; readonly code: string; readonly reason: string }[]
  /** What would refuse, and is accepted with the hash of this spec; `reason`: of what the request overrides. */
  readonly accepted?: readonly {
    readonly code: string
    readonly subjects: readonly string[]
    readonly reason?: string
  }[]
}
