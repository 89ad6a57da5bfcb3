/** What drift rules found, pair by pair, what they could not check, and what the waivers of the plan come to. */
import { type Instant, isoOf } from '../core/time.ts'
import { severityRank } from '../drift/fold-findings.ts'
import { rules } from '../drift/rules/index.ts'
import { covers, holdsAt, type Waiver } from '../drift/waivers.ts'
import { ruleIds } from '../plan/rule-ids.ts'
import type { DrPlan } from '../plan/schema.ts'
import type {
  EvaluationRecord,
  FindingRecord,
  FindingStatus,
  FindingsOfPair,
  UncheckedRule,
} from '../ports/findings.ts'
import type { World } from '../ports/world.ts'

export type FindingsSource = {
  readonly world: Pick<World, 'clock' | 'findings' | 'log'>
  readonly plan: DrPlan
}

export type FindingsAsked = {
  readonly pairId?: string
  /** Missing: what is open or waived. */
  readonly status?: FindingStatus
}

/** `notChecked`: nothing is waived, but its rule could not look everywhere. */
export type WaiverState = 'inForce' | 'matchesNothing' | 'notChecked' | 'expired'

/** Pairs in the plan's order, the worst first. Moments are ISO 8601, ages milliseconds. Undefined: no such pair. */
export async function viewFindings({ world, plan }: FindingsSource, { pairId, status }: FindingsAsked = {}) {
  const asked = plan.pairs.map(({ id }) => id).filter((id) => pairId === undefined || id === pairId)
  if (asked.length === 0) return undefined
  const now = world.clock.now()
  const pairs = await Promise.all(
    asked.map((id) =>
      world.findings.load(id, ({ message }) => world.log.error('finding unreadable', { pair: id, message })),
    ),
  )
  return {
    at: isoOf(now),
    pairs: pairs.map((pair) => pairView(pair, status, now)),
    waivers: plan.drift.waivers
      .filter(({ pair }) => pair === undefined || asked.includes(pair))
      .map((waiver) => waiverView(waiver, pairs, now)),
  }
}

function pairView({ evaluation, findings }: FindingsOfPair, status: FindingStatus | undefined, now: Instant) {
  const { pairId, evaluated } = evaluation
  const isAsked = (one: FindingRecord) => (status ? one.status === status : one.status !== 'resolved')
  return {
    pairId,
    ...(evaluated && {
      evaluatedAt: isoOf(evaluated.at),
      inventoryTakenAt: isoOf(evaluated.takenAt),
      inventoryAge: Math.max(0, now - evaluated.takenAt),
      open: evaluated.open,
      waived: evaluated.waived,
      well: evaluated.well,
    }),
    ...notEvaluated(evaluation),
    findings: findings.filter(isAsked).sort(byWeight).map(findingView),
    unchecked: (evaluated?.unchecked ?? []).map(uncheckedView),
  }
}

const notEvaluated = ({ evaluated, skipped }: EvaluationRecord) => {
  if (skipped) return { notEvaluated: { at: isoOf(skipped.at), reason: skipped.reason } }
  return evaluated ? {} : { notEvaluated: { reason: 'No inventory has been taken since rules are evaluated.' } }
}

const byWeight = (a: FindingRecord, b: FindingRecord): number =>
  severityRank[a.severity] - severityRank[b.severity] ||
  ruleIds.indexOf(a.rule) - ruleIds.indexOf(b.rule) ||
  (a.subject < b.subject ? -1 : 1)

const byId = new Map(rules.map((rule) => [rule.id, rule]))

function findingView({ pairId: _, openedAt, since, resolvedAt, lastSeenAt, unchecked, ...finding }: FindingRecord) {
  const rule = byId.get(finding.rule)
  return {
    ...finding,
    title: rule?.title ?? finding.rule,
    ...(rule && { howToFix: rule.howToFix }),
    openedAt: isoOf(openedAt),
    since: isoOf(since),
    ...(resolvedAt !== undefined && { resolvedAt: isoOf(resolvedAt) }),
    lastSeenAt: isoOf(lastSeenAt),
    ...(unchecked && { unchecked: { since: isoOf(unchecked.since), reason: unchecked.reason } }),
  }
}

const uncheckedView = ({ rule, count, some }: UncheckedRule) => ({
  rule,
  title: byId.get(rule)?.title ?? rule,
  severity: byId.get(rule)?.severity,
  count,
  some,
})

function waiverView(waiver: Waiver, pairs: readonly FindingsOfPair[], now: Instant) {
  const own = pairs.filter(({ evaluation }) => waiver.pair === undefined || waiver.pair === evaluation.pairId)
  const findings = own
    .flatMap((pair) => pair.findings)
    .filter((one) => one.status !== 'resolved' && covers(waiver, one.pairId, one))
  const isChecked = own.every(
    ({ evaluation: { evaluated } }) => evaluated && !evaluated.unchecked.some(({ rule }) => rule === waiver.rule),
  )
  return { ...waiver, findings: findings.length, state: stateOf(waiver, findings.length, isChecked, now) }
}

function stateOf(waiver: Waiver, findings: number, isChecked: boolean, now: Instant): WaiverState {
  if (!holdsAt(waiver, now)) return 'expired'
  if (findings > 0) return 'inForce'
  return isChecked ? 'matchesNothing' : 'notChecked'
}
