/**
 * Every call of a process that puts a standby side right, one after the other, as the moment at which somebody starts a
 * failover to that side: everybody arrives, and what was being put right is done or was not begun.
 */
import { hours, type Instant, minutes, seconds } from '../../src/lib/core/time.ts'
import type { Engine } from '../../src/lib/execution/engine.ts'
import { previewOperation } from '../../src/lib/execution/preview.ts'
import { startOperation } from '../../src/lib/execution/start.ts'
import { fleetIds } from '../fleets/fleet-ids.ts'
import { completeOptions } from '../fleets/fleet-options.ts'
import { createCustomFleet } from '../fleets/fleets.ts'
import { planTextFor } from '../fleets/plan-text.ts'
import type { Strike } from '../virtual/life.ts'
import { createOperator } from '../virtual/operator.ts'
import { createStory, type Story, type StoryOptions } from '../virtual/story.ts'
import { driftedPool, fixableNow, lagBehind } from './align-story.ts'
import { overrides, pooled } from './point-stories.ts'

export type AlignTakeover = {
  /** Names of all calls of the process up to the end of the fixes, in order. */
  readonly calls: readonly string[]
  /** What became of the fixes. */
  readonly outcome: string
  readonly broken: readonly string[]
}

export type AlignPoint = { readonly call: number; readonly strike?: Strike }

const limit = hours(4)
/** Fence, deadline of a call and the way there: what was sent before the pair changed hands may be accepted until then. */
const lateAtMost = seconds(25)

/** Without a point nobody disturbs it. */
export async function playAlign(point?: AlignPoint, plant?: StoryOptions['plant']): Promise<AlignTakeover> {
  const options = completeOptions(driftedPool)
  const ids = fleetIds(options)
  const calls: string[] = []
  const failover: { id?: Promise<string>; at?: Instant } = {}
  const state = { isCounting: false }
  const strikeAt = (name: string): Strike | undefined => {
    if (!state.isCounting || calls.push(name) - 1 !== point?.call) return undefined
    failover.at = story.region.clock.now()
    failover.id = fail(story.desk)
    return point.strike
  }
  const fill = createCustomFleet(options)
  const story = createStory({
    seed: 13,
    fill: (sim) => {
      fill(sim)
      lagBehind(sim, ids)
    },
    planText: planTextFor(ids, overrides),
    strikeAt,
    ...(plant && { plant }),
  })
  const operator = createOperator(story, ids)
  await operator.pass(minutes(5))
  await operator.collect()
  const findings = await operator.ask(fixableNow(story.desk, pooled.pairId))
  state.isCounting = true
  const id = await operator.begin({ pairId: pooled.pairId, kind: 'align', findings: [...findings] })
  if (!(await operator.untilOver([id], limit))) throw new Error('the fixes do not end')
  state.isCounting = false
  const moved = failover.id && (await operator.ask(failover.id))
  const isOver = moved === undefined || (await operator.untilOver([moved], limit))
  await operator.pass(minutes(15))
  story.stop()
  const { outcome = 'none' } = (await operator.operation(id)).state
  const { value: pair } = await operator.ask(story.desk.world.pairs.load(pooled.pairId))
  const broken = [
    ...(isOver ? [] : ['the failover does not end']),
    ...(point && !moved ? ['no failover was started'] : []),
    ...(moved && pair.activeSide !== 'secondary' ? ['users are not on the other side'] : []),
    ...(moved && (await operator.operation(moved)).state.outcome !== 'succeeded'
      ? ['the failover did not succeed']
      : []),
    ...(pair.heldBy ? [`the pair is held by ${pair.heldBy.operationId}`] : []),
    ...(['succeeded', 'takenOver', 'refused'].includes(outcome) ? [] : [`the fixes ended as ${outcome}`]),
    ...operator.verdict().violations.map(({ rule, subject, detail }) => `${rule}: ${subject}: ${detail}`),
    ...lateWrites(story, failover.at),
  ]
  return { calls, outcome, broken }
}

/** Asks again, as a person does, when the fixes have ended in between: what they switched off is switched on by the failover. */
async function fail(desk: Engine, triesLeft = 2): Promise<string> {
  const asked = {
    pairId: pooled.pairId,
    kind: 'failover',
    primaryIsDown: false,
    grantWithoutSignOutProof: false,
  } as const
  const { hash, refusals } = await previewOperation(desk, { ...asked, acceptOut: [] })
  if (hash === undefined) throw new Error(`planning refuses: ${refusals.map(({ message }) => message).join('; ')}`)
  const started = await startOperation(desk, { hash, by: 'operator' })
  if (started.kind === 'started') return started.operationId
  if (started.code === 'changed' && triesLeft > 0) return fail(desk, triesLeft - 1)
  throw new Error(`not started: ${started.message}`)
}

const lateWrites = ({ region }: Story, at: Instant | undefined): readonly string[] =>
  at === undefined
    ? []
    : region.sim.ledger
        .events()
        .filter(({ kind }) => kind === 'poolPropertySet' || kind === 'applicationGroupPut' || kind === 'applicationPut')
        .filter((event) => event.at > at + lateAtMost)
        .map(({ kind, at: moment }) => `${kind} ${(moment - at) / 1_000} s after the failover began`)
