import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hours, type Instant, minutes } from '../../../src/lib/core/time.ts'
import type { Evaluation } from '../../../src/lib/drift/evaluate.ts'
import { type Fold, foldFindings } from '../../../src/lib/drift/fold-findings.ts'
import type { Waiver } from '../../../src/lib/drift/waivers.ts'
import type { FindingRecord } from '../../../src/lib/ports/findings.ts'
import { evaluationOf, findingOf, recordOf } from '../../support/findings.ts'
import { now } from '../../support/plans.ts'

const waiver: Waiver = { rule: 'same-image', reason: 'being rolled out', by: 'ops@example.com', until: '2026-12-31' }
const later = now + minutes(15)

type Given = { readonly waived?: boolean; readonly at?: Instant }

const fold = (kept: readonly FindingRecord[], evaluation: Partial<Evaluation>, { waived, at = later }: Given = {}) =>
  foldFindings({
    pairId: 'pooled',
    kept,
    evaluation: evaluationOf(evaluation),
    waiverOf: () => (waived ? waiver : undefined),
    now: at,
  })

const told = ({ changes }: Fold) => changes.map(({ kind, finding }) => `${kind} ${finding.subject}`)
const stands = ({ findings }: Fold) => findings.map(({ status, subject }) => `${status} ${subject}`)
const looked = { well: ['same-image'] as const }
const blind = (subject: string, reason = 'the region does not answer') =>
  ({ unchecked: [{ rule: 'same-image', severity: 'critical', subject, reason }] }) as const

describe('a finding', () => {
  test('is opened when it is seen for the first time', () => {
    const result = fold([], { findings: [findingOf('vm-1')] })
    expect(result.changed).toEqual([{ ...recordOf('vm-1'), openedAt: later, since: later, lastSeenAt: later }])
    expect(told(result)).toEqual(['opened vm-1'])
  })

  test('that is seen again is still open; nothing is told, and no row is written for hours', () => {
    const kept = [recordOf('vm-1')]
    const soon = fold(kept, { findings: [findingOf('vm-1')] }, { at: now + hours(6) - 1 })
    expect([soon.changed, told(soon), stands(soon)]).toEqual([[], [], ['open vm-1']])
    const late = fold(kept, { findings: [findingOf('vm-1')] }, { at: now + hours(6) })
    expect(late.changed).toEqual([{ ...recordOf('vm-1'), lastSeenAt: now + hours(6) }])
  })

  test('has the evidence of the last look', () => {
    const result = fold([recordOf('vm-1')], { findings: [findingOf('vm-1', { evidence: 'now 7' })] })
    expect([result.changed[0]?.evidence, told(result)]).toEqual(['now 7', []])
  })

  test('is resolved when its rule has looked and says nothing', () => {
    const result = fold([recordOf('vm-1')], looked)
    expect(result.changed).toEqual([{ ...recordOf('vm-1'), status: 'resolved', resolvedAt: later }])
    expect(told(result)).toEqual(['resolved vm-1'])
  })

  test('is resolved beside another one of its rule, and when its rule does not apply any more', () => {
    expect(told(fold([recordOf('vm-1')], { findings: [findingOf('vm-2')] }))).toEqual(['opened vm-2', 'resolved vm-1'])
    expect(told(fold([recordOf('vm-1')], {}))).toEqual(['resolved vm-1'])
  })

  test.each([
    ['', 'vm-1'],
    ['vm-1', 'VM-1'],
    ['secondary', 'secondary/vm-1'],
    ['vm-1', 'secondary/vm-1'],
    ['secondary/vm-1', 'vm-1'],
  ])('stays open while nobody can check "%s" of "%s", and says since when', (unchecked, subject) => {
    const result = fold([recordOf(subject)], blind(unchecked))
    expect(result.changed).toEqual([
      { ...recordOf(subject), unchecked: { since: later, reason: 'the region does not answer' } },
    ])
    expect(told(result)).toEqual([])
    const again = fold(result.findings, blind(unchecked, 'worded otherwise'), { at: later + minutes(15) })
    expect([again.changed, stands(again)]).toEqual([[], [`open ${subject}`]])
    const back = fold(again.findings, { findings: [findingOf(subject)] }, { at: later + minutes(30) })
    expect(back.changed).toEqual([recordOf(subject)])
  })

  test.each([
    ['vm-1', 'vm-11'],
    ['primary', 'secondary/vm-1'],
  ])('is resolved although "%s" could not be checked, when it is "%s"', (unchecked, subject) => {
    expect(told(fold([recordOf(subject)], blind(unchecked)))).toEqual([`resolved ${subject}`])
  })

  test('that comes back within 30 days is opened again, and counted; later it is a new one', () => {
    const resolved = recordOf('vm-1', { status: 'resolved', resolvedAt: now, openedAt: now - hours(9) })
    const back = fold([resolved], { findings: [findingOf('vm-1')] })
    expect(back.changed).toEqual([
      recordOf('vm-1', { openedAt: now - hours(9), since: later, lastSeenAt: later, reopened: 1 }),
    ])
    expect(told(back)).toEqual(['reopened vm-1'])
    const anew = fold([resolved], { findings: [findingOf('vm-1')] }, { at: now + hours(30 * 24) })
    expect([told(anew), anew.changed[0]?.reopened, anew.forgotten]).toEqual([['opened vm-1'], 0, []])
  })

  test('that was resolved 30 days ago is forgotten', () => {
    const resolved = recordOf('vm-1', { status: 'resolved', resolvedAt: now })
    expect(fold([resolved], looked, { at: now + hours(30 * 24) - 1 })).toMatchObject({ forgotten: [], changed: [] })
    const gone = fold([resolved], looked, { at: now + hours(30 * 24) })
    expect([gone.forgotten, gone.findings]).toEqual([[resolved.fingerprint], []])
  })

  test('that got worse is told, one that got better is only written', () => {
    const advice = recordOf('vm-1', { severity: 'advice' })
    expect(told(fold([advice], { findings: [findingOf('vm-1')] }))).toEqual(['worse vm-1'])
    const better = fold([recordOf('vm-1')], { findings: [findingOf('vm-1', { severity: 'warning' })] })
    expect([told(better), better.changed.length]).toEqual([[], 1])
  })

  test('of one fingerprint is one, with the worst that was said of it', () => {
    const twice = [findingOf('vm-1', { severity: 'advice' }), findingOf('VM-1')]
    expect(fold([], { findings: twice }).findings).toMatchObject([{ severity: 'critical' }])
    expect(fold([], { findings: twice.reverse() }).findings).toMatchObject([{ severity: 'critical' }])
  })
})

describe('a waived finding', () => {
  const { reason, by, until } = waiver

  test('is on record with reason and end, and quiet', () => {
    const result = fold([], { findings: [findingOf('vm-1')] }, { waived: true })
    expect(result.changed).toMatchObject([{ status: 'waived', waiver: { reason, by, until } }])
    expect(told(result)).toEqual([])
    expect(told(fold([recordOf('vm-1')], { findings: [findingOf('vm-1')] }, { waived: true }))).toEqual([])
  })

  const waived = recordOf('vm-1', { status: 'waived', waiver: { reason, by, until } })

  test.each([
    ['seen', { findings: [findingOf('vm-1')] }],
    ['unchecked', blind('')],
  ])('is open again and told when its waiver ends while it is %s', (_, evaluation) => {
    const result = fold([waived], evaluation)
    expect([told(result), stands(result)]).toEqual([['waiverEnded vm-1'], ['open vm-1']])
    expect(result.findings[0]).not.toHaveProperty('waiver')
  })

  test('that is resolved is told, and one that gets worse as well', () => {
    expect(told(fold([waived], looked, { waived: true }))).toEqual(['resolved vm-1'])
    expect(
      told(fold([{ ...waived, severity: 'warning' }], { findings: [findingOf('vm-1')] }, { waived: true })),
    ).toEqual(['worse vm-1'])
  })
})

describe('whatever comes', () => {
  const subjects = ['a', 'b', 'side/a'] as const
  const rules = ['same-image', 'own-rights'] as const
  const verdict = fc.constantFrom('well', 'critical', 'warning', 'unchecked')
  const ofRule = fc.record({
    state: fc.constantFrom('looks', 'looks', 'looks', 'blind', 'doesNotApply'),
    of: fc.tuple(verdict, verdict, verdict),
    waived: fc.subarray([...subjects]),
  })
  const evaluationStep = fc.record({
    passes: fc.constantFrom(minutes(15), hours(7), hours(24 * 31)),
    rules: fc.tuple(ofRule, ofRule),
  })
  type Step = typeof evaluationStep extends fc.Arbitrary<infer T> ? T : never

  function evaluationIn(step: Step): Evaluation {
    const each = rules.flatMap((rule, r) =>
      subjects.map((subject, s) => ({ rule, subject, state: step.rules[r]?.state, said: step.rules[r]?.of[s] })),
    )
    const looking = each.filter(({ state }) => state === 'looks')
    return evaluationOf({
      findings: looking.flatMap(({ rule, subject, said }) =>
        said === 'critical' || said === 'warning' ? [findingOf(subject, { rule, severity: said })] : [],
      ),
      unchecked: [
        ...looking.filter(({ said }) => said === 'unchecked'),
        ...each
          .filter(({ state, subject }) => state === 'blind' && subject === 'a')
          .map((one) => ({ ...one, subject: '' })),
      ].map(({ rule, subject }) => ({ rule, subject, reason: 'no answer', severity: 'critical' as const })),
    })
  }

  const isWaived = (step: Step, rule: string, subject: string) =>
    step.rules.some(({ waived }, r) => rules[r] === rule && waived.some((one) => one === subject))

  const isInDoubt = ({ unchecked }: Evaluation, { rule, subject }: FindingRecord) =>
    unchecked.some(
      (one) =>
        one.rule === rule &&
        (one.subject === '' || [one.subject, subject].every((name) => name.endsWith('a')) || one.subject === subject),
    )

  test('rows say what was seen, nothing is resolved in doubt, and who listens knows what is open', () => {
    fc.assert(
      fc.property(fc.array(evaluationStep, { minLength: 1, maxLength: 12 }), (steps) => {
        let at = now
        let rows: ReadonlyMap<string, FindingRecord> = new Map()
        const heard = new Set<string>()
        for (const step of steps) {
          at += step.passes
          const evaluation = evaluationIn(step)
          const input = {
            pairId: 'pooled',
            evaluation,
            waiverOf: ({ rule, subject }: { rule: string; subject: string }) =>
              isWaived(step, rule, subject) ? waiver : undefined,
            now: at,
          }
          const result = foldFindings({ ...input, kept: [...rows.values()] })
          const before = rows
          rows = written(rows, result)
          for (const { kind, finding } of result.changes) {
            if (kind === 'resolved') heard.delete(finding.fingerprint)
            else if (finding.status === 'open') heard.add(finding.fingerprint)
          }
          expect(new Set(rows.values())).toEqual(new Set(result.findings))
          for (const row of rows.values())
            holds(row, before.get(row.fingerprint), evaluation, isWaived(step, row.rule, row.subject))
          expect(evaluation.findings.filter(({ fingerprint }) => !rows.has(fingerprint))).toEqual([])
          for (const { status, fingerprint } of rows.values())
            expect([fingerprint, status !== 'waived' && heard.has(fingerprint) !== (status === 'open')]).toEqual([
              fingerprint,
              false,
            ])
          const again = foldFindings({ ...input, kept: [...rows.values()] })
          expect([again.changed, again.changes, again.forgotten]).toEqual([[], [], []])
        }
      }),
      { numRuns: 300 },
    )
  })

  function written(rows: ReadonlyMap<string, FindingRecord>, { changed, forgotten }: Fold) {
    const next = new Map(rows)
    for (const fingerprint of forgotten) next.delete(fingerprint)
    for (const row of changed) next.set(row.fingerprint, row)
    return next
  }

  function holds(row: FindingRecord, before: FindingRecord | undefined, evaluation: Evaluation, waived: boolean) {
    const isFound = evaluation.findings.some(({ fingerprint }) => fingerprint === row.fingerprint)
    const wasUp = before !== undefined && before.status !== 'resolved'
    const isUp = isFound || (wasUp && isInDoubt(evaluation, row))
    expect([row.fingerprint, row.status]).toEqual([row.fingerprint, isUp ? (waived ? 'waived' : 'open') : 'resolved'])
    expect(row.unchecked !== undefined).toBe(isUp && !isFound)
    expect(row.openedAt <= row.since && row.since <= row.lastSeenAt).toBe(true)
    expect(row.status === 'resolved').toBe(row.resolvedAt !== undefined && row.resolvedAt >= row.since)
  }
})
