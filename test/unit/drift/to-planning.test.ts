import { describe, expect, it } from 'vitest'
import { contextOfPair } from '../../../src/lib/drift/context-of.ts'
import { found } from '../../../src/lib/drift/outcome.ts'
import type { Rule } from '../../../src/lib/drift/rule.ts'
import { driftFor, driftUnknown } from '../../../src/lib/drift/to-planning.ts'
import { inventoryOf, now, planOf, planText } from '../../support/plans.ts'
import { contextOf } from '../../support/rule-context.ts'

const ruleOf = (id: Rule['id'], traits: Partial<Rule> = {}): Rule => ({
  id,
  title: `${id} holds`,
  severity: 'critical',
  blocks: 'unlessDown',
  compares: 'one with the other',
  why: 'because',
  source: { title: 'a page', url: 'https://learn.microsoft.com' },
  howToFix: 'by hand',
  check: () => found([{ subject: 'Thing', evidence: 'It is so.' }]),
  ...traits,
})
const unchecked = { findings: [], unchecked: [{ subject: '', reason: 'no answer' }] }
const locks = ruleOf('no-delete-locks')

describe('drift as planning takes it', () => {
  it('has the finding with the words of its rule', () => {
    expect(driftFor(contextOf(), [locks]).findings).toEqual([
      {
        fingerprint: 'no-delete-locks:thing',
        rule: 'no-delete-locks',
        title: 'no-delete-locks holds',
        subject: 'Thing',
        severity: 'critical',
        blocks: 'unlessDown',
        evidence: 'It is so.',
      },
    ])
  })

  it('keeps what the plan waives apart', () => {
    const waiver = '{ rule: no-delete-locks, reason: known, by: ops, until: 2026-12-31 }'
    const plan = planOf(`${planText}drift: { waivers: [${waiver}] }\n`)
    const { findings, waived } = driftFor(contextOf({ plan }), [locks, ruleOf('own-rights')])
    expect([findings, waived].map((some) => some.map(({ rule }) => rule))).toEqual([
      ['own-rights'],
      ['no-delete-locks'],
    ])
  })

  it('tells of doubts only of rules that may block', () => {
    const rules = [
      ruleOf('no-delete-locks', { check: () => unchecked }),
      ruleOf('tier-set', { blocks: 'never', check: () => unchecked }),
    ]
    expect(driftFor(contextOf(), rules).unchecked).toEqual([
      { rule: 'no-delete-locks', subject: '', reason: 'no answer' },
    ])
  })

  it('of another time than what is planned is a doubt of every rule that may block here', () => {
    const rules = [locks, ruleOf('own-rights', { appliesTo: () => false }), ruleOf('tier-set', { blocks: 'never' })]
    expect(driftUnknown(contextOf(), 'too old', rules)).toEqual({
      findings: [],
      waived: [],
      unchecked: [{ rule: 'no-delete-locks', subject: '', reason: 'too old' }],
    })
  })
})

describe('what rules are given', () => {
  const [pair] = planOf().pairs
  if (!pair) throw new Error('the plan has no pair')
  const { plan, pairState } = contextOf()
  const parts = { plan, pair, pairState, clocks: [], now }

  it('is made of the inventory, an older one without an estate too', () => {
    const context = contextOfPair({ ...parts, inventory: inventoryOf(), place: { region: 'ukwest' } })
    expect(context).toMatchObject({ estate: { gaps: [] }, app: { region: 'ukwest' }, takenAt: inventoryOf().takenAt })
    expect(context?.seen).toEqual(inventoryOf().pairs.pooled)
  })

  it('is nothing where the inventory has not seen the pair', () => {
    expect(contextOfPair({ ...parts, inventory: { v: 1, takenAt: now, pairs: {} } })).toBeUndefined()
  })
})
