/** One world from one number: a small random estate, a plan for it, and everything that may go wrong there. */
import { type Millis, minutes } from '../../src/lib/core/time.ts'
import type { World } from '../../src/lib/ports/world.ts'
import type { Random } from '../arm/types.ts'
import { type FleetIds, fleetIds } from '../fleets/fleet-ids.ts'
import { completeOptions, type FleetOptions } from '../fleets/fleet-options.ts'
import { createCustomFleet } from '../fleets/fleets.ts'
import { type PlanOverrides, planTextFor } from '../fleets/plan-text.ts'
import { createOperator, type Operator } from '../virtual/operator.ts'
import { storyBegins } from '../virtual/region.ts'
import { createStory, type Story, type StoryOptions } from '../virtual/story.ts'
import { drawFate } from './estate-troubles.ts'
import { drawOutages } from './outages.ts'
import type { Trouble } from './troubles.ts'
import { type QueueIncidents, unreliable } from './unreliable-queue.ts'

export type WorldOptions = {
  readonly seed: number
  readonly trouble: Trouble
  readonly withoutSweep?: boolean
  readonly fleet?: Partial<FleetOptions>
  readonly plant?: (world: World) => World
  readonly strategies?: readonly ('pooled' | 'personal')[]
  /** On top of what is drawn. */
  readonly plan?: PlanOverrides
  readonly timers?: NonNullable<StoryOptions['timers']>
}

export type ChaosWorld = {
  readonly fleet: FleetOptions
  readonly ids: FleetIds
  readonly story: Story
  readonly operator: Operator
  /** How often each kind of trouble struck until now. */
  readonly injected: () => Readonly<Record<string, number>>
}

/** Azure is well while the inventory is taken; what an unwell Azure does to it is the inventory's own test. */
export const calmFor: Millis = minutes(1)
/** The desk's, in `createStory`. */
const desk = '00000000-0000-4000-8000-0000000000d1'

export function createWorld(options: WorldOptions, random: Random): ChaosWorld {
  const { trouble, seed, strategies } = options
  const fate = drawFate(random.fork('fate'), trouble.estate ?? {})
  const fleet = completeOptions({
    ...randomFleet(random.fork('fleet'), strategies),
    ...fate.fleet,
    ...options.fleet,
    switches: { ...fate.fleet.switches, ...options.fleet?.switches },
  })
  const ids = fleetIds(fleet)
  const outages = drawOutages(random.fork('outages'), trouble.outages ?? {}, storyBegins + calmFor)
  const incidents: QueueIncidents = {}
  const queueRandom = random.fork('queue')
  const http = trouble.http ?? {}
  const fill = createCustomFleet(fleet)
  const story: Story = createStory({
    seed,
    fill: (sim) => {
      fill(sim)
      fate.arrange(sim, ids)
    },
    planText: planTextFor(ids, { ...randomPlan(random), ...options.plan }),
    processes: Math.floor(random.between(1, 4)),
    timings: { accessPropagation: [0, minutes(10)] },
    faults: {
      ...http,
      rules: [...(http.rules ?? []), ...outages.rules],
      ratesFrom: storyBegins + calmFor,
      spared: desk,
    },
    storageFaults: { ...trouble.storage, outages: [...(trouble.storage?.outages ?? []), ...outages.storage] },
    identityOutages: outages.identity,
    ...(trouble.life && { lifeFaults: trouble.life }),
    ...(options.withoutSweep && { withoutSweep: true }),
    ...(options.timers && { timers: options.timers }),
    plant: (world) => {
      const poison = (name: string, message: object) => story.storage.queue(`${name}-poison`).put(encoded(message))
      const troubled = unreliable(world, queueRandom, trouble.queue ?? {}, incidents, poison)
      return options.plant ? options.plant(troubled) : troubled
    },
  })
  const injected = () => ({ ...told(story, incidents), ...named('estate', fate.incidents), ...outages.counts })
  return { fleet, ids, story, operator: createOperator(story, ids), injected }
}

const encoded = (message: object): string => Buffer.from(JSON.stringify(message)).toString('base64')

const randomPlan = (random: Random) => ({
  batchInterval: random.pick(['2 min', '4 min', '10 min']),
  batchSize: Math.floor(random.between(2, 5)),
  grace: random.pick(['0 s', '1 min', '3 min']),
})

function randomFleet(random: Random, strategies: WorldOptions['strategies'] = ['pooled', 'personal']) {
  const pooled = strategies.includes('pooled')
  const personal = strategies.includes('personal')
  return {
    pooledHosts: pooled ? Math.floor(random.between(2, 5)) : 0,
    personalVms: personal ? Math.floor(random.between(3, 8)) : 0,
    users: Math.floor(random.between(6, 20)),
    groups: Math.floor(random.between(1, 4)),
    applicationGroups: random.pick([1, 2, 3] as const),
    scalingPlans: random.chance(0.5),
  }
}

function told({ region, incidents, storageTrouble }: Story, queue: QueueIncidents): Record<string, number> {
  return {
    ...named('azure', region.sim.faults.counts()),
    ...named('storage', storageTrouble()),
    ...named('message', queue),
    'no token': region.identity.refusals(),
    crash: incidents.crashes,
    stall: incidents.stalls,
    freeze: incidents.freezes ?? 0,
    drain: incidents.drains ?? 0,
  }
}

const named = (what: string, counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [`${what} ${name}`, count]))
