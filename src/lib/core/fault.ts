import type { Millis } from './time.ts'

/** What went wrong, in our words. `docs/glossary.md` lists them. */
export type FaultCode =
  | 'throttled'
  | 'overBudget'
  | 'unavailable'
  | 'outcomeUnknown'
  | 'conflict'
  | 'notFound'
  | 'forbidden'
  | 'rejected'
  | 'noCapacity'
  | 'noQuota'
  | 'jobFailed'
  | 'timedOut'
  | 'fenced'
  | 'unreadable'
  | 'unproven'
  | 'takenOver'
  | 'needsPerson'
  | 'extensionsMissing'

/** A failure as data. A thrown exception is an *error* and means a bug or an outage of our own storage. */
export type Fault = {
  readonly code: FaultCode
  readonly message: string
  /** Worth another attempt without a person. */
  readonly retryable: boolean
  /** Azure's own code, e.g. `AllocationFailed` or a Site Recovery number. */
  readonly azureCode?: string
  /** How long Azure asked us to wait, in milliseconds. */
  readonly retryAfter?: Millis
}

/** What a call to Azure came to. `unknown`: the answer got lost and the call may have been carried out (design rule 3). */
export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused'; readonly fault: Fault }
  | { readonly kind: 'unknown'; readonly fault: Fault }
