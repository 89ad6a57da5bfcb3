/** What drift rules found, from the first time to 30 days after it was put right (table `findings`). */
import type { Instant } from '../core/time.ts'
import type { Fix } from '../model/fix.ts'
import type { RuleId } from '../plan/rule-ids.ts'
import type { Kept } from './operations.ts'
import type { Json } from './storage.ts'

export type FindingStatus = 'open' | 'waived' | 'resolved'

export type FindingRecord = {
  readonly pairId: string
  /** `<rule>:<subject>` in lower case. */
  readonly fingerprint: string
  /** Rows of an older version may name one that is gone. */
  readonly rule: RuleId
  readonly subject: string
  readonly severity: 'critical' | 'warning' | 'advice'
  readonly blocks: 'never' | 'unlessDown' | 'always'
  /** Of the evaluation that saw it last. */
  readonly evidence: string
  readonly fix?: Fix
  readonly status: FindingStatus
  /** When it was seen for the first time. */
  readonly openedAt: Instant
  /** When it was opened, or opened again, the last time. */
  readonly since: Instant
  readonly resolvedAt?: Instant
  readonly reopened: number
  /** To some hours: rows are not written for it alone. */
  readonly lastSeenAt: Instant
  /** In force when it was evaluated last. */
  readonly waiver?: { readonly reason: string; readonly by: string; readonly until: string }
  /** Still open because nobody could look. */
  readonly unchecked?: { readonly since: Instant; readonly reason: string }
}

/** Of one rule that could not check all it should have; the first few things of many. */
export type UncheckedRule = {
  readonly rule: RuleId
  readonly count: number
  readonly some: readonly { readonly subject: string; readonly reason: string }[]
}

/** One row a pair, and the gate to its findings: they are written together with it or not at all. */
export type EvaluationRecord = {
  readonly pairId: string
  /** The newest one. Missing: there was none yet. */
  readonly evaluated?: {
    readonly at: Instant
    /** Of the inventory. */
    readonly takenAt: Instant
    /** Rules that found nothing and left nothing unchecked. */
    readonly well: number
    readonly open: Readonly<Record<FindingRecord['severity'], number>>
    readonly waived: number
    readonly unchecked: readonly UncheckedRule[]
  }
  /** Why nothing was evaluated since. */
  readonly skipped?: { readonly at: Instant; readonly reason: string }
  /** The message that tells of changes which are on record; taken out once it is in the queue. */
  readonly untold?: { readonly at: Instant; readonly message: { readonly [key: string]: Json } }
}

export type FindingsOfPair = {
  readonly evaluation: EvaluationRecord
  /** Undefined: the row is not there yet. */
  readonly etag: string | undefined
  readonly findings: readonly FindingRecord[]
}

/** Outages of storage are thrown. */
export type FindingStore = {
  /** A finding that cannot be read is left out and told; an evaluation that cannot be read is thrown. */
  readonly load: (pairId: string, onUnreadable: (error: Error) => void) => Promise<FindingsOfPair>
  readonly evaluation: (pairId: string) => Promise<Kept<EvaluationRecord> | undefined>
  /**
   * The new etag of the evaluation, or undefined when somebody else has saved one since. Many findings are written in parts,
   * the evaluation with each of them.
   */
  readonly save: (
    evaluation: EvaluationRecord,
    etag: string | undefined,
    findings: readonly FindingRecord[],
  ) => Promise<string | undefined>
  readonly forget: (pairId: string, fingerprints: readonly string[]) => Promise<void>
}
