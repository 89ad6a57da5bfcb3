/**
 * The life of a finding: opened, still open, resolved, opened again. Pure. What could not be checked stays as it is: only a
 * rule that has looked and said nothing resolves what it had found.
 */
import { orderedJson } from '../core/ordered-json.ts'
import { hours, type Instant, type Millis } from '../core/time.ts'
import type { FindingRecord } from '../ports/findings.ts'
import type { Evaluation, Finding } from './evaluate.ts'
import type { Unchecked } from './rule.ts'
import type { Waiver } from './waivers.ts'

export type ChangeKind = 'opened' | 'reopened' | 'resolved' | 'waiverEnded' | 'worse'
export type FindingChange = { readonly kind: ChangeKind; readonly finding: FindingRecord }

export type FoldInput = {
  readonly pairId: string
  readonly kept: readonly FindingRecord[]
  readonly evaluation: Evaluation
  /** The waiver that holds now. */
  readonly waiverOf: (finding: { readonly rule: string; readonly subject: string }) => Waiver | undefined
  readonly now: Instant
}

export type Fold = {
  /** All, as they stand now. */
  readonly findings: readonly FindingRecord[]
  /** Those whose rows have to be written. */
  readonly changed: readonly FindingRecord[]
  /** What somebody has to know. */
  readonly changes: readonly FindingChange[]
  /** Fingerprints of those resolved so long ago that their rows can go. */
  readonly forgotten: readonly string[]
}

/** What comes back within this time is told as the same finding. */
const keptResolved: Millis = hours(30 * 24)
/** A row is not written only to say that it was seen again. */
const seenAgain: Millis = hours(6)
/** Characters; a sentence with names and values. */
const longestEvidence = 2_000

export function foldFindings(input: FoldInput): Fold {
  const { kept, evaluation, now } = input
  const forgotten = kept.filter((one) => isForgotten(one, now)).map(({ fingerprint }) => fingerprint)
  const before = new Map(kept.map((one) => [one.fingerprint, one]))
  for (const fingerprint of forgotten) before.delete(fingerprint)
  const found = worstOfEach(evaluation.findings)
  const doubts = Map.groupBy(evaluation.unchecked, ({ rule }) => rule)
  const after = [
    ...[...found.values()].map((one) => seen(input, before.get(one.fingerprint), one)),
    ...[...before.values()]
      .filter(({ fingerprint }) => !found.has(fingerprint))
      .map((one) => unseen(input, one, doubtOf(doubts.get(one.rule) ?? [], one.subject))),
  ]
  return {
    findings: after,
    changed: after.filter((one) => isNews(before.get(one.fingerprint), one)),
    changes: after.flatMap((finding) =>
      kindsOf(before.get(finding.fingerprint), finding).map((kind) => ({ kind, finding })),
    ),
    forgotten: forgotten.filter((fingerprint) => !found.has(fingerprint)),
  }
}

function seen(
  { pairId, waiverOf, now }: FoldInput,
  before: FindingRecord | undefined,
  { fingerprint, rule, subject, severity, blocks, evidence, fix }: Finding,
): FindingRecord {
  const isBack = before?.status === 'resolved'
  return {
    pairId,
    fingerprint,
    rule,
    subject,
    severity,
    blocks,
    evidence: evidence.slice(0, longestEvidence),
    ...(fix && { fix }),
    ...standing(waiverOf({ rule, subject })),
    openedAt: before?.openedAt ?? now,
    since: before && !isBack ? before.since : now,
    reopened: (before?.reopened ?? 0) + (isBack ? 1 : 0),
    lastSeenAt: before && !isBack && now - before.lastSeenAt < seenAgain ? before.lastSeenAt : now,
  }
}

/** Not among what was found: put right, or nobody could look. */
function unseen({ waiverOf, now }: FoldInput, before: FindingRecord, doubt: Unchecked | undefined): FindingRecord {
  if (before.status === 'resolved') return before
  const { waiver: _, unchecked, ...rest } = before
  if (!doubt) return { ...rest, status: 'resolved', resolvedAt: now }
  // The first reason stays: a region that is away words it a little differently each time.
  return { ...rest, ...standing(waiverOf(before)), unchecked: unchecked ?? { since: now, reason: doubt.reason } }
}

const standing = (waiver: Waiver | undefined): Pick<FindingRecord, 'status' | 'waiver'> =>
  waiver
    ? { status: 'waived', waiver: { reason: waiver.reason, by: waiver.by, until: waiver.until } }
    : { status: 'open' }

/** A name that is a part of the other, by whole segments, is about the same thing or about all of it. */
function doubtOf(unchecked: readonly Unchecked[], subject: string): Unchecked | undefined {
  const own = `/${subject.toLowerCase()}/`
  return unchecked.find((one) => {
    const theirs = `/${one.subject.toLowerCase()}/`
    return one.subject === '' || own.includes(theirs) || theirs.includes(own)
  })
}

export const severityRank = { critical: 0, warning: 1, advice: 2 } as const

/** Two of one fingerprint are one. */
function worstOfEach(findings: readonly Finding[]): ReadonlyMap<string, Finding> {
  const worst = new Map<string, Finding>()
  for (const one of findings) {
    const other = worst.get(one.fingerprint)
    if (!other || severityRank[one.severity] < severityRank[other.severity]) worst.set(one.fingerprint, one)
  }
  return worst
}

/** What is waived is quiet until the waiver ends or the matter gets worse. Its end is told, whoever knew of it. */
function kindsOf(before: FindingRecord | undefined, after: FindingRecord): readonly ChangeKind[] {
  if (!before) return after.status === 'open' ? ['opened'] : []
  if (before.status === 'resolved') return after.status === 'open' ? ['reopened'] : []
  if (after.status === 'resolved') return ['resolved']
  return [
    ...(before.status === 'waived' && after.status === 'open' ? (['waiverEnded'] as const) : []),
    ...(severityRank[after.severity] < severityRank[before.severity] ? (['worse'] as const) : []),
  ]
}

const isForgotten = ({ status, resolvedAt = 0 }: FindingRecord, now: Instant): boolean =>
  status === 'resolved' && now - resolvedAt >= keptResolved

/** Properties come and go, and with them their order. */
const isNews = (before: FindingRecord | undefined, after: FindingRecord): boolean =>
  before === undefined || (before !== after && orderedJson(before) !== orderedJson(after))
