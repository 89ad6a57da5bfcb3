/** What is known of a pair from its earlier operations: how they ended, and how long their parts took. */
import type { OperationKind } from '../core/operation-kind.ts'
import type { Instant, Millis } from '../core/time.ts'

export type PastOfPair = {
  readonly pairId: string
  readonly strategy: string
  /** The newest of each kind that moves users, or practises it; whatever it came to. */
  readonly last: Readonly<Partial<Record<OperationKind, EndedRun>>>
  /** Newest last. */
  readonly measured: readonly MeasuredRun[]
}

export type EndedRun = {
  readonly operationId: string
  /** Its end. */
  readonly at: Instant
  readonly outcome: string
  /** From its start to its end. */
  readonly duration: Millis
  readonly primaryIsDown: boolean
  /** Hosts and desktops it gave somebody to work on. */
  readonly arrived: number
}

export type MeasuredRun = {
  readonly operationId: string
  readonly kind: OperationKind
  readonly at: Instant
  /** By the names of `planning/step-times.ts`. */
  readonly parts: Readonly<Record<string, Sample>>
}

/** Eleven points of what was measured: the least, every tenth part, the most. */
export type Sample = { readonly count: number; readonly deciles: readonly Millis[] }

/** When users were moved last, or it was tried: what was seen before is of another estate. */
export const lastMovedAt = (past: PastOfPair | undefined): Instant =>
  Math.max(past?.last.failover?.at ?? 0, past?.last.failback?.at ?? 0)
