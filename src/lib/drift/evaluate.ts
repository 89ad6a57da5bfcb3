/** All rules over one pair. */

import type { Found, Rule, RuleContext, Severity, Unchecked } from './rule.ts'
import { rules as allRules } from './rules/index.ts'

export type Finding = Found & {
  /** `<rule>:<subject>` in lower case: the same finding of the same pair, however often it is seen. */
  readonly fingerprint: string
  readonly rule: Rule['id']
  readonly severity: Severity
  readonly blocks: Rule['blocks']
}

export type UncheckedOfRule = Unchecked & { readonly rule: Rule['id']; readonly severity: Severity }

export type Evaluation = {
  /** Ids of rules that found nothing and left nothing unchecked. */
  readonly well: readonly Rule['id'][]
  readonly findings: readonly Finding[]
  readonly unchecked: readonly UncheckedOfRule[]
}

/** In the order of the registry. A rule that throws is one that could not check. */
export function evaluate(context: RuleContext, rules: readonly Rule[] = allRules): Evaluation {
  const well: Rule['id'][] = []
  const findings: Finding[] = []
  const unchecked: UncheckedOfRule[] = []
  for (const rule of rules) {
    const outcome = outcomeOf(rule, context)
    if (outcome === undefined) continue
    if (outcome.findings.length + outcome.unchecked.length === 0) well.push(rule.id)
    findings.push(...outcome.findings.map((one) => findingOf(rule, one)))
    unchecked.push(...outcome.unchecked.map((one) => ({ ...one, rule: rule.id, severity: rule.severity })))
  }
  return { well, findings, unchecked }
}

function outcomeOf(rule: Rule, context: RuleContext) {
  try {
    if (rule.appliesTo && !rule.appliesTo(context)) return undefined
    return rule.check(context)
  } catch (error) {
    // Foreign data that no shape foresaw must not hide what the other rules find.
    const reason = `the rule failed: ${error instanceof Error ? error.message : 'unknown error'}`
    return { findings: [], unchecked: [{ subject: '', reason }] }
  }
}

const findingOf = (rule: Rule, found: Found): Finding => {
  const severity = found.severity ?? rule.severity
  return {
    ...found,
    fingerprint: `${rule.id}:${found.subject}`.toLowerCase(),
    rule: rule.id,
    severity,
    blocks: severity === 'critical' ? rule.blocks : 'never',
  }
}
