/** One operation, and something that is away as a whole from a moment on which the scene decides. */
import { expect } from 'vitest'
import type { FaultRule } from '../../sim/arm/faults.ts'
import { checkEnd } from '../../sim/chaos/check-end.ts'
import { createDoor, type Door } from '../../sim/chaos/door.ts'
import type { Outage } from '../../sim/chaos/outages.ts'
import { fleetIds } from '../../sim/fleets/fleet-ids.ts'
import { optionsOf } from '../../sim/fleets/fleet-options.ts'
import { createFleet } from '../../sim/fleets/fleets.ts'
import { planTextFor } from '../../sim/fleets/plan-text.ts'
import type { StrikeAt } from '../../sim/virtual/life.ts'
import { createOperator, type Operator } from '../../sim/virtual/operator.ts'
import { createStory, type Story } from '../../sim/virtual/story.ts'
import { hours, type Millis, minutes, seconds } from '../../src/lib/core/time.ts'
import { startOperation } from '../../src/lib/execution/start.ts'

export type Away = {
  readonly story: Story
  readonly operator: Operator
  readonly door: Door
  readonly outages: Outage[]
  readonly begin: (length: Millis) => void
}

/** The principal of the app's processes, in `createStory`. */
const app = '00000000-0000-4000-8000-0000000000a1'
const fleet = optionsOf('tiny', { openSessions: true })

export async function openAway(options: { strikeAt?: (away: Away) => StrikeAt; rules?: readonly FaultRule[] } = {}) {
  const ids = fleetIds(fleet)
  const outages: Outage[] = []
  const story = createStory({
    seed: 5,
    fill: createFleet('tiny'),
    planText: planTextFor(ids, { grace: '1 min', batchSize: 3, batchInterval: '4 min' }),
    processes: 2,
    storageFaults: { outages },
    ...(options.rules && { faults: { rules: options.rules } }),
  })
  const operator = createOperator(story, ids)
  const { clock } = story.region
  let strike: StrikeAt = () => undefined
  const door = createDoor(story, (name) => strike(name), { storage: { outages }, patience: 1_000 })
  const begin = (length: Millis) => {
    if (outages.length === 0) outages.push({ from: clock.now(), until: clock.now() + length })
  }
  const away: Away = { story, operator, door, outages, begin }
  if (options.strikeAt) strike = options.strikeAt(away)
  await operator.collect()
  return away
}

/** Asks until an answer comes, as a person with an idempotency key does. */
export async function start({ operator, door }: Away, pairId: string): Promise<string> {
  const { hash } = await operator.preview({ pairId })
  if (!hash) throw new Error('planning refuses')
  const started = await door.ask((engine) => startOperation(engine, { hash, by: 'operator', idempotencyKey: 'one' }))
  if (started.kind === 'refused') throw new Error(started.message)
  return started.operationId
}

export const ledgerHas = ({ story }: Away, kind: string, least = 1): boolean => {
  story.region.sim.agenda.settle()
  return story.region.sim.ledger.events().filter((event) => event.kind === kind && !('by' in event)).length >= least
}

export const until = ({ story }: Away, isReached: () => boolean): Promise<boolean> =>
  story.until(async () => isReached(), hours(2), seconds(1))

/** Over as wished, nothing lost, nobody stranded, and at work again soon after it was back. */
export async function expectHealed(away: Away, id: string, outcome: string): Promise<void> {
  const { story, operator, outages } = away
  const [outage] = outages
  expect(outage).toBeDefined()
  expect(await operator.untilOver([id], hours(6))).toBe(true)
  const isConcluded = async () => (await story.desk.world.active.list()).length === 0
  expect(await story.until(isConcluded, minutes(10))).toBe(true)
  await operator.pass(minutes(12))
  story.stop()
  expect((await operator.operation(id)).state.outcome).toBe(outcome)
  expect(operator.verdict().violations).toEqual([])
  expect(await checkEnd(story, operator, [id], fleet)).toEqual([])
  expect(resumedAfter(away, outage as Outage)).toBeLessThanOrEqual(seconds(60))
}

/** From the end of the outage to the first call of the app to Azure. */
export function resumedAfter({ story }: Away, { until: end }: Outage): Millis {
  const first = story.region.sim.ledger.calls().find(({ at, principal }) => at >= end && principal === app)
  return first ? first.at - end : Number.POSITIVE_INFINITY
}

export const appCalls = ({ story }: Away, { from, until: end }: Outage) =>
  story.region.sim.ledger.calls().filter(({ at, principal }) => at >= from && at < end && principal === app)
