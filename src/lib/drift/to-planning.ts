/** What rules say of a pair, in the words planning takes it in. */
import type { OperationKind } from '../core/operation-kind.ts'
import { lastMovedAt, type PastOfPair } from '../model/past.ts'
import type { RuleId } from '../plan/rule-ids.ts'
import type { DriftFinding, DriftSeen } from '../planning/drift-seen.ts'
import { type Evaluation, evaluate, type Finding } from './evaluate.ts'
import type { Rule, RuleContext } from './rule.ts'
import { rules as allRules } from './rules/index.ts'
import { waiverOf } from './waivers.ts'

export type Asked = {
  /** What is planned. */
  readonly kind: OperationKind
  readonly rules?: readonly Rule[]
}

/**
 * Evaluates anew: planning goes by the very inventory it plans from, not by findings of an earlier one. Where what was seen
 * is of another time than what is planned no rule has an answer.
 */
export function driftNow(context: RuleContext, past: PastOfPair | undefined, asked: Asked): DriftSeen {
  const { heldBy } = context.pairState
  if (heldBy && moving.has(heldBy.kind))
    return unknown(context, `${heldBy.operationId} is at work on the pair`, asked.rules)
  if (lastMovedAt(past) > context.takenAt)
    return unknown(context, 'the inventory was taken before the pair was moved last: take another', asked.rules)
  return driftSeen(context, evaluate(context, asked.rules), asked)
}

/** Half of what they do would be found, and is none. */
const moving: ReadonlySet<OperationKind> = new Set(['failover', 'failback', 'drill', 'align'])

export function driftSeen(
  context: RuleContext,
  { findings, unchecked }: Pick<Evaluation, 'findings' | 'unchecked'>,
  { kind, rules = allRules }: Asked,
): DriftSeen {
  const { plan, pair, now } = context
  const byId = new Map(rules.map((rule) => [rule.id, rule]))
  const seen = (finding: Finding): DriftFinding => ({
    ...finding,
    title: byId.get(finding.rule)?.title ?? finding.rule,
    blocks: isOnTheWay(context, finding.rule, kind) ? finding.blocks : 'never',
  })
  const isWaived = (finding: Finding) => waiverOf(plan, pair.id, finding, now) !== undefined
  return {
    findings: findings.filter((one) => !isWaived(one)).map(seen),
    waived: findings.filter(isWaived).map(seen),
    unchecked: unchecked
      .filter(({ rule }) => byId.get(rule)?.blocks !== 'never' && isOnTheWay(context, rule, kind))
      .map(({ rule, subject, reason }) => ({ rule, subject, reason })),
  }
}

/** What would be lost with the primary region is in nobody's way who goes back to it. */
const onlyAway: ReadonlySet<RuleId> = new Set(['vault-outside-primary', 'resource-groups-outside-primary'])

/** Hosts of the old side of a pool that have come back to life are where everybody goes in a failback. */
const isOnTheWay = ({ pair }: RuleContext, rule: RuleId, kind: OperationKind): boolean =>
  kind !== 'failback' || !(onlyAway.has(rule) || (rule === 'inactive-side-fenced' && pair.strategy === 'pooledStandby'))

const unknown = (
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
