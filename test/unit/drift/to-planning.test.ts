import { describe, expect, it } from 'vitest'
import type { OperationKind } from '../../../src/lib/core/operation-kind.ts'
import { contextOfPair } from '../../../src/lib/drift/context-of.ts'
import { found } from '../../../src/lib/drift/outcome.ts'
import type { Rule, RuleContext } from '../../../src/lib/drift/rule.ts'
import { driftNow } from '../../../src/lib/drift/to-planning.ts'
import type { PastOfPair } from '../../../src/lib/model/past.ts'
import type { DriftFinding } from '../../../src/lib/planning/drift-seen.ts'
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
const driftFor = (context: RuleContext, rules: readonly Rule[], kind: OperationKind = 'failover') =>
  driftNow(context, undefined, { kind, rules })

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

  it.each<[Rule['id'], 'pooled' | 'personal', DriftFinding['blocks']]>([
    ['vault-outside-primary', 'personal', 'never'],
    ['resource-groups-outside-primary', 'pooled', 'never'],
    ['inactive-side-fenced', 'pooled', 'never'],
    ['inactive-side-fenced', 'personal', 'unlessDown'],
    ['no-delete-locks', 'pooled', 'unlessDown'],
  ])('of %s of a %s pair is %s in the way of a failback', (id, pair, blocks) => {
    const context = contextOf({ pair })
    const rules = [ruleOf(id), ruleOf('own-rights', { check: () => unchecked })]
    const of = (kind: OperationKind) => driftFor(context, rules, kind).findings.map((one) => one.blocks)
    expect([of('failover'), of('failback')]).toEqual([['unlessDown'], [blocks]])
  })

  it('doubts nothing that is not in the way', () => {
    const rules = [ruleOf('vault-outside-primary', { check: () => unchecked })]
    const doubts = (kind: OperationKind) => driftFor(contextOf(), rules, kind).unchecked.length
    expect([doubts('failover'), doubts('failback')]).toEqual([1, 0])
  })
})

describe('an inventory of another time than what is planned', () => {
  const rules = [locks, ruleOf('own-rights', { appliesTo: () => false }), ruleOf('tier-set', { blocks: 'never' })]
  const ended = { operationId: 'op-1', outcome: 'partial', duration: 1, primaryIsDown: true, arrived: 1 }
  const movedAt = (at: number): PastOfPair => ({
    pairId: 'pooled',
    strategy: 'pooledStandby',
    last: { failover: { ...ended, at } },
    measured: [],
  })
  const doubt = (reason: string) => ({
    findings: [],
    waived: [],
    unchecked: [{ rule: 'no-delete-locks', subject: '', reason }],
  })

  it('is a doubt of every rule that may hold this pair up, when it is from before its last move', () => {
    const context = contextOf({ takenAt: now - 1 })
    const after = 'the inventory was taken before the pair was moved last: take another'
    expect(driftNow(context, movedAt(now), { kind: 'failback', rules })).toEqual(doubt(after))
    expect(driftNow(context, movedAt(now - 2), { kind: 'failback', rules }).findings).toHaveLength(2)
  })

  it.each<[OperationKind, boolean]>([
    ['failover', true],
    ['align', true],
    ['keepAlive', false],
    ['reprotect', false],
  ])('is one while a %s holds the pair: %s', (kind, isDoubt) => {
    const context = contextOf({ pairState: { heldBy: { operationId: 'op-1', kind } } })
    const seen = driftNow(context, undefined, { kind: 'failover', rules })
    if (isDoubt) expect(seen).toEqual(doubt('op-1 is at work on the pair'))
    else expect(seen.findings).toHaveLength(2)
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
