/**
 * What the product asks of Azure, one type per service. Adapters live in `azure/`.
 *
 * Every function answers with a value (`Answer`); it throws only on a bug. A read is cut off after 10 s. A write is sent
 * at most once, never retried, and never later than its fence: what the answer `unknown` means is up to the next look.
 */

import type { Answer, Fault } from '../core/fault.ts'
import type { Instant, Millis } from '../core/time.ts'
import type {
  Application,
  ApplicationGroup,
  AppPackage,
  DataCollectionAssociation,
  Deployment,
  ExtensionsOfVm,
  HostPool,
  PowerState,
  Quota,
  RecoveryPlan,
  RecoveryPoint,
  ReplicatedItem,
  ReplicationJob,
  Reservation,
  RoleAssignment,
  ScalingPlan,
  SessionHost,
  SizeOffer,
  SubnetRoom,
  UserSession,
  Vm,
  VmWithExtensions,
  Workspace,
} from '../model/azure.ts'
import type { AvdWrites } from './avd-writes.ts'
import type { Estate } from './estate.ts'

/**
 * For whom requests are made, which decides how much of the request budget is kept back from them: `urgent` for aborting,
 * restoring, and listings that answer everybody; `background` for what no operation waits for, which waits its turn instead;
 * `spare` for what can be done without: sent when there is plenty, else refused at once.
 */
export type Purpose = 'urgent' | 'forward' | 'background' | 'spare'

/** A write must leave this process before that moment of the monotonic clock, or not at all (design rule 13). */
export type Fence = { readonly notAfter: Millis }

export type Avd = AvdWrites & {
  readonly hostPool: (poolId: string) => Promise<Answer<HostPool>>
  readonly setStartVmOnConnect: (poolId: string, enabled: boolean, fence: Fence) => Promise<Answer<void>>
  /** All of them, every page; with `host`, that one alone. */
  readonly sessionHosts: (poolId: string, host?: string) => Promise<Answer<readonly SessionHost[]>>
  readonly setAllowNewSession: (poolId: string, host: string, allow: boolean, fence: Fence) => Promise<Answer<void>>
  /** Takes the record of a host out of the pool, never by force: AVD refuses while there are sessions. Gone already is a success. */
  readonly removeSessionHost: (poolId: string, host: string, fence: Fence) => Promise<Answer<void>>
  /** A new registration token of the pool, in place of the one it had. A secret: to be handed on at once, and kept nowhere. */
  readonly newRegistrationToken: (poolId: string, expiresAt: Instant, fence: Fence) => Promise<Answer<string>>
  /** Of the whole pool; with `host`, of that one alone. */
  readonly userSessions: (poolId: string, host?: string) => Promise<Answer<readonly UserSession[]>>
  readonly sendMessage: (sessionId: string, title: string, body: string, fence: Fence) => Promise<Answer<void>>
  /** Signs out by force. A session that is gone already is a success. */
  readonly signOut: (sessionId: string, fence: Fence) => Promise<Answer<void>>
  /** Those of one resource group. */
  readonly applicationGroups: (
    subscription: string,
    resourceGroup: string,
  ) => Promise<Answer<readonly ApplicationGroup[]>>
  /** Of one application group. */
  readonly applications: (groupId: string) => Promise<Answer<readonly Application[]>>
  /** Of a whole subscription. */
  readonly workspaces: (subscription: string) => Promise<Answer<readonly Workspace[]>>
  /** MSIX packages of the pool. */
  readonly msixPackages: (poolId: string) => Promise<Answer<readonly AppPackage[]>>
  /** Of a whole subscription. */
  readonly appAttachPackages: (subscription: string) => Promise<Answer<readonly AppAttachPackage[]>>
  readonly scalingPlans: (poolId: string) => Promise<Answer<readonly ScalingPlan[]>>
  /** Turns a plan on or off for one pool and leaves its other pools as they are. */
  readonly setScalingPlanEnabled: (
    plan: ScalingPlan,
    poolId: string,
    enabled: boolean,
    fence: Fence,
  ) => Promise<Answer<void>>
}

/** Pools name nothing of it: it names them. */
export type AppAttachPackage = AppPackage & { readonly hostPoolIds: readonly string[] }

export type Compute = {
  /** Those of one resource group. Their `power` is `unknown`: `powerStates` has it. */
  readonly vms: (subscription: string, resourceGroup: string) => Promise<Answer<readonly Vm[]>>
  readonly vm: (vmId: string) => Promise<Answer<Vm>>
  /** Power of every VM of a subscription, one listing; keys are `idKey` of the VM. */
  readonly powerStates: (subscription: string) => Promise<Answer<ReadonlyMap<string, PowerState>>>
  /** Accepted, not finished: the power state tells when it is. `operation` is what `operationFault` takes, where the answer told it. */
  readonly start: (vmId: string, fence: Fence) => Promise<Answer<{ readonly operation?: string }>>
  /** Why an accepted start came to nothing; undefined while it is under way, and when it went well. */
  readonly operationFault: (vmId: string, operation: string) => Promise<Answer<Fault | undefined>>
  readonly deallocate: (vmId: string, fence: Fence) => Promise<Answer<void>>
  /** Asks the guest which patches it lacks. Accepted, not finished: `Vm.patches` tells when it is. */
  readonly assessPatches: (vmId: string, fence: Fence) => Promise<Answer<void>>
  /** Installs critical and security patches within two hours, and reboots where they ask for it. */
  readonly installPatches: (vmId: string, fence: Fence) => Promise<Answer<void>>
  /** Replaces all tags of the VM. */
  readonly setTags: (vmId: string, tags: Readonly<Record<string, string>>, fence: Fence) => Promise<Answer<void>>
  readonly quotas: (subscription: string, location: string) => Promise<Answer<readonly Quota[]>>
}

/** Whether there is room for new machines, beside quota. */
export type Room = {
  /** Every VM size of the region: one list of a megabyte or two. */
  readonly sizes: (subscription: string, location: string) => Promise<Answer<readonly SizeOffer[]>>
  /** Of one capacity reservation group: two reads. */
  readonly reservations: (groupId: string) => Promise<Answer<readonly Reservation[]>>
  /** Of one virtual network: one read. */
  readonly subnets: (networkId: string) => Promise<Answer<readonly SubnetRoom[]>>
}

export type Extensions = {
  /** One VM with its agent and all its extensions: one read. */
  readonly ofVm: (vmId: string) => Promise<Answer<VmWithExtensions>>
  /** Those of all VMs of one resource group, by Resource Graph: seconds to minutes old. A VM without any has an empty list. */
  readonly all: (subscription: string, resourceGroup: string) => Promise<Answer<readonly ExtensionsOfVm[]>>
  /** Accepted, not finished: its state tells when it is. One of this name is replaced. */
  readonly put: (vmId: string, extension: ExtensionToPut, fence: Fence) => Promise<Answer<void>>
  /** Accepted, not finished. One that is gone already is a success. */
  readonly remove: (vmId: string, name: string, fence: Fence) => Promise<Answer<void>>
  /** Data-collection associations of one VM. */
  readonly associations: (vmId: string) => Promise<Answer<readonly DataCollectionAssociation[]>>
  /** Of all VMs of one resource group, by Resource Graph; keys are `idKey` of the VM. */
  readonly allAssociations: (
    subscription: string,
    resourceGroup: string,
  ) => Promise<Answer<ReadonlyMap<string, readonly DataCollectionAssociation[]>>>
  readonly associate: (vmId: string, association: DataCollectionAssociation, fence: Fence) => Promise<Answer<void>>
}

/** What is asked of Compute; `location` is the VM's. */
export type ExtensionToPut = {
  readonly name: string
  readonly location: string
  readonly publisher: string
  readonly type: string
  readonly version: string
  readonly autoUpgradeMinorVersion?: boolean
  readonly enableAutomaticUpgrade?: boolean
  /** JSON text. */
  readonly settings?: string
  /** Compute fetches them itself from a vault that is enabled for deployment; the app never sees them. */
  readonly protectedSettingsFromKeyVault?: { readonly secretUrl: string; readonly vaultId: string }
}

export type Deployments = {
  /** Undefined: there is none of this name. `id`: `/subscriptions/…/resourceGroups/…/providers/Microsoft.Resources/deployments/<name>`. */
  readonly deployment: (id: string) => Promise<Answer<Deployment | undefined>>
  /** Adds to the resource group what the template says (mode Incremental). Accepted, not finished: `deployment` tells when it is. */
  readonly deploy: (
    id: string,
    templateId: string,
    parameters: Readonly<Record<string, string>>,
    fence: Fence,
  ) => Promise<Answer<void>>
}

export type SiteRecovery = {
  readonly items: (vaultId: string) => Promise<Answer<readonly ReplicatedItem[]>>
  /** The vault's jobs of the last 24 hours, newest first. */
  readonly jobs: (vaultId: string) => Promise<Answer<readonly ReplicationJob[]>>
  /** Of one item, all that are kept, in no promised order. */
  readonly recoveryPoints: (itemId: string) => Promise<Answer<readonly RecoveryPoint[]>>
  /** `job` is the job's name where the answer told it. */
  readonly failover: (
    itemId: string,
    options: FailoverOptions,
    fence: Fence,
  ) => Promise<Answer<{ readonly job?: string }>>
  /** All recovery plans of the vault. */
  readonly recoveryPlans: (vaultId: string) => Promise<Answer<readonly RecoveryPlan[]>>
  /** All machines of the plan at once: the only way for those of one consistency group. */
  readonly failoverPlan: (
    planId: string,
    options: PlanFailoverOptions,
    fence: Fence,
  ) => Promise<Answer<{ readonly job?: string }>>
  readonly commit: (itemId: string, fence: Fence) => Promise<Answer<{ readonly job?: string }>>
  /** Before the commit only: the VM is made again from another point in time (`applyRecoveryPoint`). */
  readonly changeRecoveryPoint: (
    itemId: string,
    recoveryPointId: string,
    fence: Fence,
  ) => Promise<Answer<{ readonly job?: string }>>
  /**
   * Protects a committed VM towards where it came from (`switchprotection` of the item's container). Reads the item for its
   * disks and policy first: one read, one write. Afterwards there is a new item of the same name under the other fabric.
   */
  readonly reprotect: (
    itemId: string,
    options: ReprotectOptions,
    fence: Fence,
  ) => Promise<Answer<{ readonly job?: string }>>
}

export type ReprotectOptions = {
  /** Storage account in the region where the VM runs now, through which its changes go. */
  readonly cacheStorageId: string
}

export type FailoverOptions = {
  /** Undefined: the latest recovery point, after processing what has arrived. */
  readonly recoveryPointId?: string
  /** `Required` shuts the source VM down first. */
  readonly sourceSiteOperations: 'Required' | 'NotRequired'
}

export type PlanFailoverOptions = Pick<FailoverOptions, 'sourceSiteOperations'> & {
  /** Each machine's own newest of this kind. */
  readonly recoveryPoint: 'latest' | 'latestProcessed' | 'latestAppConsistent' | 'latestCrashConsistent'
}

export type Access = {
  /** In force at this scope: made there or inherited from above. All pages. */
  readonly assignments: (scope: string) => Promise<Answer<readonly RoleAssignment[]>>
  /** Those of everything below the scope besides. It takes the right to read assignments at this scope. */
  readonly assignmentsWithin: (scope: string) => Promise<Answer<readonly RoleAssignment[]>>
  /** Without `name` the name is derived from scope, principal and role, so that a repeat is the same assignment. One that exists already is a success. */
  readonly grant: (assignment: Grant, fence: Fence) => Promise<Answer<void>>
  /** One that is gone already is a success. */
  readonly revoke: (assignmentId: string, fence: Fence) => Promise<Answer<void>>
  /** Ids of the role definitions at this scope whose data actions let people use application groups. */
  readonly rolesThatUseApplications: (scope: string) => Promise<Answer<readonly string[]>>
}

export type Grant = Omit<RoleAssignment, 'id' | 'name'> & { readonly name?: string }

export type Gateways = {
  readonly avd: Avd
  readonly compute: Compute
  readonly room: Room
  readonly extensions: Extensions
  readonly deployments: Deployments
  readonly siteRecovery: SiteRecovery
  readonly access: Access
  readonly estate: Estate
  /** The same for another purpose than going forward. Where it is missing nothing is kept back. */
  readonly for?: (purpose: Purpose) => Gateways
}
