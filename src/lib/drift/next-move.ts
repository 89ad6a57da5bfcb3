/** The move that would come next, as planning sees it: away from where users are. Rules ask planning instead of guessing. */
import { operationRequestSchema } from '../plan/request.ts'
import { type Desktops, planDesktops } from '../planning/desktops.ts'
import { otherSide, type Situation, situationOf } from '../planning/situation.ts'
import { oncePer } from './once-per.ts'
import type { RuleContext } from './rule.ts'

export type Side = 'primary' | 'secondary'

/** A failover while users are on the primary, else a failback; with both regions up. */
export const nextMove = oncePer(({ plan, pair, seen, pairState, now }): Situation => {
  const kind = pairState.activeSide === 'primary' ? 'failover' : 'failback'
  const request = operationRequestSchema.parse({ pairId: pair.id, kind })
  return situationOf({ plan, pair, seen, pairState, request, now })
})

/** Which desktops would take part in it, and why others would not. */
export const desktopsAhead = oncePer((context): Desktops => planDesktops(nextMove(context)))

/** Where users are, and the side that stands by. */
export const sidesOf = ({
  pairState: { activeSide },
}: Pick<RuleContext, 'pairState'>): { readonly active: Side; readonly standby: Side } => ({
  active: activeSide,
  standby: otherSide(activeSide),
})

export const isPooled = ({ pair }: Pick<RuleContext, 'pair'>): boolean => pair.strategy === 'pooledStandby'
export const isReplicated = ({ pair }: Pick<RuleContext, 'pair'>): boolean => pair.strategy === 'personalReplicated'

/** Of all members, how many of each: `a: 2, b: 1`. */
export const countsOf = (names: readonly string[]): string =>
  [...Map.groupBy(names, (name) => name)].map(([name, all]) => `${name}: ${all.length}`).join(', ')

/** The first few, and how many more there are. */
export function someOf(names: readonly string[], most = 5): string {
  const more = names.length - most
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ')
}
