/** Findings by hand, as an evaluation gives them and as rows keep them. */
import type { Evaluation, Finding } from '../../src/lib/drift/evaluate.ts'
import type { Rule } from '../../src/lib/drift/rule.ts'
import type { FindingRecord } from '../../src/lib/ports/findings.ts'
import { now } from './plans.ts'

export const findingOf = (subject: string, traits: Partial<Finding> = {}): Finding => {
  const { rule = 'same-image' } = traits
  return {
    rule,
    subject,
    fingerprint: `${rule}:${subject}`.toLowerCase(),
    severity: 'critical',
    blocks: 'unlessDown',
    evidence: `${subject} is not what it should be.`,
    ...traits,
  }
}

export const evaluationOf = (parts: Partial<Evaluation> = {}): Evaluation => ({
  well: [],
  findings: [],
  unchecked: [],
  ...parts,
})

export const recordOf = (subject: string, traits: Partial<FindingRecord> = {}): FindingRecord => ({
  pairId: 'pooled',
  ...findingOf(subject, traits),
  status: 'open',
  openedAt: now,
  since: now,
  reopened: 0,
  lastSeenAt: now,
  ...traits,
})

/** A rule of the real ids that says what it is told. */
export const ruleOf = (id: Rule['id'], check: Rule['check'], traits: Partial<Rule> = {}): Rule => ({
  id,
  title: `${id} holds`,
  severity: 'critical',
  blocks: 'unlessDown',
  compares: 'one thing with another',
  why: 'Because.',
  source: { title: 'A page', url: 'https://learn.microsoft.com/azure' },
  howToFix: 'Make it so.',
  check,
  ...traits,
})
