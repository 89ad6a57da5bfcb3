import { describe, expect, it } from 'vitest'
import { waiverOf } from '../../../src/lib/drift/waivers.ts'
import { planOf, planText } from '../../support/plans.ts'

const planWith = (...waivers: readonly string[]) => {
  const lines = waivers.map((one) => `    - { ${one}, reason: known, by: ops }`).join('\n')
  return planOf(`${planText}drift:\n  waivers:\n${lines}\n`)
}
const finding = { rule: 'no-delete-locks', subject: 'Primary/rg-s' }
const noon = Date.UTC(2026, 2, 14, 12)

describe('a waiver', () => {
  it.each([
    ['rule: no-delete-locks, until: 2026-03-14', true],
    ['rule: no-delete-locks, until: 2026-03-13', false],
    ['rule: own-rights, until: 2026-03-14', false],
    ['rule: no-delete-locks, pair: pooled, until: 2026-03-14', true],
    ['rule: no-delete-locks, pair: personal, until: 2026-03-14', false],
    ['rule: no-delete-locks, subject: primary/RG-S, until: 2026-03-14', true],
    ['rule: no-delete-locks, subject: primary/rg, until: 2026-03-14', false],
  ])('that says { %s } holds: %s', (text, holds) => {
    expect(waiverOf(planWith(text), 'pooled', finding, noon) !== undefined).toBe(holds)
  })

  it('holds to the end of its last day, UTC', () => {
    const plan = planWith('rule: no-delete-locks, until: 2026-03-14')
    const midnight = Date.UTC(2026, 2, 15)
    expect([midnight - 1_000, midnight].map((now) => waiverOf(plan, 'pooled', finding, now) !== undefined)).toEqual([
      true,
      false,
    ])
  })

  it('that ends last is the one that is named', () => {
    const days = ['2026-03-20', '2026-04-01', '2026-03-15']
    const plan = planWith(...days.map((day) => `rule: no-delete-locks, until: ${day}`))
    expect(waiverOf(plan, 'pooled', finding, noon)?.until).toBe('2026-04-01')
  })
})
