/** One estate, one app, one person at the desk; and a picture of the estate taken before anything happened. */
import type { FaultOptions } from '../../../sim/arm/faults.ts'
import type { LedgerEvent } from '../../../sim/arm/ledger-types.ts'
import type { Sim, Timings } from '../../../sim/arm/types.ts'
import { type FleetIds, fleetIds } from '../../../sim/fleets/fleet-ids.ts'
import { type FleetOptions, usualActivity } from '../../../sim/fleets/fleet-options.ts'
import { createFleet } from '../../../sim/fleets/fleets.ts'
import { type PlanOverrides, planTextFor } from '../../../sim/fleets/plan-text.ts'
import { type Asked, createOperator, type Operator } from '../../../sim/virtual/operator.ts'
import { createStory, type Story, type StoryOptions } from '../../../sim/virtual/story.ts'
import { hours, type Millis, minutes } from '../../../src/lib/core/time.ts'
import type { World } from '../../../src/lib/ports/world.ts'
import { type Picture, pictureOf } from './picture.ts'

export type SceneOptions = {
  readonly seed?: number
  readonly fleet?: Partial<FleetOptions>
  readonly plan?: PlanOverrides
  readonly faults?: FaultOptions
  readonly timings?: Partial<Timings>
  readonly plant?: (world: World) => World
  readonly timers?: NonNullable<StoryOptions['timers']>
  /** Changes the estate before the story begins. */
  readonly arrange?: (sim: Sim, ids: FleetIds) => void
}

export type Scene = {
  readonly ids: FleetIds
  readonly story: Story
  readonly operator: Operator
  readonly sim: Sim
  readonly before: Picture
  readonly picture: () => Picture
}

export const pooledOnly: Partial<FleetOptions> = { personalVms: 0 }
export const personalOnly: Partial<FleetOptions> = { pooledHosts: 0 }

/** With this seed there are sessions on several hosts of either pool, and not on all. */
const defaultSeed = 5

/** The tiny fleet, with people who sign in again wherever they can. */
export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const { seed = defaultSeed, plan, faults, timings, plant, timers, arrange } = options
  const fleet = { userActivity: usualActivity, ...options.fleet }
  const ids = fleetIds('tiny', fleet)
  const fill = createFleet('tiny', fleet)
  const story = createStory({
    seed,
    fill: (sim) => {
      fill(sim)
      arrange?.(sim, ids)
    },
    planText: planTextFor(ids, { grace: '2 min', ...plan }),
    ...(faults && { faults }),
    ...(timings && { timings }),
    ...(plant && { plant }),
    ...(timers && { timers }),
  })
  const { sim } = story.region
  const operator = createOperator(story, ids)
  const before = pictureOf(sim)
  await operator.collect()
  return { ids, story, operator, sim, before, picture: () => pictureOf(sim) }
}

/** An accepted grant or revoke is felt at the latest after this (Azure RBAC), and machines have come to rest. */
export const aftermath: Millis = minutes(15)

/** Begins an operation and lets it run to its end and the estate come to rest; answers the operation's id. */
export async function runThrough(scene: Scene, request: Asked, limit: Millis = hours(3)): Promise<string> {
  const id = await scene.operator.begin(request)
  await toTheEnd(scene, id, limit)
  return id
}

export async function toTheEnd({ operator }: Scene, id: string, limit: Millis = hours(3)): Promise<void> {
  if (!(await operator.untilOver([id], limit))) throw new Error(`${id} is not over after its time`)
  await operator.pass(aftermath)
}

export async function untilAsking({ story }: Scene, id: string, limit: Millis = hours(3)): Promise<void> {
  const { operations } = story.desk.world
  const isAsking = async () => (await operations.load(id))?.value.state.status === 'asking'
  if (!(await story.until(isAsking, limit))) throw new Error(`${id} asks nobody anything`)
}

type WithKind<E, K> = E extends { readonly kind: infer Q } ? (K extends Q ? E : never) : never
type EventOf<K> = WithKind<LedgerEvent, K>

export function eventsOf<K extends LedgerEvent['kind']>({ sim }: Scene, kind: K): readonly EventOf<K>[] {
  sim.agenda.settle()
  return sim.ledger.events().filter((event): event is LedgerEvent & EventOf<K> => event.kind === kind)
}
