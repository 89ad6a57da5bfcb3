import { sameId } from '../../core/arm-id.ts'
import type { HostPool, ScalingPlan } from '../../model/azure.ts'
import { regionKey } from '../../planning/replicas.ts'
import { hostPoolIdOf } from '../../planning/situation.ts'
import { isPooled, type Side, sidesOf } from '../next-move.ts'
import { found, given, partOfSide, well } from '../outcome.ts'
import type { Found, Outcome, Rule, RuleContext } from '../rule.ts'

export const scalingPlansPaired: Rule = {
  id: 'scaling-plans-paired',
  title: 'Both pools have a scaling plan or neither, and only the pool in use is scaled',
  severity: 'warning',
  blocks: 'never',
  compares:
    'scaling plans of both pools: that there is one on both sides, in the region of its pool, with the exclusion tag of the plan, with equal schedules, and that it is not switched on for the side that stands by. Of replicated desktops: that it is off while users are on the secondary side.',
  why: 'Autoscale starts, stops and undrains hosts. On the side that stands by it wakes what was put to rest, and in a failover it takes hosts away that have just been started, unless the exclusion tag is its own.',
  source: {
    title: 'Create and assign an autoscale scaling plan for Azure Virtual Desktop',
    url: 'https://learn.microsoft.com/azure/virtual-desktop/autoscale-create-assign-scaling-plan',
  },
  howToFix:
    'Assign a scaling plan to the other pool as well, in the region of that pool, with the same exclusion tag; leave it off for the side that stands by. A failover switches the old one off by itself.',
  check: (context) => (isPooled(context) ? checkPair(context) : checkDesktops(context)),
}

type Scaled = { readonly pool: HostPool; readonly scaling: ScalingPlan | undefined; readonly enabled: boolean }

function checkPair(context: RuleContext): Outcome {
  const { active, standby } = sidesOf(context)
  const parts = {
    pool: partOfSide(context, active, 'hostPool'),
    plans: partOfSide(context, active, 'scalingPlans'),
    otherPool: partOfSide(context, standby, 'hostPool'),
    otherPlans: partOfSide(context, standby, 'scalingPlans'),
  }
  return given(parts, ({ pool, plans, otherPool, otherPlans }) => {
    const here = scaledOf(context, active, pool, plans)
    const there = scaledOf(context, standby, otherPool, otherPlans)
    return found([
      ...missing(here, there, standby),
      ...missing(there, here, active),
      ...placed(context, here, active),
      ...placed(context, there, standby),
      ...awake(there, standby),
      ...unlike(here, there),
    ])
  })
}

function scaledOf({ pair }: RuleContext, side: Side, pool: HostPool, plans: readonly ScalingPlan[]): Scaled {
  const id = hostPoolIdOf(pair[side])
  const ofPool = ({ pools }: ScalingPlan) => pools.find(({ hostPoolId }) => sameId(hostPoolId, id))
  // A pool has one at most.
  const scaling = plans.find((plan) => ofPool(plan) !== undefined)
  return { pool, scaling, enabled: scaling !== undefined && ofPool(scaling)?.enabled === true }
}

const missing = ({ scaling, pool }: Scaled, other: Scaled, side: Side): readonly Found[] =>
  scaling && !other.scaling
    ? [{ subject: side, evidence: `${pool.name} is scaled by ${scaling.name}, and ${other.pool.name} by no plan.` }]
    : []

function placed({ pair }: RuleContext, { scaling, pool }: Scaled, side: Side): readonly Found[] {
  if (!scaling) return []
  const { name, location, exclusionTag = '' } = scaling
  const wanted = pair[side].exclusionTag
  const isElsewhere = location !== undefined && regionKey(location) !== regionKey(pool.location)
  const isUntagged =
    exclusionTag === '' || (wanted !== undefined && wanted.toLowerCase() !== exclusionTag.toLowerCase())
  const tag = exclusionTag === '' ? 'no exclusion tag' : `the exclusion tag ${exclusionTag}`
  return [
    ...(isElsewhere
      ? [
          {
            subject: `${side}/region`,
            evidence: `${name} is in ${location}, its pool ${pool.name} in ${pool.location}.`,
          },
        ]
      : []),
    ...(isUntagged
      ? [{ subject: `${side}/exclusionTag`, evidence: `${name} has ${tag}, the plan ${wanted ?? 'none'}.` }]
      : []),
  ]
}

const awake = ({ scaling, pool, enabled }: Scaled, side: Side): readonly Found[] =>
  scaling && enabled
    ? [
        {
          subject: `${side}/enabled`,
          evidence: `${scaling.name} scales ${pool.name} of the ${side} side, which stands by.`,
          fix: { kind: 'disableScalingPlan', side },
        },
      ]
    : []

/** The same people on either side: they come and go at the same hours. */
const unlike = (here: Scaled, there: Scaled): readonly Found[] =>
  (['timeZone', 'schedules'] as const).flatMap((what) => {
    const [one, other] = [here.scaling?.[what], there.scaling?.[what]]
    if (one === undefined || other === undefined || one === other) return []
    const evidence = `${here.scaling?.name} and ${there.scaling?.name} differ in ${what}.`
    return [{ subject: what, severity: 'advice', evidence }]
  })

/** One pool: autoscale would start the machine that was left, if the host's record still names it. */
function checkDesktops(context: RuleContext): Outcome {
  const { active } = sidesOf(context)
  if (active === 'primary') return well
  const parts = { pool: partOfSide(context, active, 'hostPool'), plans: partOfSide(context, active, 'scalingPlans') }
  return given(parts, ({ pool, plans }) => {
    const { scaling, enabled } = scaledOf(context, active, pool, plans)
    if (!scaling || !enabled) return well
    const evidence = `${scaling.name} scales ${pool.name} while its desktops are on the secondary side.`
    return found([{ subject: 'enabled', evidence }])
  })
}
