/** What the parts of the simulated Azure share. Nothing here is imported by `src`. */
import type { Instant, Millis } from '../../src/lib/core/time.ts'

/** A request as it reached the simulated Resource Manager. */
export type SimRequest = {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE' | 'HEAD'
  /** Path with doubled slashes collapsed, letter case as sent. */
  readonly path: string
  /** Query names in lower case (`$filter`, `api-version`, …). */
  readonly query: Readonly<Record<string, string>>
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Parsed JSON, undefined when there was none. */
  readonly body?: unknown
  /** Object id of the caller, taken from the bearer token. */
  readonly principal: string
}

export type SimResponse = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; a string is sent as it stands. */
  readonly body?: unknown
  /** How much later than usual the answer leaves, in milliseconds. */
  readonly delay?: Millis
}
/** `hang`: no answer ever; `reset`: the connection breaks. Either may have had its effect. */
export type SimAnswer = SimResponse | 'hang' | 'reset'

/** ARM's token bucket an operation is charged to. */
export type Bucket = 'reads' | 'writes' | 'deletes'
/** Compute's own policies (facts: Compute throttling limits). */
export type ComputePolicy = 'putVm' | 'updateVm' | 'deleteVm' | 'lowCostGet' | 'highCostGet' | 'getOperation'

/** One operation of one resource provider. `path` is a template, `{name}` matches one segment, `{name*}` one or more. */
export type Route = {
  readonly method: SimRequest['method']
  readonly path: string
  readonly bucket: Bucket
  readonly compute?: ComputePolicy
  /** `Microsoft.Compute/virtualMachines/start/action`: named in faults and in the ledger of calls. */
  readonly action: string
  readonly handle: (request: SimRequest, params: Readonly<Record<string, string>>, sim: Sim) => SimResponse
}

export type Provider = {
  readonly namespace: string
  readonly routes: readonly Route[]
  /** Versions this provider answers to; any well-formed one when left out. */
  readonly apiVersions?: readonly string[]
}

/** Seeded; the same seed gives the same world. */
export type Random = {
  /** [0, 1) */
  readonly next: () => number
  /** Uniform, both ends possible. */
  readonly between: (low: number, high: number) => number
  readonly pick: <T>(items: readonly T[]) => T
  readonly chance: (probability: number) => boolean
  /** An independent generator that does not disturb this one. */
  readonly fork: (label: string) => Random
  readonly uuid: () => string
}

/** Who did it, where it was a service itself and not a caller of Resource Manager: such starts are nobody's pace. */
export type Actor = 'scalingPlan' | 'startOnConnect' | 'siteRecovery'

/**
 * What really happened, with the time, written by the providers when something was accepted or took effect.
 * Tests judge this, never the product's own word.
 */
export type LedgerEvent = { readonly at: Instant } & (
  | {
      readonly kind: 'failoverAccepted' | 'commitAccepted'
      readonly item: string
      readonly vm: string
      readonly job: string
      readonly limiter: string
    }
  | {
      readonly kind: 'jobEnded'
      readonly job: string
      readonly vm: string
      readonly scenario: string
      readonly state: 'Succeeded' | 'Failed' | 'Cancelled'
      readonly errorCode?: string
    }
  | {
      readonly kind: 'startAccepted' | 'deallocateAccepted'
      readonly vm: string
      readonly limiter: string
      readonly by?: Actor
    }
  | {
      readonly kind: 'startEnded' | 'deallocateEnded'
      readonly vm: string
      readonly ok: boolean
      readonly errorCode?: string
    }
  | {
      readonly kind: 'granted' | 'revoked'
      readonly assignment: string
      readonly scope: string
      readonly principal: string
      readonly role: string
    }
  | {
      readonly kind: 'drainSet'
      readonly pool: string
      readonly host: string
      readonly allowNewSession: boolean
      readonly by?: Actor
    }
  | { readonly kind: 'hostReady' | 'hostGone'; readonly pool: string; readonly host: string }
  | {
      readonly kind: 'sessionOpened'
      readonly pool: string
      readonly host: string
      readonly user: string
      readonly session: string
    }
  | {
      readonly kind: 'sessionEnded'
      readonly pool: string
      readonly host: string
      readonly user: string
      readonly session: string
      /** The broker's list shows it until then. */
      readonly shownUntil?: Instant
    }
  | { readonly kind: 'messageSent'; readonly pool: string; readonly host: string; readonly user: string }
  | { readonly kind: 'tagsSet'; readonly vm: string; readonly tags: Readonly<Record<string, string>> }
  | { readonly kind: 'scalingPlanSet'; readonly plan: string; readonly pool: string; readonly enabled: boolean }
  | { readonly kind: 'startOnConnectSet'; readonly pool: string; readonly enabled: boolean }
  /** The assignment began, or ceased, to change what its principal can really do. */
  | {
      readonly kind: 'accessBegan' | 'accessEnded'
      readonly assignment: string
      readonly scope: string
      readonly principal: string
      readonly role: string
    }
  /** A bearer token was sent to a host that is not this Resource Manager. */
  | { readonly kind: 'tokenToForeignHost'; readonly host: string; readonly url: string }
)
/** The event without its time: `sim.ledger.write` adds it. */
export type LedgerEntry = LedgerEvent extends infer E ? (E extends { at: Instant } ? Omit<E, 'at'> : never) : never

/** Every request that reached Resource Manager, answered or not. */
export type CallRecord = {
  readonly at: Instant
  readonly principal: string
  readonly method: string
  readonly path: string
  readonly action: string
  readonly status: number
  /** `throttle`, or the injected fault's name. */
  readonly injected?: string
}

export type Ledger = {
  readonly write: (entry: LedgerEntry) => void
  readonly events: () => readonly LedgerEvent[]
  readonly record: (call: CallRecord) => void
  readonly calls: () => readonly CallRecord[]
}

/** How long things take and how reads lag; sampled per use from the seeded generator. Milliseconds, [low, high]. */
export type Timings = {
  readonly armLatency: readonly [Millis, Millis]
  readonly vmStart: readonly [Millis, Millis]
  readonly vmDeallocate: readonly [Millis, Millis]
  /** From a running VM to the agent's first heartbeat. */
  readonly agentBoot: readonly [Millis, Millis]
  readonly failover: readonly [Millis, Millis]
  readonly commit: readonly [Millis, Millis]
  readonly signOut: readonly [Millis, Millis]
  /** A write becomes visible to reads this much later: AVD, Compute power state, Site Recovery, role assignment lists. */
  readonly readLag: readonly [Millis, Millis]
  /** A role assignment changes what a user can really do this much later (documented: up to 10 minutes). */
  readonly accessPropagation: readonly [Millis, Millis]
}

/** What every provider gets. State is advanced lazily: before a request is handled, `agenda` runs all that is due. */
export type Sim = {
  readonly now: () => Instant
  readonly random: Random
  readonly timings: Timings
  readonly ledger: Ledger
  readonly agenda: {
    /** Runs `effect` at that simulated moment, in order of time; `now()` is that moment while it runs. */
    readonly at: (when: Instant, effect: () => void) => void
    /** Runs all effects due by `now()`. */
    readonly settle: () => void
  }
  /** Absolute origin of this Resource Manager, `https://management.sim.example`, for LRO and next-link URLs. */
  readonly origin: string
  readonly estate: Estate
  readonly faults: Faults
}

/** Seeded trouble. Providers ask; the kernel applies HTTP-level faults itself. */
export type Faults = {
  /** Asked by a provider when a long operation is accepted: the error it will end with, or undefined. */
  readonly operationFailure: (
    action: string,
    subject: string,
  ) => { readonly code: string; readonly message: string } | undefined
  /** How often each fault struck, by name. A chaos run that injected nothing fails. */
  readonly counts: () => Readonly<Record<string, number>>
}

export type Change<T> = { readonly value: T; readonly at: Instant; readonly shownFrom: Instant }

/** A value whose changes become visible to reads only after a lag. */
export type Lagged<T> = {
  /** The truth. */
  readonly now: () => T
  /** What a read started at this moment is shown. */
  readonly seen: () => T
  readonly set: (value: T) => void
  /** Every change, oldest first, and when reads began to show it: benchmarks judge waits by it. */
  readonly changes: () => readonly Change<T>[]
}

export type SimUser = { readonly name: string; readonly id: string; readonly groups: readonly string[] }
export type SimGroup = { readonly id: string; readonly name: string }

export type SimRoleAssignment = {
  readonly id: string
  readonly name: string
  readonly scope: string
  readonly principalId: string
  readonly principalType: 'Group' | 'User' | 'ServicePrincipal'
  readonly roleDefinitionId: string
  readonly condition?: string
  readonly conditionVersion?: string
  readonly description?: string
}

export type SimRoleDefinition = {
  /** GUID. */
  readonly name: string
  readonly roleName: string
  readonly type: 'BuiltInRole' | 'CustomRole'
  readonly actions: readonly string[]
  readonly notActions?: readonly string[]
  readonly dataActions: readonly string[]
  readonly notDataActions?: readonly string[]
  readonly assignableScopes?: readonly string[]
}

export type SimHostPool = {
  readonly id: string
  readonly name: string
  readonly subscription: string
  readonly resourceGroup: string
  readonly location: string
  readonly hostPoolType: 'Pooled' | 'Personal'
  readonly maxSessionLimit: number
  startVMOnConnect: boolean
}

export type SimApplicationGroup = {
  readonly id: string
  readonly name: string
  readonly location: string
  readonly hostPoolId: string
  readonly type: 'Desktop' | 'RemoteApp'
}

export type SimScalingPlan = {
  readonly id: string
  readonly name: string
  readonly location: string
  readonly exclusionTag: string
  readonly pools: { hostPoolId: string; enabled: boolean }[]
}

export type SimPower = 'running' | 'starting' | 'deallocating' | 'deallocated' | 'stopped'

export type SimVm = {
  readonly id: string
  readonly name: string
  readonly subscription: string
  readonly resourceGroup: string
  readonly location: string
  readonly zone?: string
  readonly size: string
  readonly vmId: string
  readonly power: Lagged<SimPower>
  readonly tags: Lagged<Readonly<Record<string, string>>>
  /** Failed over by Site Recovery: `createOption: Attach`, no extensions. */
  readonly failedOver: boolean
}

export type SimSession = {
  readonly id: string
  readonly user: string
  readonly openedAt: Instant
  readonly state: 'Active' | 'Disconnected'
}

export type SimSessionHost = {
  readonly name: string
  readonly pool: string
  readonly allowNewSession: Lagged<boolean>
  /** The VM the agent runs on now; a failover changes it. */
  vm: string
  readonly assignedUser?: string
  /** Last moment the AVD token was refreshed; dead 90 days after. */
  tokenFrom: Instant
  readonly status: Lagged<'Available' | 'Unavailable' | 'Shutdown' | 'NeedsAssistance' | 'NoHeartbeat'>
  /** Set while the agent runs: heartbeats every 30 s from this moment. */
  beatingSince?: Instant
  lastHeartbeat?: Instant
  readonly sessions: Map<string, SimSession>
}

export type SimReplicatedItem = {
  readonly id: string
  readonly name: string
  readonly vault: string
  readonly fabric: string
  readonly container: string
  readonly vm: string
  readonly vmName: string
  readonly targetResourceGroupId: string
  readonly targetLocation: string
  readonly state: Lagged<'Protected' | 'FailingOver' | 'CommitPending' | 'Committing' | 'Committed' | 'Unprotected'>
  readonly replicationHealth: 'Normal' | 'Warning' | 'Critical'
  targetVm?: string
  currentJob?: string
}

/** Everything that exists. Keys are lower-cased ids unless said otherwise. */
export type Estate = {
  readonly tenant: string
  readonly groups: Map<string, SimGroup>
  readonly users: Map<string, SimUser>
  readonly roleAssignments: Map<string, SimRoleAssignment>
  readonly hostPools: Map<string, SimHostPool>
  readonly applicationGroups: Map<string, SimApplicationGroup>
  readonly scalingPlans: Map<string, SimScalingPlan>
  readonly vms: Map<string, SimVm>
  /** Key: pool id + `/` + host name, lower case. */
  readonly sessionHosts: Map<string, SimSessionHost>
  readonly replicatedItems: Map<string, SimReplicatedItem>
  /** Cores left by `subscription/location/family`, lower case; a start or failover beyond it fails with the quota error. */
  readonly quotas: Map<string, { used: number; readonly limit: number }>
  /** Regions whose compute, network, storage and key vault never answer, lower case. */
  readonly deadRegions: Set<string>
  /** Region (lower case) of resource groups, vaults and whatever else has no map of its own; by lower-case id. */
  readonly locations: Map<string, string>
  /** Custom roles and built-in ones, by lower-case GUID. */
  readonly roleDefinitions: Map<string, SimRoleDefinition>
  /** Assignments that really let people in now; lags `roleAssignments`. Keys mean nothing: one id may be in force twice. */
  readonly accessInForce: Map<string, SimRoleAssignment>
}
