/** What was seen of Azure, and when. Planning works from this alone, so that a lost region is never asked (design rule 10). */
import type { Instant } from '../core/time.ts'
import type {
  Application,
  ApplicationGroup,
  AppPackage,
  DataCollectionAssociation,
  HostPool,
  Quota,
  RecoveryPlan,
  ReplicatedItem,
  Reservation,
  RoleAssignment,
  ScalingPlan,
  SessionHost,
  SizeOffer,
  SubnetRoom,
  Vm,
  VmExtension,
  Workspace,
} from './azure.ts'
import type { DiagnosticSetting, EstateSeen } from './estate.ts'

/** Something that could not be read. Never an empty list. */
export type Gap = { readonly what: string; readonly reason: string }

export type ApplicationGroupSeen = ApplicationGroup & {
  /** In force on the group, inherited ones included. */
  readonly assignments: readonly RoleAssignment[]
  /** Of the type RemoteApp. */
  readonly applications?: readonly Application[]
}

export type ReservationGroupSeen = { readonly id: string; readonly reservations: readonly Reservation[] }

/** One side of a pair. A missing property has a gap that says why. */
export type SideSeen = {
  readonly hostPool?: HostPool
  readonly sessionHosts?: readonly SessionHost[]
  readonly vms?: readonly Vm[]
  readonly applicationGroups?: readonly ApplicationGroupSeen[]
  readonly scalingPlans?: readonly ScalingPlan[]
  readonly quotas?: readonly Quota[]
  /** Of the sizes the pair is known to use. One that is not among them is not known to be offered. */
  readonly sizes?: readonly SizeOffer[]
  /** Those that replicated machines would be made in. One that is not among them does not exist. */
  readonly reservations?: readonly ReservationGroupSeen[]
  /** Those that replicated machines would be put into. One that is not among them does not exist. */
  readonly subnets?: readonly SubnetRoom[]
  /** Those that show an application group of this side. */
  readonly workspaces?: readonly Workspace[]
  readonly packages?: readonly AppPackage[]
  /** Of the pool. */
  readonly diagnostics?: readonly DiagnosticSetting[]
  readonly gaps: readonly Gap[]
}

/**
 * What is to be there again on a VM after a failover: its extensions as they were when it last ran as it should. A machine
 * that a failover made has none at first; that is no new baseline (`inventory/baselines.ts`).
 */
export type ExtensionBaseline = {
  readonly vmId: string
  readonly uniqueId?: string
  /** Of the inventory that saw it. */
  readonly takenAt: Instant
  /** Index into `ExtensionsSeen.sets`. */
  readonly set: number
  /** Since when no item of the vault is about the machine. */
  readonly unreplicatedSince?: Instant
  /** What may take its place once a later inventory sees the same. */
  readonly pending?: { readonly uniqueId: string; readonly set: number; readonly since: Instant }
}

export type ExtensionSet = {
  readonly extensions: readonly VmExtension[]
  readonly associations: readonly DataCollectionAssociation[]
}

/** Of a pair whose machines Site Recovery replicates. Most machines have the same set: each is kept once. */
export type ExtensionsSeen = {
  readonly sets: readonly ExtensionSet[]
  /** By VM name in lower case: one name on both sides. */
  readonly baselines: Readonly<Record<string, ExtensionBaseline>>
}

export type PairSeen = {
  readonly primary: SideSeen
  readonly secondary: SideSeen
  /** Items of the pair's vault, for a replicated pair. */
  readonly replicatedItems?: readonly ReplicatedItem[]
  /** Of the same vault. */
  readonly recoveryPlans?: readonly RecoveryPlan[]
  readonly extensions?: ExtensionsSeen
  /** Role definition ids (GUIDs) that let people use application groups. */
  readonly rolesThatUseApplications?: readonly string[]
  /** The most sessions that were seen at once on both sides together, of each of the last 30 days; oldest first. */
  readonly peaks?: readonly DayPeak[]
  readonly gaps: readonly Gap[]
}

/** Of inventories: what came and went between two of them is in none. */
export type DayPeak = { readonly day: string; readonly sessions: number }

export type Inventory = {
  readonly v: 1
  readonly takenAt: Instant
  /** Around the pairs. Missing in older ones. */
  readonly estate?: EstateSeen
  readonly pairs: Readonly<Record<string, PairSeen>>
}
