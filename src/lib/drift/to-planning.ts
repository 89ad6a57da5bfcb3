/** What rules say of a pair, in the words planning takes it in. */
import type { OperationKind } from '../core/operation-kind.ts'
import { lastMovedAt, type PastOfPair } from '../model/past.ts'
import type { DriftFinding, DriftSeen } from '../planning/drift-seen.ts'
import { type Evaluation, evaluate, type Finding } from './evaluate.ts'
import type { Rule, RuleContext } from './rule.ts'
import { rules as allRules } from './rules/index.ts'
import { waiverOf } from './waivers.ts'

/** Evaluates anew: planning goes by the very inventory it plans from, not by findings of an earlier one. */
export function driftNow(
  context: RuleContext,
  past: PastOfPair | undefined,
  rules: readonly Rule[] = allRules,
): DriftSeen {
  const { heldBy } = context.pairState
  if (heldBy && moving.has(heldBy.kind))
    return driftUnknown(context, `${heldBy.operationId} is at work on the pair`, rules)
  return lastMovedAt(past) > context.takenAt ? driftUnknown(context, olderThanMove, rules) : driftFor(context, rules)
}

/** Half of what they do would be found, and is none. */
const moving: ReadonlySet<OperationKind> = new Set(['failover', 'failback', 'drill', 'align'])

const olderThanMove = 'the inventory was taken before the pair was moved last: take another'

export function driftFor(context: RuleContext, rules: readonly Rule[] = allRules): DriftSeen {
  return driftSeen(context, evaluate(context, rules), rules)
}

export function driftSeen(
  { plan, pair, now }: RuleContext,
  { findings, unchecked }: Pick<Evaluation, 'findings' | 'unchecked'>,
  rules: readonly Rule[] = allRules,
): DriftSeen {
  const byId = new Map(rules.map((rule) => [rule.id, rule]))
  const asSeen = (finding: Finding): DriftFinding => ({
    ...finding,
    title: byId.get(finding.rule)?.title ?? finding.rule,
  })
  const isWaived = (finding: Finding) => waiverOf(plan, pair.id, finding, now) !== undefined
  const mayBlock = ({ rule }: { readonly rule: Rule['id'] }) => byId.get(rule)?.blocks !== 'never'
  return {
    findings: findings.filter((one) => !isWaived(one)).map(asSeen),
    waived: findings.filter(isWaived).map(asSeen),
    unchecked: unchecked.filter(mayBlock).map(({ rule, subject, reason }) => ({ rule, subject, reason })),
  }
}

/** Where what was seen is of another time than what is planned: no rule has an answer. */
export const driftUnknown = (
  { plan, pair, pairState, app }: RuleContext,
  reason: string,
  rules: readonly Rule[] = allRules,
): DriftSeen => ({
  findings: [],
  waived: [],
  unchecked: rules
    .filter(({ blocks, appliesTo }) => blocks !== 'never' && (appliesTo?.({ plan, pair, pairState, app }) ?? true))
    .map(({ id }) => ({ rule: id, subject: '', reason })),
})
