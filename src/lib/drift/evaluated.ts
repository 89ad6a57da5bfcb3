/** What is kept of an evaluation beside its findings. */
import type { Instant } from '../core/time.ts'
import type { EvaluationRecord, FindingRecord, UncheckedRule } from '../ports/findings.ts'
import type { Evaluation } from './evaluate.ts'

/** Of what one rule could not check. */
const mostSubjects = 10
/** Characters. */
const longestReason = 300

export function evaluatedOf(
  { well, unchecked }: Evaluation,
  findings: readonly FindingRecord[],
  { at, takenAt }: { readonly at: Instant; readonly takenAt: Instant },
): NonNullable<EvaluationRecord['evaluated']> {
  const open = (severity: FindingRecord['severity']) =>
    findings.filter((one) => one.status === 'open' && one.severity === severity).length
  return {
    at,
    takenAt,
    well: well.length,
    open: { critical: open('critical'), warning: open('warning'), advice: open('advice') },
    waived: findings.filter(({ status }) => status === 'waived').length,
    unchecked: [...Map.groupBy(unchecked, ({ rule }) => rule)].map(
      ([rule, some]): UncheckedRule => ({
        rule,
        count: some.length,
        some: some
          .slice(0, mostSubjects)
          .map(({ subject, reason }) => ({ subject, reason: reason.slice(0, longestReason) })),
      }),
    ),
  }
}
