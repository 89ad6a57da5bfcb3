/** Findings of drift rules: a partition a pair, a row a finding, and one row for the evaluation, whose etag is the gate to all. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { EvaluationRecord, FindingRecord, FindingStore } from '../ports/findings.ts'
import type { Change, Json, Row, Stored, Table } from '../ports/storage.ts'
import { UnreadableRow } from './errors.ts'

const tableName = 'findings'
const evaluationKey = 'evaluation'
/** A transaction has at most 100 changes (`row-limits.ts`); one is the evaluation. */
const mostFindings = 99
/** Characters of JSON in one transaction: escaped three times over they stay below its 4 MiB. */
const mostCharacters = 500_000

export const createFindingStore = (table: Table): FindingStore => ({
  async load(pairId, onUnreadable) {
    const rows = await table.query(pairId)
    const own = rows.find(({ rk }) => rk === evaluationKey)
    const findings = rows.filter((row) => row !== own).flatMap((row) => readable(row, onUnreadable))
    return { evaluation: own ? readEvaluation(own) : { pairId }, etag: own?.etag, findings }
  },
  async evaluation(pairId) {
    const row = await table.get(pairId, evaluationKey)
    return row && { value: readEvaluation(row), etag: row.etag }
  },
  async save(evaluation, etag, findings) {
    const row = rowOf(evaluation.pairId, evaluationKey, evaluation)
    let held = etag
    for (const part of partsOf(findings)) {
      const gate: Change = held === undefined ? { kind: 'insert', row } : { kind: 'replace', row, etag: held }
      const upserts = part.map(
        (one): Change => ({ kind: 'upsert', row: rowOf(evaluation.pairId, keyOf(one.fingerprint), one) }),
      )
      held = (await table.transact(evaluation.pairId, [gate, ...upserts]))?.[0]
      if (held === undefined) return undefined
    }
    return held
  },
  async forget(pairId, fingerprints) {
    for (const fingerprint of fingerprints) await table.remove(pairId, keyOf(fingerprint))
  },
})

/** A subject may be longer than a key. */
function keyOf(fingerprint: string): string {
  const [rule = ''] = fingerprint.split(':', 1)
  return `finding-${rule}-${createHash('sha256').update(fingerprint).digest('hex').slice(0, 32)}`
}

const rowOf = (pk: string, rk: string, value: object): Row => ({ pk, rk, value: value as Record<string, Json> })

/** One part at least: the evaluation is saved also when no finding has changed. */
function partsOf(findings: readonly FindingRecord[]): readonly (readonly FindingRecord[])[] {
  const parts: FindingRecord[][] = [[]]
  let characters = 0
  for (const finding of findings) {
    const length = JSON.stringify(finding).length
    const last = parts.at(-1) ?? []
    if (last.length < mostFindings && characters + length <= mostCharacters) {
      last.push(finding)
      characters += length
      continue
    }
    parts.push([finding])
    characters = length
  }
  return parts
}

const count = z.number().int().min(0)
const severity = z.enum(['critical', 'warning', 'advice'])

const finding = z.looseObject({
  pairId: z.string(),
  fingerprint: z.string(),
  rule: z.string(),
  subject: z.string(),
  severity,
  blocks: z.enum(['never', 'unlessDown', 'always']),
  evidence: z.string(),
  fix: z.looseObject({ kind: z.string(), side: z.enum(['primary', 'secondary']) }).optional(),
  status: z.enum(['open', 'waived', 'resolved']),
  openedAt: z.number(),
  since: z.number(),
  resolvedAt: z.number().optional(),
  reopened: count,
  lastSeenAt: z.number(),
  waiver: z.looseObject({ reason: z.string(), by: z.string(), until: z.string() }).optional(),
  unchecked: z.looseObject({ since: z.number(), reason: z.string() }).optional(),
})

const evaluation = z.looseObject({
  pairId: z.string(),
  evaluated: z
    .looseObject({
      at: z.number(),
      takenAt: z.number(),
      well: count,
      open: z.record(severity, count),
      waived: count,
      unchecked: z.array(
        z.looseObject({
          rule: z.string(),
          count,
          some: z.array(z.looseObject({ subject: z.string(), reason: z.string() })),
        }),
      ),
    })
    .optional(),
  skipped: z.looseObject({ at: z.number(), reason: z.string() }).optional(),
  untold: z.looseObject({ at: z.number(), message: z.record(z.string(), z.unknown()) }).optional(),
})

const readEvaluation = (row: Stored): EvaluationRecord => read(evaluation, row) as EvaluationRecord

function readable(row: Stored, onUnreadable: (error: Error) => void): readonly FindingRecord[] {
  try {
    return [read(finding, row) as FindingRecord]
  } catch (error) {
    if (!(error instanceof UnreadableRow)) throw error
    onUnreadable(error)
    return []
  }
}

function read(schema: z.ZodType, row: Stored): unknown {
  const { success, error } = schema.safeParse(row.value)
  if (success) return row.value
  const [issue] = error.issues
  throw new UnreadableRow(tableName, row.pk, row.rk, `${issue?.path.join('.')}: ${issue?.message}`)
}
