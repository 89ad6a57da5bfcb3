/** What a drift rule is given, by hand: the small pairs of `plans.ts` with traits to vary. */
import type { RuleContext } from '../../src/lib/drift/rule.ts'
import type { EstateSeen } from '../../src/lib/model/estate.ts'
import type { PairSeen } from '../../src/lib/model/inventory.ts'
import { type PairState, untouchedPair } from '../../src/lib/model/pair-state.ts'
import type { DrPlan } from '../../src/lib/plan/schema.ts'
import { now, personalSeen, planOf, pooledSeen } from './plans.ts'

export type RuleStory = {
  readonly pair?: 'pooled' | 'personal'
  /** In place of the whole pair. */
  readonly seen?: PairSeen
  readonly estate?: Partial<EstateSeen>
  readonly plan?: DrPlan
  readonly pairState?: Partial<PairState>
} & Partial<Pick<RuleContext, 'clocks' | 'app' | 'takenAt'>>

export function contextOf({ pair: id = 'pooled', plan = planOf(), ...story }: RuleStory = {}): RuleContext {
  const pair = plan.pairs.find((one) => one.id === id)
  if (!pair) throw new Error(`the plan has no pair ${id}`)
  return {
    plan,
    pair,
    seen: story.seen ?? (id === 'pooled' ? pooledSeen : personalSeen),
    estate: { gaps: [], ...story.estate },
    pairState: { ...untouchedPair, ...story.pairState },
    clocks: 'clocks' in story ? story.clocks : [],
    app: story.app ?? { region: 'ukwest' },
    takenAt: story.takenAt ?? now,
    now,
  }
}

/** Subjects of what a rule found, in its order. */
export const subjectsOf = (outcome: { readonly findings: readonly { readonly subject: string }[] }) =>
  outcome.findings.map(({ subject }) => subject)

/** The side without that part, and a gap that says why; or with the part as last seen, and the same gap. */
export const withGap = (
  seen: PairSeen,
  side: 'primary' | 'secondary',
  what: string,
  part: 'missing' | 'asLastSeen' = 'missing',
): PairSeen => {
  const { [what as 'vms']: value, gaps, ...rest } = seen[side]
  const kept = part === 'asLastSeen' && value !== undefined ? { [what]: value } : {}
  return { ...seen, [side]: { ...rest, ...kept, gaps: [...gaps, { what, reason: 'the region does not answer' }] } }
}
