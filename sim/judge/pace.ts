import { spell } from '../../src/lib/core/time.ts'
import type { LedgerEvent } from '../arm/ledger-types.ts'
import type { JudgeOptions, Rule, Violation } from './types.ts'

/**
 * Accepted begins in any sliding interval, per limiter. A begin exactly one interval after another no longer counts
 * beside it. What Azure's own services started is nobody's pace.
 */
export function judgePace(
  events: readonly LedgerEvent[],
  kind: 'failoverAccepted' | 'startAccepted',
  rule: Rule,
  { batchSize, batchInterval }: JudgeOptions,
): { readonly violations: Violation[]; readonly most: Record<string, number>; readonly count: number } {
  const times = new Map<string, number[]>()
  for (const event of events) {
    if (event.kind !== kind || ('by' in event && event.by !== undefined)) continue
    const known = times.get(event.limiter)
    if (known) known.push(event.at)
    else times.set(event.limiter, [event.at])
  }
  const violations: Violation[] = []
  const most: Record<string, number> = {}
  for (const [limiter, moments] of times) {
    const worst = worstInterval(moments, batchInterval)
    most[limiter] = worst.count
    if (worst.count <= batchSize) continue
    const detail = `${worst.count} accepted within ${spell(batchInterval)}, ${batchSize} allowed`
    violations.push({ rule, at: worst.at, subject: limiter, detail })
  }
  return { violations, most, count: [...times.values()].reduce((sum, { length }) => sum + length, 0) }
}

/** The interval with the most begins, by the begin that filled it. */
function worstInterval(moments: readonly number[], length: number): { readonly count: number; readonly at: number } {
  let worst = { count: 0, at: 0 }
  let first = 0
  moments.forEach((at, last) => {
    while (at - (moments[first] ?? at) >= length) first += 1
    const count = last - first + 1
    if (count > worst.count) worst = { count, at }
  })
  return worst
}
