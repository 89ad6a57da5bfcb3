/** What was seen of Azure, and when. Planning works from this alone, so that a lost region is never asked (design rule 10). */
import type { Instant } from '../core/time.ts'
import type {
  ApplicationGroup,
  HostPool,
  Quota,
  ReplicatedItem,
  RoleAssignment,
  ScalingPlan,
  SessionHost,
  Vm,
} from './azure.ts'

/** Something that could not be read. Never an empty list. */
export type Gap = { readonly what: string; readonly reason: string }

export type ApplicationGroupSeen = ApplicationGroup & {
  /** In force on the group, inherited ones included. */
  readonly assignments: readonly RoleAssignment[]
}

/** One side of a pair. A missing property has a gap that says why. */
export type SideSeen = {
  readonly hostPool?: HostPool
  readonly sessionHosts?: readonly SessionHost[]
  readonly vms?: readonly Vm[]
  readonly applicationGroups?: readonly ApplicationGroupSeen[]
  readonly scalingPlans?: readonly ScalingPlan[]
  readonly quotas?: readonly Quota[]
  readonly gaps: readonly Gap[]
}

export type PairSeen = {
  readonly primary: SideSeen
  readonly secondary: SideSeen
  /** Items of the pair's vault, for a replicated pair. */
  readonly replicatedItems?: readonly ReplicatedItem[]
  /** Role definition ids (GUIDs) that let people use application groups. */
  readonly rolesThatUseApplications?: readonly string[]
  readonly gaps: readonly Gap[]
}

export type Inventory = {
  readonly v: 1
  readonly takenAt: Instant
  readonly pairs: Readonly<Record<string, PairSeen>>
}
