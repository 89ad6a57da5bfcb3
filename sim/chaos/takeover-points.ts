/**
 * Every call of a process that wakes a standby host, one after the other, as the moment at which somebody starts a
 * failover of the pair: whichever it is, the failover ends as one that found the host asleep, and nothing of the wake-up
 * is done any more. Where that failover is aborted, the host ends as it was found by the wake-up.
 */
import { hours, type Instant, minutes, seconds } from '../../src/lib/core/time.ts'
import { control } from '../../src/lib/execution/control.ts'
import { previewOperation } from '../../src/lib/execution/preview.ts'
import { startOperation } from '../../src/lib/execution/start.ts'
import { fleetIds } from '../fleets/fleet-ids.ts'
import { completeOptions } from '../fleets/fleet-options.ts'
import { createCustomFleet } from '../fleets/fleets.ts'
import { planTextFor } from '../fleets/plan-text.ts'
import { keepHostsAlive, takeInventory } from '../keepalive/app-timers.ts'
import type { Strike } from '../virtual/life.ts'
import { createOperator, type Operator } from '../virtual/operator.ts'
import { createStory, type Story, type StoryOptions } from '../virtual/story.ts'
import { differences, estateOf, rememberedOf } from './effects.ts'
import { pooled, wake } from './point-stories.ts'

export type TakeoverPoint = {
  readonly call: number
  /** What strikes the process of the wake-up at the same call. */
  readonly strike?: Strike
}

export type Takeover = {
  /** Names of all calls of the wake-up's process up to its end, in order. */
  readonly calls: readonly string[]
  readonly end: readonly string[]
  readonly broken: readonly string[]
}

export type TakeoverOptions = {
  /** The failover is aborted this long after its start. */
  readonly isAborted?: boolean
  /** What the app is told without, to see that it shows. */
  readonly plant?: StoryOptions['plant']
}

const fleet = completeOptions({
  ...pooled.fleet,
  pooledHosts: 2,
  users: 4,
  // Nobody is due: the timer starts nothing of its own.
  tokenAgeDays: 5,
  standby: { scalesIn: false, undrained: 0.5, tagged: 0 },
})
const overrides = {
  grace: '1 min',
  batchInterval: '2 min',
  keepAlive: { stayOn: '20 min', patches: 'install', window: { from: '00:00', to: '24:00' } },
} as const
const woken = 'avdp-ukw-0001'
const limit = hours(6)
/** Fence, deadline of a call and the way there: what was sent before the pair changed hands may be accepted until then. */
const lateAtMost = seconds(25)
const abortedAfter = minutes(2)

/** A failover that finds everybody asleep, or with `isAborted` nothing at all but the wake-up: what the others are compared with. */
export async function calmTakeover(options: TakeoverOptions): Promise<Takeover> {
  const calm = await play(options.isAborted ? 'wake-up alone' : 'failover alone', options)
  if (calm.broken.length > 0) throw new Error(`a calm run is broken: ${calm.broken.join('; ')}`)
  return calm
}

/** The names of the calls of a wake-up that nobody disturbs. */
export const callsOfWakeUp = async (): Promise<readonly string[]> => (await play('wake-up alone', {})).calls

export async function runTakeover(
  point: TakeoverPoint,
  calm: Takeover,
  options: TakeoverOptions,
): Promise<readonly string[]> {
  const { end, broken } = await play(point, options)
  return [...broken, ...differences(calm.end, end)]
}

type Told = TakeoverPoint | 'failover alone' | 'wake-up alone'

async function play(told: Told, options: TakeoverOptions): Promise<Takeover> {
  const ids = fleetIds(fleet)
  const calls: string[] = []
  const moved: { id?: string; at?: Instant } = {}
  const point = typeof told === 'string' ? undefined : told
  const state = { isCounting: false }
  const strikeAt = (name: string): Strike | undefined => {
    if (!state.isCounting || calls.push(name) - 1 !== point?.call) return undefined
    void startFailover(story, moved, options)
    return point.strike
  }
  const story = createStory({
    seed: 11,
    fill: createCustomFleet(fleet),
    planText: planTextFor(ids, overrides),
    strikeAt,
    ...(point && options.plant && { plant: options.plant }),
    timers: [
      { every: minutes(15), run: takeInventory },
      { every: minutes(5), run: keepHostsAlive },
    ],
  })
  const operator = createOperator(story, ids)
  await operator.collect()
  const operations: string[] = []
  let hasEnded = true
  if (told === 'failover alone') await operator.ask(startFailover(story, moved, options))
  else {
    state.isCounting = true
    const id = await operator.ask(wake(story.desk, [woken]))
    operations.push(id)
    hasEnded = await operator.untilOver([id], limit)
    state.isCounting = false
  }
  if (moved.id) operations.push(moved.id)
  const isOver = await operator.untilOver(operations, limit)
  const isQuiet = isOver && (await story.until(async () => (await restless(story)) === 0, hours(2)))
  await operator.pass(minutes(20))
  story.stop()
  const broken = [
    ...(hasEnded ? [] : ['the wake-up does not end']),
    ...(isQuiet ? [] : ['it does not come to rest']),
    ...(point && !moved.id ? ['no failover was started'] : []),
    ...operator.verdict().violations.map(({ rule, subject, detail }) => `${rule}: ${subject}: ${detail}`),
    ...lateWork(story, moved, options),
  ]
  return { calls, end: await endOf(story, operator), broken }
}

async function startFailover({ desk, region }: Story, moved: { id?: string; at?: Instant }, options: TakeoverOptions) {
  const { pairId } = pooled
  const request = { pairId, kind: 'failover', primaryIsDown: false, grantWithoutSignOutProof: false } as const
  const { hash, refusals } = await previewOperation(desk, { ...request, acceptOut: [] })
  if (hash === undefined) throw new Error(`planning refuses: ${refusals.map(({ message }) => message).join('; ')}`)
  const started = await startOperation(desk, { hash, by: 'operator' })
  if (started.kind === 'refused') throw new Error(`not started: ${started.message}`)
  moved.id = started.operationId
  moved.at = desk.world.clock.now()
  if (!options.isAborted) return
  const abort = () => void control(desk, started.operationId, { kind: 'abort' }, 'operator')
  region.clock.at(region.clock.now() + abortedAfter, abort)
}

/** Operations that are not concluded, and hosts on which something is left. */
async function restless({ desk }: Story): Promise<number> {
  const clocks = await desk.world.hosts.list(pooled.pairId)
  return (await desk.world.active.list()).length + clocks.filter(({ value }) => value.left.length > 0).length
}

/** What the wake-up still does to standby hosts after a failover has taken its pair. */
function lateWork({ region }: Story, { at }: { at?: Instant }, { isAborted }: TakeoverOptions): readonly string[] {
  if (at === undefined || isAborted) return []
  const isLate = (moment: Instant) => moment > at + lateAtMost
  return region.sim.ledger.events().flatMap((event) => {
    if (event.kind === 'deallocateAccepted' && /avdp-ukw/.test(event.vm) && isLate(event.at))
      return [`${event.vm} is deallocated ${(event.at - at) / 1_000} s after the failover began`]
    if (event.kind === 'drainSet' && /avdp-ukw/.test(event.host) && !event.allowNewSession && isLate(event.at))
      return [`${event.host} is drained ${(event.at - at) / 1_000} s after the failover began`]
    return []
  })
}

async function endOf(story: Story, operator: Operator): Promise<readonly string[]> {
  const { world } = story.desk
  const pair = await operator.ask(world.pairs.load(pooled.pairId))
  const { epoch: _, ...remembered } = pair.value
  const clocks = await operator.ask(world.hosts.list(pooled.pairId))
  return [
    // Our exclusion tag names whoever came first.
    ...estateOf(story.region.sim.estate).map((line) => line.replace(/avd-failover:[^"]+/, 'avd-failover')),
    ...rememberedOf({ ...remembered, epoch: 0, startedHosts: [...pair.value.startedHosts].sort() }),
    ...clocks.map(({ value }) => `${value.host}: left ${value.left.join(' ') || 'nothing'}`),
  ]
}
