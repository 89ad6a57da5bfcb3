import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../src/lib/drift/evaluate.ts'
import { couldNotCheck, found, well } from '../../../src/lib/drift/outcome.ts'
import { ruleOf } from '../../support/findings.ts'
import { contextOf } from '../../support/rule-context.ts'

const context = contextOf()
const one = { subject: 'Secondary/VM-1', evidence: 'It is off.' }

describe('an evaluation', () => {
  test('names the rules that are well, in the order they are given', () => {
    const rules = [
      ruleOf('tier-set', () => well),
      ruleOf('own-rights', () => found([])),
      ruleOf('same-image', () => found([one])),
    ]
    expect(evaluate(context, rules).well).toEqual(['tier-set', 'own-rights'])
  })

  test('gives a finding its fingerprint, the severity of its rule, and what it does to an operation', () => {
    const { findings } = evaluate(context, [ruleOf('same-image', () => found([one]))])
    expect(findings).toEqual([
      {
        ...one,
        fingerprint: 'same-image:secondary/vm-1',
        rule: 'same-image',
        severity: 'critical',
        blocks: 'unlessDown',
      },
    ])
  })

  test('lets a finding have a severity of its own; only what is critical blocks', () => {
    const check = () =>
      found([
        { ...one, severity: 'critical' as const },
        { subject: 'b', evidence: 'B.' },
      ])
    const { findings } = evaluate(context, [ruleOf('same-image', check, { severity: 'advice' })])
    expect(findings.map(({ severity, blocks }) => [severity, blocks])).toEqual([
      ['critical', 'unlessDown'],
      ['advice', 'never'],
    ])
  })

  test('keeps what could not be checked apart: it is neither found nor well', () => {
    const rule = ruleOf('same-image', () => couldNotCheck('no answer', 'vm-1'), { severity: 'warning' })
    expect(evaluate(context, [rule])).toEqual({
      well: [],
      findings: [],
      unchecked: [{ rule: 'same-image', severity: 'warning', subject: 'vm-1', reason: 'no answer' }],
    })
  })

  test('leaves out a rule that does not apply: it is neither well nor in doubt', () => {
    const rule = ruleOf('same-image', () => found([one]), { appliesTo: ({ pair }) => pair.id === 'personal' })
    expect(evaluate(context, [rule])).toEqual({ well: [], findings: [], unchecked: [] })
    expect(evaluate(contextOf({ pair: 'personal' }), [rule]).findings).toHaveLength(1)
  })

  test.each(['check', 'appliesTo'] as const)(
    'takes a rule that throws in %s for one that could not check, and goes on',
    (where) => {
      const throws = () => {
        throw new TypeError('properties is null')
      }
      const rules = [ruleOf('same-image', () => well, { [where]: throws }), ruleOf('tier-set', () => well)]
      expect(evaluate(context, rules)).toMatchObject({
        well: ['tier-set'],
        unchecked: [{ rule: 'same-image', subject: '', reason: 'the rule failed: properties is null' }],
      })
    },
  )
})
