/** The move planned dry: with the primary up, and with it down. */
import type { RuleContext } from '../drift/rule.ts'
import type { Inventory } from '../model/inventory.ts'
import type { OperationRequest } from '../plan/request.ts'
import type { DriftSeen } from '../planning/drift-seen.ts'
import { etaOf } from '../planning/eta.ts'
import { planOperation } from '../planning/plan-operation.ts'
import type { NoticeCode, Preview } from '../planning/preview.ts'
import type { StepTimes } from '../planning/step-times.ts'
import type { Can, Way } from './readiness.ts'
import { recoveryOf } from './recovery.ts'
import { toldOf } from './told.ts'

export type WaysInput = {
  readonly context: RuleContext
  readonly inventory: Inventory
  readonly drift: DriftSeen
  readonly measured: StepTimes
  readonly move: 'failover' | 'failback'
}

/** Nobody fails back to a primary that is down. */
export const waysOf = (input: WaysInput): readonly Way[] =>
  input.move === 'failback' ? [wayOf(input, 'up')] : [wayOf(input, 'up'), wayOf(input, 'down')]

function wayOf({ context, inventory, drift, measured, move }: WaysInput, primary: Way['primary']): Way {
  const { plan, pair, pairState, now } = context
  const request: OperationRequest = {
    pairId: pair.id,
    kind: move,
    primaryIsDown: primary === 'down',
    // Whoever is left out is a but, and named; not a reason why the others could not go.
    acceptOut: 'all',
    grantWithoutSignOutProof: false,
  }
  const preview = planOperation({ plan, inventory, pairState, request, now, drift, measured })
  const { spec, hosts, refusals, findings, warnings } = preview
  const count = (wanted: string) => hosts.filter(({ decision }) => decision === wanted).length
  return {
    primary,
    can: canOf(preview),
    refusals: refusals.map(toldOf),
    accepted: findings.map(toldOf),
    warnings: warnings.map(toldOf),
    hosts: { in: count('in'), out: count('out'), skipped: count('skipped') },
    ...(spec && {
      recovery: recoveryOf(spec, context.seen, etaOf(spec, measured, 'median'), etaOf(spec, measured, 'p90')),
    }),
  }
}

/** Said, and no but: a wake-up gives way, and what is waived has somebody who answers for it. */
const quiet: ReadonlySet<NoticeCode> = new Set(['takesOver', 'findingWaived'])

function canOf({ refusals, findings, warnings }: Preview): Can {
  if (refusals.length > 0) return 'no'
  const buts = [...findings, ...warnings].filter(({ code }) => !quiet.has(code))
  return buts.length > 0 ? 'yesBut' : 'yes'
}
