/** What is kept of each evaluation: a line when something changes, and one a day. */
import { hours, type Instant, isoOf, type Millis } from '../core/time.ts'
import type { HistoryLine, PairReadiness } from './readiness.ts'

/** Longer than a year, so that the same season can be compared. */
export const historyKept: Millis = hours(400 * 24)
/** A pair that goes to and fro every quarter of an hour is not kept for all that time. */
const mostLines = 5_000
/** Codes and ids in one line. */
const mostReasons = 20

export function lineOf(readiness: PairReadiness): HistoryLine {
  const { at, can, ways, critical, unchecked } = readiness
  const [up] = ways
  const said = ways.flatMap((way) => (way.can === 'no' ? way.refusals : [...way.accepted, ...way.warnings]))
  const why = [...said, ...critical].flatMap(({ code, subjects }) =>
    code === 'driftFinding' || code === 'findingOverridden' ? subjects : [code],
  )
  return {
    at,
    can,
    why: can === 'yes' ? [] : [...new Set(why)].sort().slice(0, mostReasons),
    critical: critical.length,
    unchecked: unchecked.length,
    ...(up?.recovery?.allUsersBack && { allUsersBack: up.recovery.allUsersBack.likely }),
  }
}

/** Whether there is something to keep. Estimates change all the time, and make no line of their own. */
export const isNews = (before: HistoryLine | undefined, line: HistoryLine): boolean =>
  before === undefined ||
  dayOf(before.at) !== dayOf(line.at) ||
  JSON.stringify(essence(before)) !== JSON.stringify(essence(line))

export const withLine = (lines: readonly HistoryLine[], line: HistoryLine): readonly HistoryLine[] =>
  [...lines, line].filter(({ at }) => at > line.at - historyKept).slice(-mostLines)

const dayOf = (at: Instant): string => isoOf(at).slice(0, 10)

const essence = ({ can, why }: HistoryLine) => ({ can, why })
