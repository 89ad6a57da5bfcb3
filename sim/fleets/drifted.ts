/** A fleet with the faults of nearly all rules at once, to look at by hand. */
import type { RuleId } from '../../src/lib/plan/rule-ids.ts'
import type { Sim } from '../arm/types.ts'
import type { Drift } from './drift.ts'
import { drifts } from './drifts.ts'
import type { FleetIds } from './fleet-ids.ts'
import type { FleetOptions } from './fleet-options.ts'
import type { PlanOverrides } from './plan-text.ts'
import { groundIds } from './surrounding-ids.ts'

/** Another fault hides them, or they are about the app itself. */
export const notInDrifted: ReadonlySet<RuleId> = new Set<RuleId>([
  // The pools hold too few with all zones.
  'capacity-without-a-zone',
  // The packages of the secondary pool are the primary's.
  'packages-in-both-pools',
  // The domain has controllers of its own.
  'domain-services-replicas',
  // The app is told its rights, its region and its clocks by whoever runs it.
  'own-rights',
  'app-outside-primary',
  'standby-tokens',
])

const chosen = Object.entries(drifts).flatMap(([rule, drift]): readonly Drift[] =>
  notInDrifted.has(rule as RuleId) ? [] : [drift],
)

export const driftedOptions: Partial<FleetOptions> = Object.assign({}, ...chosen.map(({ fleet }) => fleet))

export const driftedPlan: PlanOverrides = Object.assign({ backup: true }, ...chosen.map(({ plan }) => plan))

export function addDrifts(sim: Sim, ids: FleetIds): void {
  const place = { sim, ids, ground: groundIds(ids), principal: '' }
  for (const { seed } of chosen) seed?.(place)
}
