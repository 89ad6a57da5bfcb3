/** Listings of Azure that all processes share (design rule 9): one makes it, everybody reads it. */
import type { Fault } from '../core/fault.ts'
import type { Instant, Millis } from '../core/time.ts'
import type {
  PowerState,
  ReplicatedItem,
  ReplicationJob,
  RoleAssignment,
  SessionHost,
  UserSession,
} from '../model/azure.ts'

export type Listings = {
  readonly sessionHosts: readonly SessionHost[]
  readonly userSessions: readonly UserSession[]
  readonly powerStates: ReadonlyMap<string, PowerState>
  readonly replicatedItems: readonly ReplicatedItem[]
  readonly jobs: readonly ReplicationJob[]
  readonly assignments: readonly RoleAssignment[]
}
export type ListingName = keyof Listings

/** `of`: the pool, vault, scope or subscription that is listed, in one spelling. */
export type ListingKey<N extends ListingName = ListingName> = { readonly name: N; readonly of: string }

/** A list whole, and when it was read. `startedAt`: not later than the first request left; `took`: until the last page was there. */
export type Listing<N extends ListingName = ListingName> = {
  readonly value: Listings[N]
  readonly startedAt: Instant
  readonly took: Millis
}

/** What all processes know of one list. */
export type ListingState = {
  /** How often somebody has set out to list it. Says which of the contents is whose. */
  readonly turn: number
  /** Whose turn it is or was. */
  readonly holder?: string
  /** There while it is being listed: until then nobody else lists it. */
  readonly leasedUntil?: Instant
  /** When the latest turn began. */
  readonly since?: Instant
  /** Nobody lists it before that moment. */
  readonly notBefore: Instant
  /** Why it could not be listed the last time. */
  readonly fault?: Fault
  /** How often in a row Azure was away when it was asked for it. */
  readonly failures?: number
  /** The newest listing that is stored, and the turn that stored it. */
  readonly latest?: { readonly turn: number; readonly startedAt: Instant; readonly took: Millis }
}

export const unlisted: ListingState = { turn: 0, notBefore: 0 }

/** Outages of storage are thrown. What is stored and cannot be read is as if it were not there. */
export type ListingStore = {
  readonly load: (key: ListingKey) => Promise<{ readonly state: ListingState; readonly etag?: string }>
  /** The new etag, or undefined when somebody else changed it. Without `etag`: there must be none yet. */
  readonly save: (key: ListingKey, state: ListingState, etag: string | undefined) => Promise<string | undefined>
  /** What was put in that turn or, where the place has been used again since, in a later one: `startedAt` tells its age. */
  readonly read: <N extends ListingName>(key: ListingKey<N>, turn: number) => Promise<Listing<N> | undefined>
  readonly put: <N extends ListingName>(key: ListingKey<N>, turn: number, listing: Listing<N>) => Promise<void>
}
