import type { Instant } from '../../src/lib/core/time.ts'
import type { CallRecord, Ledger, LedgerEvent } from './ledger-types.ts'

/** The world's own record, in order of time. Tests judge it, never the product's word. */
export function createLedger(now: () => Instant): Ledger {
  const events: LedgerEvent[] = []
  const calls: CallRecord[] = []
  return {
    // The union cannot be rebuilt by spreading, hence the assertion.
    write: (entry) => void events.push({ at: now(), ...entry } as LedgerEvent),
    events: () => events,
    record: (call) => void calls.push(call),
    calls: () => calls,
  }
}
