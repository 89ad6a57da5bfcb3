import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { rules } from '../../../src/lib/drift/rules/index.ts'
import { fixableRules } from '../../../src/lib/plan/fixable-rules.ts'
import { readPlan } from '../../../src/lib/plan/read-plan.ts'
import { planText } from '../../support/plans.ts'

const problemsOf = (drift: string) => {
  const read = readPlan(`${planText}\ndrift:\n${drift}`)
  return read.ok ? [] : read.problems.map(({ path, problem }) => `${path} ${problem}`)
}

describe('what is put right by itself', () => {
  test('is named rule by rule', () => {
    expect(problemsOf('  fix: { start-on-connect: auto, pool-settings-equal: propose }')).toEqual([])
  })

  test('is nothing that software cannot put right', () => {
    expect(problemsOf('  fix: { app-outside-primary: auto, tier-set: propose, start-on-connect: auto }')).toEqual([
      'drift.fix.app-outside-primary is "auto"',
    ])
  })

  test('a rule that does not exist is told once', () => {
    expect(problemsOf('  fix: { start-on-conect: auto }')).toHaveLength(1)
  })

  test.each(['  fix: none', '  fix: []', '  fix: { start-on-connect: always }'])('%s is no policy', (drift) => {
    expect(problemsOf(drift).length).toBeGreaterThan(0)
  })
})

/** The rules' own sources: what they would put right is an object with the kind of a fix. */
const fixes =
  /kind: '(setPoolProperty|copyApplicationGroup|copyApplication|drainHost|disableScalingPlan|disableStartOnConnect|revokeAccess)'/

test('the rules that a plan may name are those whose findings carry a fix', () => {
  const carrying = rules
    .map(({ id }) => id)
    .filter((id) => fixes.test(readFileSync(new URL(`../../../src/lib/drift/rules/${id}.ts`, import.meta.url), 'utf8')))
  expect([...fixableRules].sort()).toEqual([...carrying].sort())
})
