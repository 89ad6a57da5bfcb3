/** What a drift rule is. Pure: the same inventory and plan give the same outcome. */
import type { Instant } from '../core/time.ts'
import type { EstateSeen } from '../model/estate.ts'
import type { Fix } from '../model/fix.ts'
import type { HostClock } from '../model/host-clock.ts'
import type { PairSeen } from '../model/inventory.ts'
import type { PairState } from '../model/pair-state.ts'
import type { RuleId } from '../plan/rule-ids.ts'
import type { DrPlan, PlannedPair } from '../plan/schema.ts'

/** `critical`: a failover now would fail or do harm. `warning`: it would be worse than it need be. `advice`: good to have. */
export type Severity = 'critical' | 'warning' | 'advice'

export type Rule = {
  /** Also the name of its file, its test and its page. */
  readonly id: RuleId
  /** A sentence: what holds when all is well. */
  readonly title: string
  /** Of its findings, where they say nothing else. */
  readonly severity: Severity
  /**
   * What a critical finding does to an operation. `never`: planning looks at it by itself, with codes of its own, or the
   * operation is not hurt by it. `unlessDown`: refuses, and is accepted with the hash when the primary is down.
   * `always`: refuses unless overridden by id, also when the primary is down.
   */
  readonly blocks: 'never' | 'unlessDown' | 'always'
  /** For the page, in Markdown: what is compared with what. */
  readonly compares: string
  /** For the page: what happens to users otherwise. */
  readonly why: string
  readonly source: { readonly title: string; readonly url: string }
  /** For the page and the finding: what a person does. */
  readonly howToFix: string
  /**
   * Missing: to every pair. What it does not apply to is neither well nor in doubt, and what it had found there is resolved:
   * so it is not asked of anything a gap could hide.
   */
  readonly appliesTo?: (context: Pick<RuleContext, 'plan' | 'pair' | 'pairState' | 'app'>) => boolean
  readonly check: (context: RuleContext) => Outcome
}

export type RuleContext = {
  readonly plan: DrPlan
  readonly pair: PlannedPair
  readonly seen: PairSeen
  readonly estate: EstateSeen
  readonly pairState: PairState
  /** Of the pair's standby hosts. Undefined: could not be read. */
  readonly clocks: readonly HostClock[] | undefined
  readonly app: AppPlace
  /** When the inventory was taken. Ages are counted to `now`. */
  readonly takenAt: Instant
  readonly now: Instant
}

/** Where this app runs. */
export type AppPlace = {
  /** As in ids, e.g. `ukwest`. Undefined: not running in Azure, or Azure did not say. */
  readonly region?: string
}

/** Neither findings nor anything unchecked: all is well. */
export type Outcome = {
  readonly findings: readonly Found[]
  /** Could not be checked, which is never a pass. */
  readonly unchecked: readonly Unchecked[]
}

/** For the side that is not active. Anything else is for people. */
export type { Fix }

export type Found = {
  /**
   * What it is about, as short as is unique within rule and pair: a name, or `side/name`. With the rule's id it makes the
   * fingerprint, so nothing that changes while the finding stays (counts, times) belongs into it.
   */
  readonly subject: string
  readonly severity?: Severity
  /** One sentence with what was seen: names, values, numbers. */
  readonly evidence: string
  readonly fix?: Fix
}

export type Unchecked = {
  /** Empty: the whole rule. */
  readonly subject: string
  /** One clause: why it could not be checked. */
  readonly reason: string
}
