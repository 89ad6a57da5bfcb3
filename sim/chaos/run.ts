/** One chaotic night from one number: random operations one after the other and side by side; then the ledger is asked. */
import { hours, type Millis, minutes, seconds } from '../../src/lib/core/time.ts'
import { createRandom } from '../random.ts'
import type { Operator } from '../virtual/operator.ts'
import { storyBegins } from '../virtual/region.ts'
import type { Story } from '../virtual/story.ts'
import { type Course, firstTurn, isDone, turn } from './course.ts'
import { afterTheEnd } from './ending.ts'
import { pictureOf } from './model/picture.ts'
import { type ChaosWorld, calmFor, createWorld, type WorldOptions } from './world.ts'

export type { Trouble } from './troubles.ts'

export type ChaosOptions = WorldOptions & {
  /** Pauses, aborts and retries at random moments. */
  readonly orders?: boolean
  /** Operations of a pair, at most; default 1, a plain failover. */
  readonly acts?: number
  /** The same with everything at hand: for whoever looks for a cause. */
  readonly inspectWorld?: (world: ChaosWorld) => void
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
  /** What the product said no to, and why. */
  readonly refusals: readonly string[]
  readonly virtual: Millis
}

/** However bad it gets, an operation ends within this. */
const limit: Millis = hours(24)
/** An accepted grant or revoke is felt at the latest after this (Azure RBAC), and what was held back would have come. */
const aftermath: Millis = minutes(12)

export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const random = createRandom(`chaos ${options.seed}`)
  const world = createWorld(options, random)
  const { story, operator } = world
  const { clock } = story.region
  const before = clock.now()
  await operator.collect()
  await clock.run(storyBegins + calmFor)
  const acts = 1 + Math.floor(random.next() * (options.acts ?? 1))
  const courses = story.plan.pairs.map(({ id }) => courseOf(id, world, options))
  for (const course of courses) await firstTurn(course, acts, options.acts === undefined)
  const isOver = await play(courses, operator, clock, limit * acts)
  await operator.pass(aftermath)
  const isQuiet = isOver && (await story.until(() => isAtRest(story), hours(2)))
  story.stop()
  const ids = courses.flatMap((course) => course.ids)
  const allowBothSides = await excused(story, operator, ids)
  const broken = [
    ...(isOver ? [] : ['an operation does not end']),
    ...(isOver && !isQuiet ? ['an operation is over but not concluded'] : []),
    ...operator
      .verdict({ allowBothSides })
      .violations.map(({ rule, subject, detail }) => `${rule}: ${subject}: ${detail}`),
    ...courses.flatMap((course) => [...course.broken, ...(isQuiet ? afterTheEnd(course) : [])]),
  ]
  options.inspectWorld?.(world)
  await options.inspect?.(operator, ids, broken)
  const outcomes: string[] = []
  for (const id of ids) outcomes.push((await operator.operation(id)).state.outcome ?? 'running')
  return {
    seed: options.seed,
    broken,
    injected: world.injected(),
    outcomes,
    refusals: courses.flatMap(({ refusals }) => refusals),
    virtual: clock.now() - before,
  }
}

function courseOf(pairId: string, world: ChaosWorld, options: ChaosOptions): Course {
  return {
    pairId,
    world,
    random: createRandom(`course ${options.seed} ${pairId}`),
    atFirst: pictureOf(world.story.region.sim),
    givesOrders: options.orders ?? false,
    actsLeft: 0,
    open: [],
    last: undefined,
    ids: [],
    refusals: [],
    broken: [],
    startedThere: new Set(),
    switchedOff: new Set(),
    restsSince: undefined,
  }
}

/** Orders come early, when they can do harm; later somebody looks in every few minutes. */
async function play(
  courses: readonly Course[],
  operator: Operator,
  clock: Story['region']['clock'],
  length: Millis,
): Promise<boolean> {
  const end = clock.now() + length
  const next = new Map(courses.map((course) => [course, clock.now() + course.random.between(seconds(1), minutes(4))]))
  while (clock.now() < end) {
    const waiting = courses.filter((course) => !isDone(course))
    if (waiting.length === 0) return true
    const course = waiting.reduce((a, b) => ((next.get(a) ?? 0) <= (next.get(b) ?? 0) ? a : b))
    const rest = (next.get(course) ?? 0) - clock.now()
    if (rest > 0) await operator.pass(rest)
    await turn(course)
    next.set(course, clock.now() + course.random.between(seconds(20), minutes(8)))
  }
  return courses.every(isDone)
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

async function isAtRest({ desk }: Story): Promise<boolean> {
  return (await desk.world.active.list()).length === 0
}
