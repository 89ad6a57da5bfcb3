import type { Vm } from '../../model/azure.ts'
import { type Side, someOf } from '../next-move.ts'
import { found, given, together } from '../outcome.ts'
import type { Found, Outcome, Rule, RuleContext } from '../rule.ts'
import { machinesOfSide, sides } from '../session-machines.ts'
import { multiRegion } from '../sources.ts'

export const tierSet: Rule = {
  id: 'tier-set',
  title: 'Every machine says how soon it is needed, where it matters',
  severity: 'advice',
  blocks: 'never',
  compares:
    'the tag the plan orders machines by (`order.tierTag`) on the session hosts of both sides: a number of up to three digits on all of them, or on none of a side that goes in one batch anyway',
  why: 'A machine without the tag goes last, after the least important one that has it. Without any, more than one batch goes in the order of names.',
  source: multiRegion,
  howToFix: 'Give each machine the tag with its tier, 1 for who is needed first.',
  check: (context) => together(sides.map((side) => checkSide(context, side))),
}

const checkSide = (context: RuleContext, side: Side): Outcome =>
  given({ machines: machinesOfSide(context, side) }, ({ machines }) => found(findingsOf(context, side, machines)))

function findingsOf({ plan, pair }: RuleContext, side: Side, machines: readonly Vm[]): readonly Found[] {
  const tag = pair.order.tierTag
  const values = machines.map(({ name, tags }) => ({ name, value: valueOfTag(tags, tag) }))
  const without = values.filter(({ value }) => value === undefined).map(({ name }) => name)
  // As planning reads it (`planning/vms.ts`): anything else counts as no tier.
  const odd = values.filter(({ value }) => value !== undefined && !/^\d{1,3}$/.test(value.trim()))
  const isMissed = without.length < machines.length || machines.length > plan.limits.batchSize
  const missing = `${without.length} of ${machines.length} machines of the ${side} side have no tag ${tag}: ${someOf(without)}.`
  const wrong = `The tag ${tag} is no number on machines of the ${side} side: ${someOf(odd.map(({ name, value }) => `${name} ("${value}")`))}.`
  return [
    ...(without.length > 0 && isMissed ? [{ subject: side, evidence: missing }] : []),
    ...(odd.length > 0 ? [{ subject: `${side}/values`, evidence: wrong }] : []),
  ]
}

/** Names of tags are compared without letter case (tag resources, learn.microsoft.com). */
const valueOfTag = (tags: Vm['tags'], tag: string): string | undefined =>
  Object.entries(tags).find(([name]) => name.toLowerCase() === tag.toLowerCase())?.[1]
