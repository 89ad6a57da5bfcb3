/** Whether a pair could fail over now, as it is evaluated after every inventory and kept. */
import type { Instant, Millis } from '../core/time.ts'
import type { EndedRun } from '../model/past.ts'
import type { Eta } from '../planning/preview.ts'
import type { TimeUsed } from '../planning/step-times.ts'

/** `yesBut`: something is accepted with the hash, could not be checked, or would be worse than it need be. */
export type Can = 'yes' | 'yesBut' | 'no'

type Side = 'primary' | 'secondary'

export type PairReadiness = {
  readonly pairId: string
  /** When it was evaluated. */
  readonly at: Instant
  readonly activeSide: Side
  /** The move away from where users are. */
  readonly move: 'failover' | 'failback'
  /** The worst of its ways; that with the primary up does not count where only silence refuses it. */
  readonly can: Can
  /** With the primary up, and a failover also with the primary down. */
  readonly ways: readonly Way[]
  /** Critical findings that hold nothing up. */
  readonly critical: readonly Told[]
  /** By rule: what could not be checked of those that may hold a move up. */
  readonly unchecked: readonly { readonly rule: string; readonly reasons: readonly string[] }[]
  readonly data: DataAge
  readonly capacity: readonly CapacityProof[]
  /** The newest of its kind. Missing: there was none since this app keeps a record. */
  readonly last: { readonly failover?: EndedRun; readonly failback?: EndedRun; readonly drill?: EndedRun }
  /** It could not be evaluated this time, and the rest is from before. */
  readonly failure?: string
}

export type Way = {
  readonly primary: 'up' | 'down'
  readonly can: Can
  readonly refusals: readonly Told[]
  /** What is accepted with the hash. */
  readonly accepted: readonly Told[]
  readonly warnings: readonly Told[]
  readonly hosts: { readonly in: number; readonly out: number; readonly skipped: number }
  /** Missing: it would be refused. */
  readonly recovery?: Recovery
}

/** A notice, or a finding, with the first names of many. */
export type Told = {
  readonly code: string
  readonly message: string
  readonly subjects: readonly string[]
  readonly count: number
}

/** All times from the start, in milliseconds: `likely` by the middle of what was measured, `cautious` by nine in ten. */
export type Recovery = {
  readonly unit: 'hosts' | 'desktops'
  readonly milestones: readonly {
    readonly name: Eta['milestones'][number]['name']
    readonly likely: Millis
    readonly cautious: Millis
  }[]
  readonly batches: readonly {
    /** Of all batches up to this one. */
    readonly machines: number
    /** Sessions those have room for; of desktops one each. */
    readonly seats: number
    readonly likely: Millis
    readonly cautious: Millis
  }[]
  readonly users: UserCount
  /** When there is room for all of them. Missing: there is none, however long one waits. */
  readonly allUsersBack?: { readonly likely: Millis; readonly cautious: Millis }
  /** What `likely` goes by. */
  readonly times: readonly TimeUsed[]
}

/**
 * Members of groups are not read, so users of a pool are its sessions. `assigned`: desktops somebody is assigned to; `peak`:
 * the most sessions of the last 30 days; `sessions`: those that were seen now.
 */
export type UserCount = {
  readonly count: number
  readonly from: 'assigned' | 'peak' | 'sessions'
  readonly day?: string
}

export type DataAge = {
  readonly takenAt: Instant
  /** Parts that could not be read the last time. */
  readonly gaps: number
  /** What is known of this part is the oldest of all: since when, ISO 8601. */
  readonly oldest?: { readonly what: string; readonly since: string }
}

/** Of machines of one size and zone on the side that would be entered. */
export type CapacityProof = {
  readonly size: string
  readonly zone?: string
  readonly machines: number
  /** They have their room now. */
  readonly running: number
  readonly lastStart?: { readonly at: Instant; readonly host: string }
  readonly lastRefusal?: { readonly at: Instant; readonly code: string }
}

/** One a day, and one for each change. */
export type HistoryLine = {
  readonly at: Instant
  readonly can: Can
  /** Codes of what it is not a plain yes for, and ids of findings. */
  readonly why: readonly string[]
  readonly critical: number
  readonly unchecked: number
  /** Of the failover, or failback, with the primary up. */
  readonly allUsersBack?: Millis
}

export type LatestReadiness = { readonly v: 1; readonly at: Instant; readonly pairs: readonly PairReadiness[] }
