/** One chaotic run from one number: a small random estate, random trouble, random orders; then the ledger is asked. */
import { hours, type Millis, minutes, seconds } from '../../src/lib/core/time.ts'
import type { World } from '../../src/lib/ports/world.ts'
import type { FaultOptions } from '../arm/faults.ts'
import type { Random } from '../arm/types.ts'
import { fleetIds } from '../fleets/fleet-ids.ts'
import { completeOptions, type FleetOptions } from '../fleets/fleet-options.ts'
import { createCustomFleet } from '../fleets/fleets.ts'
import { planTextFor } from '../fleets/plan-text.ts'
import { createRandom } from '../random.ts'
import type { StorageFaults } from '../storage/link.ts'
import type { LifeFaults } from '../virtual/life.ts'
import { createOperator, type Operator } from '../virtual/operator.ts'
import { storyBegins } from '../virtual/region.ts'
import { createStory, type Story, type StoryOptions } from '../virtual/story.ts'
import { checkEnd } from './check-end.ts'
import { type QueueFaults, type QueueIncidents, unreliable } from './unreliable-queue.ts'

export type Trouble = {
  readonly http?: FaultOptions
  readonly storage?: StorageFaults
  readonly life?: LifeFaults
  readonly queue?: QueueFaults
}

export type ChaosOptions = {
  readonly seed: number
  readonly trouble: Trouble
  readonly withoutSweep?: boolean
  /** Pauses, aborts and retries at random moments. */
  readonly orders?: boolean
  readonly fleet?: Partial<FleetOptions>
  readonly plant?: (world: World) => World
  readonly strategies?: readonly ('pooled' | 'personal')[]
  /** Called at the end, for a look at what went wrong. */
  readonly inspect?: (operator: Operator, ids: readonly string[], broken: readonly string[]) => Promise<void>
}

export type ChaosResult = {
  readonly seed: number
  /** Empty: all that was promised held. */
  readonly broken: readonly string[]
  /** How often each kind of trouble struck. */
  readonly injected: Readonly<Record<string, number>>
  readonly outcomes: readonly string[]
  readonly virtual: Millis
}

/** However bad it gets, an operation ends within this. */
const limit: Millis = hours(12)
/** Azure is well while the inventory is taken; what an unwell Azure does to it is the inventory's own test. */
const calmFor: Millis = minutes(1)
const lookInEvery: Millis = minutes(10)

export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const random = createRandom(`chaos ${options.seed}`)
  const queueIncidents: QueueIncidents = { lost: 0, doubled: 0, late: 0 }
  const { fleet, story, operator } = createWorld(options, random, queueIncidents)
  const before = story.region.clock.now()
  const ids: string[] = []
  await operator.collect()
  await story.region.clock.run(storyBegins + calmFor)
  for (const { id } of story.plan.pairs) ids.push(await operator.begin({ pairId: id }))
  if (options.orders) await giveOrders(operator, ids, random.fork('orders'))
  const isOver = await attend(operator, ids, random.fork('replies'))
  const isQuiet = isOver && (await story.until(() => isAtRest(story), hours(2)))
  story.stop()
  const broken = [
    ...(isOver ? [] : ['an operation does not end']),
    ...(isOver && !isQuiet ? ['an operation is over but not concluded'] : []),
    ...operator
      .verdict({ allowBothSides: await excused(story, operator, ids) })
      .violations.map(({ rule, subject, detail }) => `${rule}: ${subject}: ${detail}`),
    ...(isQuiet ? await checkEnd(story, operator, ids, fleet) : []),
  ]
  await options.inspect?.(operator, ids, broken)
  const outcomes: string[] = []
  for (const id of ids) outcomes.push((await operator.operation(id)).state.outcome ?? 'running')
  return {
    seed: options.seed,
    broken,
    injected: injectedIn(story, queueIncidents),
    outcomes,
    virtual: story.region.clock.now() - before,
  }
}

function createWorld(options: ChaosOptions, random: Random, incidents: QueueIncidents) {
  const fleet = completeOptions({ ...randomFleet(random.fork('fleet'), options.strategies), ...options.fleet })
  const ids = fleetIds(fleet)
  const interval = random.pick(['2 min', '4 min', '10 min'])
  const overrides = {
    batchSize: Math.floor(random.between(2, 5)),
    batchInterval: interval,
    grace: random.pick(['0 s', '1 min', '3 min']),
  }
  const queueRandom = random.fork('queue')
  const settings: StoryOptions = {
    seed: options.seed,
    fill: createCustomFleet(fleet),
    planText: planTextFor(ids, overrides),
    processes: Math.floor(random.between(1, 4)),
    timings: { accessPropagation: [0, minutes(10)] },
    ...(options.trouble.http && { faults: { ...options.trouble.http, ratesFrom: storyBegins + calmFor } }),
    ...(options.trouble.storage && { storageFaults: options.trouble.storage }),
    ...(options.trouble.life && { lifeFaults: options.trouble.life }),
    ...(options.withoutSweep && { withoutSweep: true }),
    plant: (world) => {
      const troubled = unreliable(world, queueRandom, options.trouble.queue ?? {}, incidents)
      return options.plant ? options.plant(troubled) : troubled
    },
  }
  const story = createStory(settings)
  return { fleet, story, operator: createOperator(story, ids) }
}

function randomFleet(random: Random, strategies: ChaosOptions['strategies'] = ['pooled', 'personal']) {
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

/** A person said that access may move although sessions could not be proven gone: both sides may then be in use. */
async function excused({ region }: Story, operator: Operator, ids: readonly string[]): Promise<readonly string[]> {
  for (const id of ids) {
    const { replies } = (await operator.operation(id)).state
    if (replies.signOutUnproven === 'grantWithoutSignOutProof')
      return [...region.sim.estate.users.values()].map((user) => user.id)
  }
  return []
}

/** Somebody looks in every ten minutes and answers what is asked. */
async function attend(operator: Operator, ids: readonly string[], random: Random): Promise<boolean> {
  for (let waited = 0; waited < limit; waited += lookInEvery) {
    if (await operator.untilOver(ids, lookInEvery)) return true
    for (const id of ids) {
      const { state } = await operator.operation(id)
      if (!state.question) continue
      // `accept` hands people over to somebody who helps them by hand; nobody does here.
      const replies = state.question.replies.filter((reply) => reply !== 'accept')
      await operator.control(id, { kind: 'reply', reply: random.pick(replies) })
    }
  }
  return false
}

/** Orders come early in the run: that is when they can do harm. */
async function giveOrders(operator: Operator, ids: readonly string[], random: Random): Promise<void> {
  for (let i = 0; i < Math.floor(random.between(0, 4)); i++) {
    await operator.pass(random.between(seconds(1), minutes(6)))
    const id = random.pick(ids)
    const kind = random.pick(['pause', 'abort', 'retryFailed', 'pause'] as const)
    await operator.control(id, { kind })
    if (kind !== 'pause') continue
    await operator.pass(random.between(seconds(5), minutes(20)))
    await operator.control(id, { kind: 'resume' })
  }
}

async function isAtRest({ desk }: Story): Promise<boolean> {
  return (await desk.world.active.list()).length === 0
}

function injectedIn({ region, incidents, storageTrouble }: Story, queue: QueueIncidents): Record<string, number> {
  const http = Object.entries(region.sim.faults.counts()).map(([name, count]) => [`azure ${name}`, count] as const)
  const kept = Object.entries(storageTrouble()).map(([name, count]) => [`storage ${name}`, count] as const)
  return Object.fromEntries([
    ...http,
    ...kept,
    ...Object.entries(queue).map(([name, count]) => [`message ${name}`, count] as const),
    ['crash', incidents.crashes],
    ['stall', incidents.stalls],
  ])
}
