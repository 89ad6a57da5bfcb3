/** Whether a pair could fail over now: planned dry, both ways, and beside it what one would want to know before. Pure. */
import type { RuleContext } from '../drift/rule.ts'
import type { HostClock } from '../model/host-clock.ts'
import type { Inventory } from '../model/inventory.ts'
import type { PairState } from '../model/pair-state.ts'
import type { PastOfPair } from '../model/past.ts'
import type { DriftSeen } from '../planning/drift-seen.ts'
import { stepTimesOf } from '../planning/measured.ts'
import { capacityProofs } from './capacity-proof.ts'
import { dataAge } from './data-age.ts'
import type { Can, PairReadiness, Told, Way } from './readiness.ts'
import { toldOf } from './told.ts'
import { waysOf } from './ways.ts'

export type AssessInput = {
  readonly context: RuleContext
  readonly inventory: Inventory
  readonly drift: DriftSeen
  /** Of all pairs. */
  readonly pasts: readonly PastOfPair[]
}

export function assess({ context, inventory, drift, pasts }: AssessInput): PairReadiness {
  const { pair, pairState, now } = context
  const move = moveOf(pairState)
  const measured = stepTimesOf(pasts, pair.id, pair.strategy)
  const critical = criticalOf(drift)
  const ways = waysOf({ context, inventory, drift, measured, move })
  const { failover, failback, drill } = pasts.find(({ pairId }) => pairId === pair.id)?.last ?? {}
  return {
    pairId: pair.id,
    at: now,
    activeSide: pairState.activeSide,
    move,
    can: worst(ways, critical.length > 0),
    ways,
    critical,
    unchecked: doubtsOf(drift),
    data: dataAge(context),
    capacity: capacityProofs(context.seen, move === 'failover' ? 'secondary' : 'primary', clocksOf(context)),
    last: { ...(failover && { failover }), ...(failback && { failback }), ...(drill && { drill }) },
  }
}

/** Away from where users are. */
export const moveOf = ({ activeSide }: Pick<PairState, 'activeSide'>): PairReadiness['move'] =>
  activeSide === 'primary' ? 'failover' : 'failback'

const clocksOf = ({ clocks = [] }: RuleContext): readonly HostClock[] => clocks

/** A critical finding that planning has no word for is still a but. */
function worst(ways: readonly Way[], hasCritical: boolean): Can {
  const counting = waysThatCount(ways)
  if (counting.some(({ can }) => can === 'no')) return 'no'
  return hasCritical || counting.some(({ can }) => can === 'yesBut') ? 'yesBut' : 'yes'
}

/** Where nothing but silence speaks against a move with the primary up, it is the other one that would be asked for. */
function waysThatCount(ways: readonly Way[]): readonly Way[] {
  const down = ways.filter(({ primary }) => primary === 'down')
  const isSilent = ways.some(
    ({ primary, refusals }) =>
      primary === 'up' && refusals.length > 0 && refusals.every(({ code }) => code === 'inventoryGap'),
  )
  return isSilent && down.length > 0 ? down.map(lessened) : ways
}

const lessened = (way: Way): Way => (way.can === 'yes' ? { ...way, can: 'yesBut' } : way)

const criticalOf = ({ findings }: DriftSeen): readonly Told[] =>
  findings
    .filter(({ severity, blocks }) => severity === 'critical' && blocks === 'never')
    .map(({ fingerprint, rule, evidence }) => toldOf({ code: rule, message: evidence, subjects: [fingerprint] }))

/** Of one rule; the page of findings has them all. */
const mostReasons = 5

const doubtsOf = ({ unchecked }: DriftSeen): PairReadiness['unchecked'] =>
  [...Map.groupBy(unchecked, ({ rule }) => rule)].map(([rule, some]) => ({
    rule,
    reasons: [...new Set(some.map(({ reason }) => reason))].sort().slice(0, mostReasons),
  }))
