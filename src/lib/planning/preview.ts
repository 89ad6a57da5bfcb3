/** What planning says: shown to people, who approve the spec by its hash. */
import type { Millis } from '../core/time.ts'
import type { OperationSpec, Side } from '../machine/spec.ts'
import type { TimeUsed } from './step-times.ts'

export type Preview = {
  /** Only without refusals. */
  readonly spec?: OperationSpec
  readonly hosts: readonly HostDecision[]
  /** Why nothing can be started. */
  readonly refusals: readonly Notice[]
  /** What would refuse, and is accepted with the hash: the primary is down, or the request overrides it. Part of the spec. */
  readonly findings: readonly Notice[]
  readonly warnings: readonly Notice[]
  /** What `hosts[].extensions` points into. */
  readonly extensions?: readonly ExtensionsInPreview[]
  readonly eta?: Eta
  /** How old the inventory is, in milliseconds. */
  readonly inventoryAge: Millis
}

export type HostDecision = {
  /** Session host name without the pool's. */
  readonly host: string
  readonly side: Side
  /** `out`: cannot be part of it. `skipped`: need not be. */
  readonly decision: 'in' | 'out' | 'skipped'
  readonly code: HostCode
  readonly reason: string
  /** Index into `Preview.extensions`. Missing: they are not touched, or nothing is known of them. */
  readonly extensions?: number
}

/** By name: what is restored in this order, what needs a person, what is left out on purpose. */
export type ExtensionsInPreview = {
  readonly restore: readonly string[]
  /** To the rules of the Azure Monitor agent. */
  readonly associations: readonly string[]
  readonly manual: readonly { readonly name: string; readonly reason: string }[]
  readonly skipped: readonly { readonly name: string; readonly reason: string }[]
}

export type HostCode =
  | 'starts'
  | 'leaves'
  | 'leavesWithoutCounterpart'
  | 'moves'
  | 'notRequested'
  | 'noVm'
  | 'ambiguousVm'
  | 'wrongRegion'
  | 'notReplicated'
  | 'notReady'
  | 'notAllowed'
  | 'criticalHealth'
  | 'multiVmGroup'
  | 'noRecoveryPlan'
  | 'noTarget'
  | 'alreadyFailedOver'
  | 'commitPending'
  | 'alreadyThere'
  | 'notReprotected'
  | 'otherSide'
  | 'reprotects'
  | 'alreadyProtected'
  | 'protectionUnderway'
  | 'restores'
  | 'nothingToRestore'
  | 'extensionsUnknown'
  | 'commits'
  | 'repoints'
  | 'alreadyCommitted'
  | 'notFailedOver'

export type Notice = {
  readonly code: NoticeCode
  readonly message: string
  /** Names of what it is about, sorted. */
  readonly subjects: readonly string[]
  /** Of what the request overrides. */
  readonly reason?: string
}

export type NoticeCode =
  // never accepted
  | 'unknownPair'
  | 'notInInventory'
  | 'noRunbook'
  | 'wrongDirection'
  | 'wrongTarget'
  | 'pairHeld'
  | 'nothingLeft'
  | 'nothingToDo'
  | 'unknownHost'
  | 'unknownApplicationGroup'
  | 'applicationGroupMissing'
  | 'partialNotPossible'
  | 'overlappingGroups'
  | 'membersUnknown'
  | 'bothSides'
  | 'noCacheStorage'
  | 'sharedPool'
  | 'activeSide'
  | 'unknownFinding'
  | 'noFix'
  | 'cannotFix'
  // accepted with the hash when the primary is down
  | 'inventoryGap'
  | 'noCapacity'
  | 'noQuota'
  | 'sizeRestricted'
  | 'reservationMissing'
  | 'reservationShort'
  | 'subnetMissing'
  | 'subnetFull'
  | 'hostsOut'
  | 'partialApplicationGroups'
  | 'inheritedRole'
  | 'directUser'
  | 'unmappedPrincipal'
  | 'otherRole'
  | 'driftFinding'
  // accepted with the hash
  | 'findingOverridden'
  | 'couldNotCheck'
  // said, not more
  | 'groupNotAssigned'
  | 'nothingToMove'
  | 'recordedButNotHeld'
  | 'partialMoveDrainsAll'
  | 'takesOver'
  | 'oldInventory'
  | 'quotaUnknown'
  | 'sizeUnknown'
  | 'tokenLapsed'
  | 'replicationCritical'
  | 'exclusionTagDiffers'
  | 'signOutProofWaived'
  | 'outAccepted'
  | 'extensionsManual'
  | 'extensionsUnknown'
  | 'recoveryPointOlder'
  | 'looseBatchSize'
  | 'looseBatchInterval'
  | 'findingWaived'
  | 'overrideUnused'

/** `unsafe` refuses always, `refuses` unless the primary is down, `warns` never. `accepted` is on record with the hash. */
export type Weight = 'unsafe' | 'refuses' | 'accepted' | 'warns'
export type Weighed = Notice & { readonly weight: Weight }

export const notice = (
  weight: Weight,
  code: NoticeCode,
  message: string,
  subjects: readonly string[] = [],
): Weighed => ({
  weight,
  code,
  message,
  subjects: [...new Set(subjects)].sort(),
})

export type Eta = {
  readonly batches: number
  /** Milliseconds from the start, if every step takes its usual time. */
  readonly milestones: readonly { readonly name: MilestoneName; readonly at: Millis }[]
  /** What it went by: measured in earlier operations, or assumed. */
  readonly times: readonly TimeUsed[]
}

export type MilestoneName =
  | 'capacityReady'
  | 'accessRevoked'
  | 'usersSignedOut'
  | 'accessGranted'
  | 'allHostsReady'
  | 'firstDesktopBack'
  | 'lastDesktopBack'
  | 'over'
