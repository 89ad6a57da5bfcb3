import type { Instant, Millis } from '../../src/lib/core/time.ts'
import type { HostClock } from './clock.ts'

/** What the host writes to the blob `timers/…/status`. */
export type TimerStatus = {
  readonly last: Instant | undefined
  readonly next: Instant
  readonly updated: Instant | undefined
}

/**
 * What the hosts of one app share about timers: the status blobs, and the leases that let one host at a time run a timer.
 * Give the same store to all instances of an app, and to the host that follows a stopped one.
 */
export type TimerStore = {
  readonly read: (timer: string) => Promise<TimerStatus | undefined>
  readonly write: (timer: string, status: TimerStatus) => Promise<void>
  /** Takes the lease, or renews it for its holder. False while another holder has it. */
  readonly lease: (timer: string, holder: string, length: Millis) => Promise<boolean>
  readonly release: (timer: string, holder: string) => Promise<void>
}

export function createTimerStore(clock: Pick<HostClock, 'now'>): TimerStore {
  const statuses = new Map<string, TimerStatus>()
  const leases = new Map<string, { readonly holder: string; readonly until: Instant }>()
  return {
    read: async (timer) => statuses.get(timer),
    write: async (timer, status) => {
      statuses.set(timer, status)
    },
    lease: async (timer, holder, length) => {
      const held = leases.get(timer)
      if (held && held.holder !== holder && held.until > clock.now()) return false
      leases.set(timer, { holder, until: clock.now() + length })
      return true
    },
    release: async (timer, holder) => {
      if (leases.get(timer)?.holder === holder) leases.delete(timer)
    },
  }
}
