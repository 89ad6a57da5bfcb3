/** Azure as this product sees it: free of SDK shapes. Optional means "Azure did not say". */
import type { Fault } from '../core/fault.ts'
import type { Instant } from '../core/time.ts'

export type HostPool = {
  readonly id: string
  readonly name: string
  readonly location: string
  readonly type: 'Pooled' | 'Personal' | 'other'
  readonly startVmOnConnect: boolean
  readonly maxSessionLimit: number
  /** What two pools of a pair should have alike, by Azure's names of properties: texts as they are, all else as JSON with its keys in order. */
  readonly settings?: Readonly<Record<string, string>>
}

/** The machine as AVD sees it. `name` is without the pool's name in front. */
export type SessionHost = {
  readonly id: string
  readonly name: string
  /** Azure's word: `Available`, `Unavailable`, `Shutdown`, `NeedsAssistance`, … or one that is new to us. */
  readonly status: string
  readonly allowNewSession: boolean
  readonly sessions: number
  readonly lastHeartbeat?: Instant
  readonly assignedUser?: string
  /** The VM the agent last reported itself from; may be stale after a Site Recovery failover. */
  readonly vmId?: string
  readonly agentVersion?: string
  /** Of the agent: `Initial`, `Pending`, `Started`, `Succeeded`, `Failed`, or a word that is new to us. */
  readonly updateState?: string
}

export type UserSession = {
  readonly id: string
  /** Session host name, without the pool's. */
  readonly host: string
  readonly user: string
  readonly state: string
}

export type PowerState = 'running' | 'starting' | 'stopping' | 'stopped' | 'deallocating' | 'deallocated' | 'unknown'

/** The machine as Compute sees it. */
export type Vm = {
  readonly id: string
  readonly name: string
  readonly location: string
  readonly size: string
  readonly zone?: string
  readonly power: PowerState
  readonly tags: Readonly<Record<string, string>>
  /** What it was made of: id of an image or of a version of one, or `publisher/offer/sku/version` of the marketplace. */
  readonly image?: string
  /** Of a marketplace image, or of one that was named without a version: what it came to. */
  readonly imageVersion?: string
  /** Azure's, e.g. `Premium_LRS`. */
  readonly osDiskSku?: string
  readonly availabilitySetId?: string
  /** Id of the group whose reserved capacity it uses. */
  readonly capacityReservationGroup?: string
  /** Read of one VM alone; listings do not tell. */
  readonly patches?: { readonly assessment?: PatchRun; readonly installation?: PatchRun }
}

/** The newest run of its kind on a VM. */
export type PatchRun = {
  /** Azure's word: `InProgress`, `Succeeded`, `CompletedWithWarnings`, `Failed`, `Unknown`, or one that is new to us. */
  readonly status: string
  readonly startedAt?: Instant
  /** One clause: counts of patches. */
  readonly text: string
  readonly errorCode?: string
}

export type ApplicationGroup = {
  readonly id: string
  readonly name: string
  readonly hostPoolId: string
  readonly type: 'Desktop' | 'RemoteApp' | 'other'
  readonly location?: string
  readonly workspaceId?: string
  /** What two groups that stand for each other should have alike, by Azure's names; as `HostPool.settings`. */
  readonly settings?: Readonly<Record<string, string>>
}

/** Published by an application group of the type RemoteApp. */
export type Application = {
  readonly id: string
  /** Without the group's. */
  readonly name: string
  /** By Azure's names; as `HostPool.settings`. */
  readonly settings: Readonly<Record<string, string>>
}

/** What people see as one place in their client. */
export type Workspace = {
  readonly id: string
  readonly name: string
  readonly location: string
  readonly friendlyName?: string
  readonly applicationGroupIds: readonly string[]
}

/** MSIX (of one pool) or App attach (of several). */
export type AppPackage = {
  readonly id: string
  readonly kind: 'msix' | 'appAttach'
  /** With its version, e.g. `Contoso.Notes_2.1.0.0_x64__abc`. */
  readonly fullName: string
  readonly version?: string
  readonly isActive: boolean
  /** Where the image lies, e.g. `\\\\account.file.core.windows.net\\apps\\notes.vhdx`. */
  readonly imagePath?: string
}

export type ScalingPlan = {
  readonly id: string
  readonly name: string
  readonly exclusionTag?: string
  readonly location?: string
  readonly timeZone?: string
  /** Azure's properties of the schedules: JSON with its keys in order. */
  readonly schedules?: string
  readonly pools: readonly { readonly hostPoolId: string; readonly enabled: boolean }[]
}

/** A role assignment whole, so that what is deleted can be put back exactly (design rule 11). */
export type RoleAssignment = {
  readonly id: string
  readonly name: string
  /** Where it was made; broader than an application group means inherited. */
  readonly scope: string
  readonly principalId: string
  readonly principalType: string
  readonly roleDefinitionId: string
  readonly condition?: string
  readonly conditionVersion?: string
  readonly description?: string
}

/** Desktop Virtualization User, the one built-in role that lets people use an application group. */
export const desktopVirtualizationUser = '1d18fff3-a72a-46b5-b4a9-0b38a3cd7e63'

/** An extension on a VM, as Compute reports it. Protected settings never come back. */
export type VmExtension = {
  /** Of the resource; unique on the VM. */
  readonly name: string
  readonly publisher: string
  readonly type: string
  /** Azure's `typeHandlerVersion`, e.g. `1.10`. */
  readonly version: string
  readonly autoUpgradeMinorVersion?: boolean
  readonly enableAutomaticUpgrade?: boolean
  /** JSON with its keys in order, so that equal settings are equal texts. Missing: none. */
  readonly settings?: string
  /** Names of extensions that this one is to follow. */
  readonly provisionAfter?: readonly string[]
  /** Azure's word: `Succeeded`, `Failed`, `Creating`, `Updating`, `Deleting`, or one that is new to us. */
  readonly state: string
  /** Why it failed, where Compute says. */
  readonly problem?: string
}

/** One VM alone, read whole. */
export type VmWithExtensions = {
  /** Compute's own GUID: the machine that a failover makes has another one, under the same name. */
  readonly uniqueId?: string
  readonly location: string
  /** Its agent answers: extensions can be installed. */
  readonly isAgentReady: boolean
  readonly extensions: readonly VmExtension[]
}

/** Of a list of all extensions: whose they are. */
export type ExtensionsOfVm = {
  readonly vmId: string
  readonly uniqueId?: string
  readonly extensions: readonly VmExtension[]
}

/** Tells the Azure Monitor agent of a VM what to collect. Belongs to the VM's id, so a failover leaves it behind. */
export type DataCollectionAssociation = {
  readonly name: string
  readonly ruleId?: string
  readonly endpointId?: string
}

/** A VM protected by Site Recovery (A2A): the replication protected item. */
export type ReplicatedItem = {
  readonly id: string
  /** Opaque. */
  readonly name: string
  /** The VM's name. */
  readonly vmName: string
  readonly protectionState: string
  readonly activeLocation: string
  readonly allowedOperations: readonly string[]
  readonly replicationHealth: string
  readonly failoverHealth: string
  readonly sourceVmId: string
  /** The VM in the other region, once there is one. */
  readonly targetVmId?: string
  readonly targetResourceGroupId?: string
  readonly targetLocation?: string
  /** Name (= id) of the job Site Recovery says is running on the item now. */
  readonly currentJob?: string
  readonly rpoSeconds?: number
  readonly multiVmGroup?: string
  /** When the last failover of this item ended: tells one failover of a VM from the next. */
  readonly failedOverAt?: Instant
  /** Of the machine that a failover would make. */
  readonly targetSize?: string
  readonly targetZone?: string
  /** One for each address it would take: `subnetKey`. */
  readonly targetSubnets?: readonly string[]
  /** Id of the capacity reservation group it would be made in. */
  readonly capacityReservationGroup?: string
}

/** A recovery plan of a vault: fails over all of its machines by one request. */
export type RecoveryPlan = {
  readonly id: string
  readonly name: string
  /** Ids of all items, whatever group of the plan they are in. */
  readonly itemIds: readonly string[]
}

export type ReplicationJob = {
  /** Equal to the id of the operation that started it. */
  readonly name: string
  /** `UnplannedFailover`, `CommitFailover`, `SwitchReplicationGroupProtection`, … */
  readonly scenario: string
  readonly state: 'running' | 'succeeded' | 'failed' | 'cancelled'
  /** The VM's name; the plan's, of a recovery plan. */
  readonly target: string
  /** Names of the items the job is about. */
  readonly items: readonly string[]
  readonly startedAt?: Instant
  readonly errorCode?: string
  readonly errorMessage?: string
}

/** A point in time that Site Recovery has processed: a VM can be brought up from it. */
export type RecoveryPoint = {
  readonly id: string
  readonly time: Instant
  /** `CrashConsistent`, `ApplicationConsistent`, … */
  readonly kind: string
}

export type Quota = { readonly name: string; readonly used: number; readonly limit: number }

/** A VM size as a subscription may have it in a region. */
export type SizeOffer = {
  readonly size: string
  /** Azure lists the size and does not let the subscription have it there. */
  readonly isRestricted: boolean
  /** It has a disk of its own, which is not kept when the machine is deallocated. */
  readonly hasLocalDisk?: boolean
  /** Those in which the subscription may have it. */
  readonly zones: readonly string[]
}

/** Machines of one size that Azure keeps room for. */
export type Reservation = {
  readonly size: string
  readonly zone?: string
  /** Machines. */
  readonly capacity: number
  /** Machines that take that room now; Azure lets there be more of them than `capacity`. */
  readonly allocated: number
}

export type SubnetRoom = {
  /** `subnetKey` of it. */
  readonly key: string
  /** Addresses Azure can hand out. */
  readonly size: number
  readonly used: number
}

/**
 * `<resource group>/<network>/<subnet>` in lower case. The subscription is that of the machines: a network card is always in
 * the one of its network.
 */
export const subnetKey = (resourceGroup: string, network: string, subnet: string): string =>
  `${resourceGroup}/${network}/${subnet}`.toLowerCase()

/** A template being made real in a resource group. */
export type Deployment = {
  /** A word that is new to us counts as running. */
  readonly state: 'running' | 'succeeded' | 'failed'
  /** Of one that failed or was cancelled. */
  readonly fault?: Fault
}
