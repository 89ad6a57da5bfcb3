import { expect, test } from 'vitest'
import { evaluatedOf } from '../../../src/lib/drift/evaluated.ts'
import { evaluationOf, recordOf } from '../../support/findings.ts'
import { now } from '../../support/plans.ts'

const times = { at: now, takenAt: now - 1 }

test('an evaluation counts what is open by severity, and apart from it what is waived', () => {
  const waiver = { reason: 'r', by: 'b', until: '2026-12-31' }
  const findings = [
    recordOf('a'),
    recordOf('b', { severity: 'advice' }),
    recordOf('c', { severity: 'advice' }),
    recordOf('d', { status: 'waived', waiver }),
    recordOf('e', { status: 'resolved', resolvedAt: now }),
  ]
  expect(evaluatedOf(evaluationOf({ well: ['tier-set', 'own-rights'] }), findings, times)).toEqual({
    ...times,
    well: 2,
    open: { critical: 1, warning: 0, advice: 2 },
    waived: 1,
    unchecked: [],
  })
})

test('of what a rule could not check the number is kept, and the first ten with their reasons', () => {
  const unchecked = Array.from({ length: 2_000 }, (_, n) => ({
    rule: n === 7 ? ('own-rights' as const) : ('same-image' as const),
    severity: 'warning' as const,
    subject: `vm-${n}`,
    reason: 'x'.repeat(5_000),
  }))
  const [first, second] = evaluatedOf(evaluationOf({ unchecked }), [], times).unchecked
  expect([first?.rule, first?.count, first?.some.length]).toEqual(['same-image', 1_999, 10])
  expect(first?.some[0]).toEqual({ subject: 'vm-0', reason: 'x'.repeat(300) })
  expect([second?.rule, second?.count, second?.some[0]?.subject]).toEqual(['own-rights', 1, 'vm-7'])
})
