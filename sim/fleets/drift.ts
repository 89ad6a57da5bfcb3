import type { HostClock } from '../../src/lib/model/host-clock.ts'
import type { PairState } from '../../src/lib/model/pair-state.ts'
import type { Sim } from '../arm/types.ts'
import type { FleetIds } from './fleet-ids.ts'
import type { FleetOptions } from './fleet-options.ts'
import type { PlanOverrides } from './plan-text.ts'
import type { GroundIds } from './surrounding-ids.ts'

/** One fault in an estate that is otherwise as it ought to be, for one rule to find. */
export type Drift = {
  /** Laid into the estate before anything is read. */
  readonly seed?: (place: DriftPlace) => void
  /** Where the fleet itself is otherwise. */
  readonly fleet?: Partial<FleetOptions>
  readonly plan?: PlanOverrides
  readonly pairState?: Partial<PairState>
  readonly clocks?: (clock: HostClock) => HostClock
  /** Region that the app runs in. */
  readonly app?: string
}

export type DriftPlace = {
  readonly sim: Sim
  readonly ids: FleetIds
  readonly ground: GroundIds
  /** The app's. */
  readonly principal: string
}
