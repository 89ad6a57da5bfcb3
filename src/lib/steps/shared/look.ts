/** The five things a look can find, in one line each. */
import type { Fault } from '../../core/fault.ts'
import type { Instant } from '../../core/time.ts'
import type { Look, Seen } from '../../machine/step.ts'

export const done = (readAt: Instant, detail?: string): Look => found({ kind: 'done' }, readAt, detail)

/** For a step that only waits: "not yet", so that a pause or an abort takes hold at once. */
export const notBegun = (readAt: Instant, detail?: string): Look => found({ kind: 'notBegun' }, readAt, detail)

export const underway = (readAt: Instant, detail?: string): Look => found({ kind: 'underway' }, readAt, detail)

export const faulted = (readAt: Instant, fault: Fault): Look => found({ kind: 'faulted', fault }, readAt, fault.message)

export const couldNotLook = (readAt: Instant, fault: Fault): Look =>
  found({ kind: 'couldNotLook', fault }, readAt, fault.message)

/** The thing itself is not in its listing: paging gaps and late listings look the same, so this is never `notBegun`. */
export const missing = (readAt: Instant, what: string): Look =>
  couldNotLook(readAt, { code: 'notFound', message: `${what} is missing from its listing`, retryable: true })

const found = (seen: Seen, readAt: Instant, detail: string | undefined): Look => ({
  seen,
  readAt,
  ...(detail === undefined ? {} : { detail }),
})
