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
  /** The operation that does it. Absent while it waits its turn. */
  readonly operationId?: string
  /** Operations begun for it; what an operation would be called is made of it. */
  readonly tries: number
  /** Of these, how many did this host's work and failed. */
  readonly failures?: number
  /** Why it was not done the last time. */
  readonly problem?: string
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
  /** What is looked for until it is seen, or for hours; absent: one look will do. */
  readonly awaits?: 'failover' | 'recoveryPoint'
  /** Where the machines go, where it says. */
  readonly towards?: Side
  /** Hosts that are settled: noted down, or in need of nothing. */
  readonly settled: readonly string[]
  readonly ended?: { readonly at: Instant; readonly how: string }
}

export type Stored<T> = { readonly value: T; readonly etag: string }

/** Told of a row that cannot be read, which is then left out; without it such a row is thrown as an error. */
export type OnUnreadable = (error: Error) => void

/** Outages of storage are thrown. */
export type FollowUpStore = {
  /** False: it was noted before. */
  readonly note: (followUp: FollowUp) => Promise<boolean>
  /** Those that are not over, of all pairs. */
  readonly open: (onUnreadable?: OnUnreadable) => Promise<readonly Stored<FollowUp>[]>
  /** Open and over, oldest first. */
  readonly ofPair: (pairId: string) => Promise<readonly FollowUp[]>
  /** The new etag; undefined when somebody else changed it. */
  readonly save: (followUp: FollowUp, etag: string) => Promise<string | undefined>
}

export type EventStore = {
  /** False: it came before. */
  readonly add: (event: SiteRecoveryEvent) => Promise<boolean>
  readonly open: (onUnreadable?: OnUnreadable) => Promise<readonly Stored<SiteRecoveryEvent>[]>
  readonly save: (event: SiteRecoveryEvent, etag: string) => Promise<string | undefined>
}
