/**
 * One tick of one operation: count its tasks, decide, carry the decision out, save.
 *
 * Rows are inserted and messages sent before the state that speaks of them is saved: both may be repeated without
 * harm, neither may be missing.
 */
import { type Millis, seconds } from '../core/time.ts'
import { advanceOperation } from '../machine/operation.ts'
import { batchCount, type Effect, type OperationDecision } from '../machine/operation-state.ts'
import type { StageName, StageSpec } from '../machine/spec.ts'
import { newTask } from '../machine/task-state.ts'
import type { Kept, OperationRecord, TaskGlance, TaskRecord } from '../ports/operations.ts'
import { conclude } from './conclude.ts'
import { type Engine, sendTick } from './engine.ts'
import type { OperationTick } from './messages.ts'
import { oneByOne } from './one-by-one.ts'
import type { IndexedSpec } from './spec-cache.ts'
import { begin } from './take-pair.ts'
import { countsOf, isReleased, isToRetry, isToTakeBack } from './tally.ts'
import { noted } from './timeline.ts'
import { noteIfUnreadable } from './unreadable.ts'

/** Decisions that follow from each other at once; more would be a runbook that goes round in circles. */
const roundLimit = 20
const sendConcurrency = 32
/** If this process dies between two rounds, another one goes on after this. */
const roundRest: Millis = seconds(10)

export const tickOperation = (engine: Engine, message: OperationTick): Promise<void> =>
  noteIfUnreadable(engine, message, () => oneByOne(engine, message.operationId, () => tick(engine, message)))

async function tick(engine: Engine, message: OperationTick): Promise<void> {
  const { world } = engine
  for (let round = 0; round < roundLimit; round++) {
    const stored = await world.operations.load(message.operationId)
    if (!stored) return world.log.warn('tick of an unknown operation', { operationId: message.operationId })
    if (stored.value.state.status === 'over') return concludeOnce(engine, stored.value)
    if (round === 0 && isSpare(message, stored.value)) return
    const ready = await begin(engine, stored)
    if (!ready) return
    const goesOn = await decide(engine, ready)
    if (!goesOn) return
  }
}

/** Nudges come in behind the end; what is concluded is not told once more. */
async function concludeOnce(engine: Engine, record: OperationRecord): Promise<void> {
  const active = await engine.world.active.list()
  if (active.includes(record.id)) await conclude(engine, record)
}

function isSpare({ tick, sentAt }: OperationTick, record: OperationRecord): boolean {
  if (tick !== undefined) return tick < record.tick
  return sentAt !== undefined && record.listedAt >= sentAt
}

/** True when another decision may follow at once. */
async function decide(engine: Engine, stored: Kept<OperationRecord>): Promise<boolean> {
  const { world, specOf } = engine
  const record = stored.value
  const indexed = await specOf(record.specHash)
  const listedAt = world.clock.now()
  const counts = await countsOf(world.operations, record.id, indexed.spec, record.state)
  const now = world.clock.now()
  const decision = advanceOperation(record.state, { spec: indexed.spec, ...counts, now })
  for (const effect of decision.effects) await carryOut(engine, indexed, record, effect, decision)
  const isOver = decision.state.status === 'over'
  const lookAfter = decision.again ? roundRest : decision.lookAfter
  const value: OperationRecord = {
    ...record,
    state: decision.state,
    tick: record.tick + 1,
    dueAt: now + lookAfter,
    listedAt,
    timeline: noted(
      record.timeline,
      decision.reasons.map((text) => ({ at: now, text })),
    ),
  }
  if (!isOver) await sendTick(engine, value, lookAfter)
  const etag = await world.operations.save(value, stored.etag)
  if (etag === undefined) return false
  for (const reason of decision.reasons) world.log.info('operation', { operationId: record.id, reason })
  if (isOver) await conclude(engine, value)
  return decision.again && !isOver
}

async function carryOut(
  engine: Engine,
  indexed: IndexedSpec,
  record: OperationRecord,
  effect: Effect,
  decision: OperationDecision,
): Promise<void> {
  const stage = indexed.stage(effect.stage)
  if (!stage) return
  switch (effect.kind) {
    case 'insertTasks':
      return engine.world.operations.insertTasks(record.id, newTasks(stage, record, engine.world.clock.now()))
    case 'release':
      return sendTicks(engine, record.id, batchOf(stage, effect.batch), effect.delay)
    case 'wake': {
      const glances = await engine.world.operations.glances(record.id, stage.name)
      const woken = glances.filter((glance) => isToWake(glance, decision))
      return sendTicks(engine, record.id, woken, 0)
    }
  }
}

/** A task whose batch is not out yet sleeps on, unless there is nothing left to be released for. */
const isToWake = (glance: TaskGlance, { state }: OperationDecision): boolean => {
  if (glance.status === 'over') return isToRetry(glance, state) || isToTakeBack(glance, state)
  return isReleased(glance, state)
}

type Tickable = { readonly stage: StageName; readonly key: string; readonly tick: number }

async function sendTicks({ world }: Engine, operationId: string, tasks: readonly Tickable[], delay: Millis) {
  for (let i = 0; i < tasks.length; i += sendConcurrency)
    await Promise.all(
      tasks
        .slice(i, i + sendConcurrency)
        .map(({ stage, key, tick }) => world.taskTicks.send({ v: 1, operationId, stage, key, tick }, delay)),
    )
}

function batchOf(stage: StageSpec, batch: number): readonly Tickable[] {
  const size = stage.batchSize ?? stage.tasks.length
  return stage.tasks.slice(batch * size, (batch + 1) * size).map(({ key }) => ({ stage: stage.name, key, tick: 0 }))
}

function newTasks(stage: StageSpec, record: OperationRecord, now: number): readonly TaskRecord[] {
  const size = stage.batchSize ?? Math.max(stage.tasks.length, 1)
  // Not due before its batch is surely out; the sweep looks after rows that then still wait.
  const lastRelease = now + batchCount(stage) * (stage.batchInterval ?? 0) + seconds(60)
  return stage.tasks.map(({ key }, ordinal) => ({
    stage: stage.name,
    key,
    ordinal,
    batch: Math.floor(ordinal / size),
    tick: 0,
    dueAt: lastRelease,
    retries: record.state.retries,
    poisoned: 0,
    state: newTask(now),
    timeline: [],
  }))
}
