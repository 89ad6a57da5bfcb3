/** What of the drift policies no single value can tell. */
import { fixableRules } from './fixable-rules.ts'
import { looseFixes } from './loose.ts'
import { type Located, writePath } from './problems.ts'
import { ruleIds } from './rule-ids.ts'

const fixable = new Set<string>(fixableRules)
const known = new Set<string>(ruleIds)

/** Who writes `auto` relies on it. A rule that does not exist is said by the schema. */
export const checkDrift = (plan: unknown): readonly Located[] =>
  looseFixes(plan).flatMap(({ rule, policy }) => {
    if (policy !== 'auto' || !known.has(rule) || fixable.has(rule)) return []
    const at = ['drift', 'fix', rule]
    const right = `one of ${fixableRules.join(', ')}: of the others nothing is put right by software`
    return [{ path: writePath(at), problem: 'is "auto"', right, at }]
  })
