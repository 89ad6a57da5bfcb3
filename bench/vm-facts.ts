import type { Instant, Millis } from '../src/lib/core/time.ts'

/**
 * What became of one desktop, out of the ledger and the estate of the simulated Azure alone. Lengths are the ones the
 * simulator drew; `…Shown` is when reads began to show a change.
 */
export type VmFacts = {
  readonly host: string
  /** Place in the plan's order. */
  readonly ordinal: number
  readonly hadSession: boolean
  readonly drainedAt: Instant
  readonly drainShown: Instant
  /** Absent where nobody was signed in. */
  readonly signOut?: { readonly askedAt: Instant; readonly endedAt: Instant; readonly shown: Instant }
  readonly acceptedAt: Instant
  readonly failedOverAt: Instant
  readonly failoverShown: Instant
  readonly readyAt: Instant
  readonly readyShown: Instant
  readonly undrainedAt: Instant
  readonly undrainShown: Instant
  readonly commitAcceptedAt: Instant
  readonly committedAt: Instant
}

/** What has to pass before its failover may be sent: the promised grace, the drain seen, everybody seen to be gone. */
export function beforeFailover(vm: VmFacts, grace: Millis): Millis {
  const drain = vm.drainShown - vm.drainedAt
  return vm.signOut ? grace + drain + (vm.signOut.shown - vm.signOut.askedAt) : drain
}

/** From the accepted failover to the end of the commit, when every step begins the moment the one before it shows. */
export function fromFailover(vm: VmFacts): Millis {
  const alive = Math.max(vm.failoverShown, vm.readyShown) - vm.acceptedAt
  return alive + (vm.undrainShown - vm.undrainedAt) + (vm.committedAt - vm.commitAcceptedAt)
}

/** When nothing but Azure stood in the way of its failover: ready, seen from outside. */
export const readyToBegin = (vm: VmFacts): Instant => Math.max(vm.drainShown, vm.signOut?.shown ?? 0)
