/** The smallest unit of work: limits, a look and a begin. This file has what the pure part knows of it. */
import type { Fault } from '../core/fault.ts'
import type { Instant, Millis } from '../core/time.ts'
import type { StepName } from './spec.ts'

/** Everything has a limit. All lengths in milliseconds. */
export type StepLimits = {
  readonly name: StepName
  /** From the begin (or from entering a step that only waits) to giving up. */
  readonly timeout: Millis
  readonly maxAttempts: number
  /** From entering the step to giving up, whatever the attempts; for what concerns a side that is down. */
  readonly deadline?: Millis
  /** Between two looks. */
  readonly pollEvery: Millis
  /** From the begin to the first look, where the answer is not expected at once. */
  readonly firstLookAfter?: Millis
  /** `notBegun` counts only from a read started this long after the begin (design rule 13). */
  readonly settle: Millis
  /** Wait before another attempt after a fault that may pass. */
  readonly retryAfter: Millis
  /** Begins are granted by the pacer, by this limiter. */
  readonly paced?: 'starts' | 'failovers'
}

/** ≥ fence 10 s + call deadline 10 s + read lag (design rule 13). */
export const defaultSettle: Millis = 60_000

/** What Azure says about a step right now. */
export type Seen =
  | { readonly kind: 'notBegun' }
  | { readonly kind: 'underway' }
  | { readonly kind: 'done' }
  | { readonly kind: 'faulted'; readonly fault: Fault }
  /** The question could not be answered: the read failed, or the thing was missing from a list. Never taken for `notBegun`. */
  | { readonly kind: 'couldNotLook'; readonly fault: Fault }

/** What a look found. */
export type Look = {
  readonly seen: Seen
  /** When the oldest read behind it was started. */
  readonly readAt: Instant
  /** When another look is worth while, if not after `pollEvery`; in milliseconds. */
  readonly lookAfter?: Millis
  /** One clause for the timeline, where there is something to tell. */
  readonly detail?: string
  /** Kept with the task and handed to the next looks of this step, e.g. the job that was there before our begin. At most 1 KB as JSON. */
  readonly memo?: StepMemo
  /** Kept with the task to its end, and handed to all further steps. At most 1 KB as JSON, all steps together. */
  readonly facts?: StepMemo
  /** With `notBegun`: not to be begun yet, for the reason in `detail`. How long that may last is the step's affair. */
  readonly waits?: true
  /** With `underway`: another task has begun it for this one as well. From now on it counts as begun. */
  readonly isJoined?: true
  /** With `done`: the steps behind this one are not needed. */
  readonly isEnough?: true
  /** With `done`: what is missing for good. The task goes on and ends `degraded`. */
  readonly lacks?: Fault
  /**
   * Of a step that does several things one after the other: which of them this look is about. Another part than before has
   * attempts and a time of its own. Missing: the same as before.
   */
  readonly part?: string
}

export type StepMemo = Readonly<Record<string, string | number | boolean>>

/** What a begin came to. `unknown`: it may have been carried out; only a look can tell. */
export type Begun =
  | { readonly kind: 'accepted'; readonly memo?: StepMemo }
  | { readonly kind: 'refused'; readonly fault: Fault }
  | { readonly kind: 'unknown'; readonly fault: Fault }
