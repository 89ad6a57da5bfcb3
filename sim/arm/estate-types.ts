/** Everything that exists in the simulated Azure. */
import type { Instant } from '../../src/lib/core/time.ts'

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
  maxSessionLimit: number
  startVMOnConnect: boolean
  /** What is otherwise than in every new pool, by Azure's names of properties. */
  settings?: Readonly<Record<string, unknown>>
}

export type SimApplicationGroup = {
  readonly id: string
  readonly name: string
  readonly location: string
  readonly hostPoolId: string
  readonly type: 'Desktop' | 'RemoteApp'
  /** What is otherwise than in every new group. */
  settings?: Readonly<Record<string, unknown>>
}

/** Published by an application group. */
export type SimApplication = { readonly name: string; readonly settings?: Readonly<Record<string, unknown>> }

export type SimScalingPlan = {
  readonly id: string
  readonly name: string
  readonly location: string
  readonly exclusionTag: string
  /** Deallocates what runs without sessions, and does nothing else. */
  readonly scalesIn?: boolean
  /** What is otherwise than in every new plan. */
  settings?: Readonly<Record<string, unknown>>
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

/** An extension of a VM. It belongs to the machine: what a failover makes has none. */
export type SimExtension = {
  readonly name: string
  readonly publisher: string
  readonly type: string
  readonly version: string
  readonly autoUpgradeMinorVersion?: boolean
  readonly enableAutomaticUpgrade?: boolean
  readonly settings?: object
  readonly provisionAfter?: readonly string[]
  /** Comes back as it was sent; protected settings themselves never do. */
  readonly secret?: { readonly url: string; readonly vaultId: string }
  readonly state: 'Creating' | 'Updating' | 'Deleting' | 'Succeeded' | 'Failed'
  readonly problem?: { readonly code: string; readonly message: string }
}

/** Of a VM and a data collection rule (or endpoint). */
export type SimAssociation = { readonly name: string; readonly ruleId?: string; readonly endpointId?: string }

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
  /** When the AVD token was last renewed, up to the agent's present or last run; dead 90 days after. */
  tokenFrom: Instant
  readonly status: Lagged<'Available' | 'Unavailable' | 'Shutdown' | 'NeedsAssistance' | 'NoHeartbeat' | 'Upgrading'>
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
  readonly targetZone?: string
  readonly state: Lagged<'Protected' | 'FailingOver' | 'CommitPending' | 'Committing' | 'Committed' | 'Unprotected'>
  readonly replicationHealth: 'Normal' | 'Warning' | 'Critical'
  /** Multi-VM consistency: such items fail over together, in a recovery plan. */
  readonly multiVmGroup?: string
  /** Id of the capacity reservation group its machine is made in. */
  readonly capacityReservationGroup?: string
  /** When the last failover ended well. */
  failedOverAt?: Instant
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
