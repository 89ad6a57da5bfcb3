/** A region that does not answer must not take with it what was known of it: that is what a failover is planned from. */
import { sameId } from '../core/arm-id.ts'
import { isoOf } from '../core/time.ts'
import type { EstateSeen } from '../model/estate.ts'
import type { ApplicationGroupSeen, Gap, Inventory, PairSeen, SideSeen } from '../model/inventory.ts'
import type { DrPlan, PlannedSide } from '../plan/schema.ts'
import { hostPoolIdOf } from '../planning/situation.ts'

/**
 * `now`, with what could not be read this time as it was last seen. The gap stays and says since when: a value with a
 * gap beside it is old.
 */
export function keepLastSeen(before: Inventory, now: Inventory, plan: DrPlan): Inventory {
  const pairs = plan.pairs.flatMap((pair) => {
    const seen = ownOf(now.pairs, pair.id)
    if (!seen) return []
    const old = ownOf(before.pairs, pair.id)
    if (!old || !isSamePool(old.primary, pair.primary) || !isSamePool(old.secondary, pair.secondary))
      return [[pair.id, seen] as const]
    const primary = withApplications(old.primary, keep(old.primary, seen.primary, before))
    const secondary = withApplications(old.secondary, keep(old.secondary, seen.secondary, before))
    return [[pair.id, { ...keep(old, seen, before), primary, secondary }] as const]
  })
  const estate = before.estate && now.estate && keep(before.estate, now.estate, before)
  return { ...now, ...(estate && { estate }), pairs: Object.fromEntries(pairs) }
}

export const gapsIn = ({ pairs, estate }: Inventory): number =>
  Object.values(pairs).reduce(
    (sum, { primary, secondary, gaps }) => sum + primary.gaps.length + secondary.gaps.length + gaps.length,
    estate?.gaps.length ?? 0,
  )

type Seen = SideSeen | PairSeen | EstateSeen

const ownOf = (pairs: Inventory['pairs'], id: string) => (Object.hasOwn(pairs, id) ? pairs[id] : undefined)

/** A plan that names another pool by now must not be answered with the old one's hosts. */
const isSamePool = ({ hostPool }: SideSeen, side: PlannedSide): boolean =>
  hostPool !== undefined && sameId(hostPool.id, hostPoolIdOf(side))

function keep<T extends Seen>(old: T, seen: T, before: Inventory): T {
  const kept: Record<string, unknown> = { ...seen }
  const gaps = seen.gaps.map((gap) => {
    const value = (old as unknown as Record<string, unknown>)[gap.what]
    if (value === undefined || kept[gap.what] !== undefined) return gap
    kept[gap.what] = value
    return { what: gap.what, reason: `${gap.reason} (as last seen ${lastSeen(old.gaps, gap.what, before)})` }
  })
  return { ...kept, gaps } as unknown as T
}

/** Applications are a part of their groups, so that they are missing in a group that was read. */
function withApplications(old: SideSeen, side: SideSeen): SideSeen {
  if (!side.gaps.some(({ what }) => what === 'applications')) return side
  const withOld = (group: ApplicationGroupSeen): ApplicationGroupSeen => {
    const applications = old.applicationGroups?.find(({ id }) => sameId(id, group.id))?.applications
    return group.applications !== undefined || applications === undefined ? group : { ...group, applications }
  }
  return { ...side, ...(side.applicationGroups && { applicationGroups: side.applicationGroups.map(withOld) }) }
}

/** What was old already keeps its date. */
function lastSeen(gaps: readonly Gap[], what: string, before: Inventory): string {
  const reason = gaps.find((gap) => gap.what === what)?.reason ?? ''
  return /\(as last seen ([^)]+)\)$/.exec(reason)?.[1] ?? isoOf(before.takenAt)
}
