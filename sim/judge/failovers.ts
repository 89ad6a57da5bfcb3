import { idKey } from '../../src/lib/core/arm-id.ts'
import type { LedgerEvent } from '../arm/ledger-types.ts'
import type { Violation } from './types.ts'

type Attempt = { readonly vm: string; readonly job: string }

/**
 * An item is failed over once: again only after the earlier job failed, or after it was reprotected. A failover is
 * committed once: again only after the earlier commit failed.
 */
export function judgeFailovers(events: readonly LedgerEvent[]): {
  readonly violations: Violation[]
  readonly commits: number
} {
  const failed = new Set<string>()
  const failovers = new Map<string, Attempt>()
  const commits = new Map<string, Attempt>()
  const violations: Violation[] = []
  let count = 0

  for (const event of events) {
    if (event.kind === 'jobEnded' && event.state === 'Failed') failed.add(event.job)
    if (event.kind === 'jobEnded' && event.state === 'Succeeded' && isReprotect(event.scenario)) {
      forget(failovers, event.vm)
      forget(commits, event.vm)
    }
    if (event.kind !== 'failoverAccepted' && event.kind !== 'commitAccepted') continue
    const isCommit = event.kind === 'commitAccepted'
    const attempts = isCommit ? commits : failovers
    const item = idKey(event.item)
    const earlier = attempts.get(item)
    if (earlier && !failed.has(earlier.job) && event.by === undefined) {
      const rule = isCommit ? 'committedTwice' : 'failedOverTwice'
      const detail = `job ${event.job} was accepted although job ${earlier.job} has not failed`
      violations.push({ rule, at: event.at, subject: event.vm, detail })
    }
    attempts.set(item, { vm: event.vm, job: event.job })
    if (isCommit) count += 1
    else commits.delete(item)
  }
  return { violations, commits: count }
}

const isReprotect = (scenario: string) => /switch.*protection|reprotect/i.test(scenario)

/** Matched by the machine's name, which a failover leaves as it is. */
function forget(attempts: Map<string, Attempt>, vm: string): void {
  const name = nameOf(vm)
  for (const [item, attempt] of attempts) if (nameOf(attempt.vm) === name) attempts.delete(item)
}

const nameOf = (id: string) => id.split('/').at(-1)?.toLowerCase()
