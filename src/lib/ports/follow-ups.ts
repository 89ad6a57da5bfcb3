/**
 * Work that is noted down and begins when its pair is free: extensions after a failover that somebody began elsewhere,
 * protecting again, a reminder of a commit. It waits its turn, is tried again when it was taken over, and is never dropped.
 */
import type { Instant } from '../core/time.ts'
import type { Side } from '../machine/spec.ts'

export type FollowUp = {
  readonly pairId: string
  /** The same need has the same id, so that noting it twice is noting it once. */
  readonly id: string
  readonly kind: 'restoreExtensions' | 'reprotect' | 'commitReminder'
  /** Session host name. */
  readonly host: string
  /** Where its machine runs now. */
  readonly side: Side
  /** Why: what somebody reads who finds it. */
  readonly reason: string
  readonly createdAt: Instant
  readonly notBefore: Instant
  /** The operation that does it, or did the last time. */
  readonly operationId?: string
  readonly tries: number
  /** Set when it is over: what became of it. */
  readonly ended?: { readonly at: Instant; readonly how: string }
}

/** A message from outside that says a failover was begun, committed or turned round. Only a reason to look. */
export type SiteRecoveryEvent = {
  /** Hash of what makes it the same event when it is sent again. */
  readonly id: string
  readonly source: 'recoveryPlan' | 'activityLog' | 'eventGrid'
  readonly receivedAt: Instant
  /** In lower case, where it says. */
  readonly vaultId?: string
  readonly itemIds: readonly string[]
  /** Names or whole ids. */
  readonly vms: readonly string[]
  /** Recovery plan, where it names no machine: every machine of the vault is looked at. */
  readonly recoveryPlan?: string
  /** One clause: what it says happened. */
  readonly what: string
  /** Hosts that are settled: noted down, or in need of nothing. */
  readonly settled: readonly string[]
  readonly ended?: { readonly at: Instant; readonly how: string }
}

type Stored<T> = { readonly value: T; readonly etag: string }

/** Outages of storage are thrown. */
export type FollowUpStore = {
  /** False: it was noted before. */
  readonly note: (followUp: FollowUp) => Promise<boolean>
  /** Those that are not over, of all pairs. */
  readonly open: () => Promise<readonly Stored<FollowUp>[]>
  readonly ofPair: (pairId: string) => Promise<readonly FollowUp[]>
  /** The new etag; undefined when somebody else changed it. */
  readonly save: (followUp: FollowUp, etag: string) => Promise<string | undefined>
}

export type EventStore = {
  /** False: it came before. */
  readonly add: (event: SiteRecoveryEvent) => Promise<boolean>
  readonly open: () => Promise<readonly Stored<SiteRecoveryEvent>[]>
  readonly save: (event: SiteRecoveryEvent, etag: string) => Promise<string | undefined>
}
