import type { LedgerEvent } from '../arm/ledger-types.ts'
import { judgeAfterFailover } from './after-failover.ts'
import { judgeAssignments } from './assignments.ts'
import { judgeFailovers } from './failovers.ts'
import { judgeFixes } from './fixes.ts'
import { judgePace } from './pace.ts'
import type { JudgedEstate, JudgeOptions, Verdict, Violation } from './types.ts'
import { judgeUse } from './use.ts'

/**
 * What the ledger says about the promises of the product; never the product's own word.
 *
 * `start` is the estate before the first event. `events` are in order of time and complete: let the agenda settle first.
 */
export function judge(events: readonly LedgerEvent[], start: JudgedEstate, options: JudgeOptions): Verdict {
  const assignments = judgeAssignments(events, start, options)
  const use = judgeUse(events, start, options)
  const failoverPace = judgePace(events, 'failoverAccepted', 'tooManyFailovers', options)
  const startPace = judgePace(events, 'startAccepted', 'tooManyStarts', options)
  const failovers = judgeFailovers(events)
  const after = judgeAfterFailover(events)
  const violations = [
    ...assignments.violations,
    ...use,
    ...failoverPace.violations,
    ...startPace.violations,
    ...failovers.violations,
    ...after.violations,
    ...judgeFixes(events, start, options),
    ...judgeTokens(events),
  ]
  return {
    violations: violations.sort((a, b) => a.at - b.at),
    measures: {
      longestGap: Math.max(0, ...assignments.gaps.values()),
      gaps: assignments.gaps,
      failovers: failoverPace.count,
      starts: startPace.count,
      commits: failovers.commits,
      reprotects: after.reprotects,
      extensions: after.extensions,
      associations: after.associations,
      mostFailoversInInterval: failoverPace.most,
      mostStartsInInterval: startPace.most,
    },
  }
}

const judgeTokens = (events: readonly LedgerEvent[]): Violation[] =>
  events.flatMap((event) =>
    event.kind === 'tokenToForeignHost'
      ? [{ rule: 'tokenToForeignHost', at: event.at, subject: event.host, detail: `a token was sent to ${event.url}` }]
      : [],
  )
