/**
 * Every call of the app's process, one after the other, as the place where it dies or loses its way: whichever it is, the
 * estate and what is remembered of it end as after a calm night, and nothing is held any more.
 */
import { hours, minutes } from '../../src/lib/core/time.ts'
import type { HostClock } from '../../src/lib/model/host-clock.ts'
import type { FollowUp } from '../../src/lib/ports/follow-ups.ts'
import { fleetIds } from '../fleets/fleet-ids.ts'
import { completeOptions } from '../fleets/fleet-options.ts'
import { createCustomFleet } from '../fleets/fleets.ts'
import { planTextFor } from '../fleets/plan-text.ts'
import type { Strike } from '../virtual/life.ts'
import { createOperator, type Operator } from '../virtual/operator.ts'
import { createStory, type Story } from '../virtual/story.ts'
import { checkEnd } from './check-end.ts'
import { createDoor } from './door.ts'
import { differences, effectsOf, equipmentOf, estateOf, linesOf, publishedOf, rememberedOf } from './effects.ts'
import { limit, type PointStory } from './point-stories.ts'

export const strikes: readonly Strike[] = ['crashBefore', 'crashAfter', 'loseAnswer', 'stall']

export type Point = { readonly call: number; readonly strike: Strike }

export type CalmRun = {
  /** Names of all calls, in order. */
  readonly calls: readonly string[]
  /** The first call that is a point of this story. */
  readonly from: number
  readonly end: readonly string[]
}

export type PointResult = { readonly point: Point; readonly name: string; readonly broken: readonly string[] }

/** A stalled call comes back after everything is over: what it still does counts, too. */
const aftermath = minutes(3)

/** Throws when even a calm run does not keep its promises. */
export async function runCalm(story: PointStory): Promise<CalmRun> {
  const { calls, from, end, broken } = await play(story)
  if (broken.length > 0) throw new Error(`${story.name}: a calm run is broken: ${broken.join('; ')}`)
  return { calls, from, end }
}

export async function runPoint(story: PointStory, calm: CalmRun, point: Point): Promise<PointResult> {
  const { calls, end, broken } = await play(story, point)
  const name = calls[point.call] ?? ''
  const isStruck = name !== '' && name === calm.calls[point.call]
  return {
    point,
    name,
    broken: [
      ...(isStruck
        ? []
        : [`call ${point.call} is ${name || 'none'} and was ${calm.calls[point.call]} in the calm run`]),
      ...broken,
      ...differences(calm.end, end),
    ],
  }
}

/** Every `stride`-th call from `offset` on, with each strike. */
export const pointsOf = ({ calls, from }: CalmRun, stride = 1, offset = 0): readonly Point[] =>
  calls.flatMap((_, call) =>
    call >= from && (call - from) % stride === offset % stride ? strikes.map((strike) => ({ call, strike })) : [],
  )

type Played = CalmRun & { readonly broken: readonly string[] }

async function play(told: PointStory, point?: Point): Promise<Played> {
  const { aim, fleet, overrides, rules, options: variation } = told
  const options = completeOptions(fleet)
  const ids = fleetIds(options)
  const calls: string[] = []
  const strikeAt = (name: string) => (calls.push(name) - 1 === point?.call ? point.strike : undefined)
  const story = createStory({
    seed: 7,
    fill: createCustomFleet(options),
    planText: planTextFor(ids, overrides),
    ...(rules && { faults: { rules } }),
    ...(aim === 'process' && { strikeAt }),
    ...variation,
  })
  const operator = createOperator(story, ids)
  const door = createDoor(story, aim === 'desk' ? strikeAt : undefined)
  await operator.collect()
  let from = 0
  const mark = () => {
    from = calls.length
  }
  const operations = await told.play(operator, mark, door, story)
  const isOver = await operator.untilOver(operations, limit)
  const isQuiet = isOver && (await story.until(async () => (await active(story)) === 0, hours(1)))
  await operator.pass(aftermath)
  story.stop()
  const broken = [
    ...(isOver ? [] : ['an operation does not end']),
    ...(isOver && !isQuiet ? ['an operation is over but not concluded'] : []),
    ...operator.verdict().violations.map(({ rule, subject, detail }) => `${rule}: ${subject}: ${detail}`),
    ...(isQuiet ? await checkEnd(story, operator, operations, options) : []),
  ]
  return { calls, from, end: await endOf(story, operator, operations), broken }
}

const clockLine = ({ host, left, lastWake, startFailures }: HostClock): string =>
  `clock of ${host}: ${lastWake?.outcome ?? 'never woken'}, left ${left.join(' ') || 'nothing'}, ${startFailures.length} failed starts`

/** What waited and is over, without the names of the operations that did it. */
const noteLine = ({ kind, host, ended, failures }: FollowUp): string =>
  `${kind} of ${host} ${ended ? ended.how.replace(/\S+-\S+-\S+/g, 'an operation') : 'waits'}, ${failures ?? 0} failures`

const active = async ({ desk }: Story): Promise<number> => (await desk.world.active.list()).length

async function endOf(story: Story, operator: Operator, ids: readonly string[]): Promise<readonly string[]> {
  const { sim } = story.region
  const lines = [...linesOf(effectsOf(sim.ledger.events())), ...estateOf(sim.estate)]
  for (const { id } of story.plan.pairs) {
    const followUps = await operator.ask(story.desk.world.followUps.ofPair(id))
    lines.push(...followUps.map(noteLine).sort())
  }
  lines.push(...equipmentOf(sim), ...publishedOf(sim))
  for (const id of ids) {
    const { pairId, kind, state } = await operator.operation(id)
    const pair = await operator.ask(story.desk.world.pairs.load(pairId))
    const clocks = await operator.ask(story.desk.world.hosts.list(pairId))
    lines.push(`${kind} of ${pairId}: ${state.outcome}`, ...rememberedOf(pair.value))
    lines.push(...clocks.map(({ value }) => clockLine(value)))
  }
  return lines
}
