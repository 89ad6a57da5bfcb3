/**
 * One tick of one task: look at Azure, decide, send the next tick, save, begin.
 *
 * The order matters: a spare message is dropped by its tick number; a missing one strands the task; what is begun must
 * be on record first. A crash at any point leaves either the old row, and the message comes back, or the new row, and
 * the message that was sent before it carries on.
 */
import type { Fault } from '../core/fault.ts'
import { type Instant, type Millis, seconds } from '../core/time.ts'
import { restBetweenCounts } from '../machine/operation-fold.ts'
import type { OperationState } from '../machine/operation-state.ts'
import { isOfIdleSide, type StageSpec } from '../machine/spec.ts'
import { refused, reopen } from '../machine/task.ts'
import { type Decision, newTask, type OpenTask, type TaskIntent } from '../machine/task-state.ts'
import { withAbsence } from '../machine/task-time.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Kept, TaskRecord } from '../ports/operations.ts'
import type { Step } from '../ports/steps.ts'
import type { World } from '../ports/world.ts'
import { doubtUntilOf } from './doubt.ts'
import { type Engine, nudge } from './engine.ts'
import type { TaskTick } from './messages.ts'
import { nextLook } from './next-look.ts'
import { acquire, answered, type Grant, giveBack, grantLife } from './pacer.ts'
import type { IndexedSpec } from './spec-cache.ts'
import { messageLimit } from './take-pair.ts'
import { noted } from './timeline.ts'
import { noteIfUnreadable } from './unreadable.ts'
import { beginContextOf, contextOf, inputOf, type Place, placeOf, walk } from './walk-task.ts'

export const tickTask = (engine: Engine, message: TaskTick): Promise<void> =>
  noteIfUnreadable(engine, message, () => tick(engine, message))

async function tick(engine: Engine, message: TaskTick): Promise<void> {
  const { world, specOf } = engine
  const log = world.log.with({ operationId: message.operationId, stage: message.stage, task: message.key })
  const [operation, stored] = await Promise.all([
    world.operations.load(message.operationId),
    world.operations.loadTask(message.operationId, message.stage, message.key),
  ])
  if (!operation || !stored) return log.warn('tick of an unknown task')
  // A newer one overtook the save of its own row: it will do, for If-Match lets only one of them through.
  if (message.tick < stored.value.tick) return
  const indexed = await specOf(operation.value.specHash)
  const stage = indexed.stage(message.stage)
  const subject = indexed.subject(message.stage, message.key)
  if (!stage || !subject) return log.error('task is not in the spec')
  const task = openTask(stored.value, operation.value.state, stage, indexed, world)
  if (!task) return
  const doubtUntil = await doubtUntilOf(engine, operation.value, subject)
  const place = placeOf({
    world,
    spec: indexed.spec,
    stage,
    subject,
    record: stored.value,
    operation: operation.value,
    ...(doubtUntil !== undefined && { doubtUntil }),
  })
  const intent = intentOf(operation.value.state, stage, indexed)
  const decision = stored.value.tick === 0 && intent === 'back' ? unbegun : await walk(place, task, intent)
  await carryOut(place, stored, decision)
}

/** What was never ticked has nothing to take back: thousands of desktops whose batch never came need no look at Azure. */
const unbegun: Decision = {
  state: { status: 'over', outcome: 'aborted', at: 0, undo: [], passedOver: [] },
  act: 'over',
  reason: 'turns back before anything was begun',
}

/** The task as this tick works on it; undefined when there is nothing to do. */
function openTask(
  record: TaskRecord,
  operation: OperationState,
  stage: StageSpec,
  indexed: IndexedSpec,
  world: World,
): OpenTask | undefined {
  const stageState = operation.stages[stage.name]
  if (operation.status === 'over' || !stageState || stageState.status === 'waiting') return undefined
  const now = world.clock.now()
  if (record.state.status === 'open')
    return record.tick === 0 ? newTask(now) : withAbsence(record.state, record.dueAt, now)
  const isRetry = record.retries < operation.retries
  const hasSucceeded = record.state.outcome === 'succeeded' || record.state.outcome === 'degraded'
  if (intentOf(operation, stage, indexed) === 'back')
    return isRetry || hasSucceeded ? reopen(record.state, 'back', now) : undefined
  const again = isRetry ? reopen(record.state, 'retry', now) : undefined
  return again && operation.pastNoReturn ? { ...again, wasUnproven: true } : again
}

/** An operation turns back stage by stage: the stages before `backAt` go on resting. One that puts back needs no others for it. */
export function intentOf(state: OperationState, stage: StageSpec, { spec }: Pick<IndexedSpec, 'spec'>): TaskIntent {
  const isAborted = state.intent === 'abort' && !state.pastNoReturn
  if (stage.putsBack && (isAborted || state.status === 'goingBack')) return 'back'
  if (state.status !== 'goingBack') return isAborted ? 'pause' : onward(state, stage)
  const names = spec.stages.map(({ name }) => name)
  return names.indexOf(stage.name) >= names.indexOf(state.backAt ?? stage.name) ? 'back' : 'pause'
}

/** A pause keeps no machine on that an earlier operation has left behind. */
const onward = ({ intent }: OperationState, { name }: StageSpec): TaskIntent =>
  intent === 'pause' && name !== 'putBack' ? 'pause' : 'run'

async function carryOut(place: Place, stored: Kept<TaskRecord>, decision: Decision): Promise<void> {
  if (decision.act !== 'begin') {
    await record(place, stored, decision)
    return
  }
  const step = stepOf(place, decision.state as OpenTask)
  // Before the pair is asked: whoever takes it knows how long calls may come that relied on an older answer.
  const startedAt = place.world.clock.monotonic()
  if (!(await mayBegin(place))) {
    await record(place, stored, later(decision))
    return
  }
  const granted = step.limits.paced ? await grantOf(place, step, decision) : undefined
  if (granted?.kind === 'full') {
    const wait = Math.max(granted.freeAt - place.world.clock.now(), seconds(1))
    await record(place, stored, later(decision, wait, 'waits for its turn'))
    return
  }
  const grant = granted?.grant
  const saved = await record(place, stored, decision)
  if (!saved) return grant && giveBack(place.world.pacers, grant)
  const fence: Fence = { notAfter: startedAt + grantLife }
  await send(place, saved, decision, step, fence, grant)
}

/** Asked again right before a begin: a pair that changed hands, a pause or an abort stop it. */
async function mayBegin({ world, operation, stage, spec, record }: Place): Promise<boolean> {
  const [now, pair] = await Promise.all([world.operations.load(operation.id), world.pairs.load(operation.pairId)])
  if (!now || now.value.state.status === 'over') return false
  if (pair.value.epoch !== operation.epoch || pair.value.heldBy?.operationId !== operation.id) return false
  if (isOfIdleSide(spec.kind) && pair.value.activeSide === spec.target) return false
  const before = intentOf(operation.state, stage, { spec })
  const isOpen = now.value.state.stages[stage.name]?.status === 'open' || before === 'back'
  return isOpen && intentOf(now.value.state, stage, { spec }) === before && record.retries <= now.value.state.retries
}

async function grantOf(place: Place, step: Step, decision: Decision) {
  const { world, spec, record } = place
  const context = contextOf(place, decision.state as OpenTask)
  const key = `${step.limits.paced}:${step.limiter?.(context) ?? ''}`
  const { batchSize, batchInterval } = spec.limits
  const holder = `${place.operation.id}/${record.stage}/${record.key}`
  const count = step.slots?.(context) ?? 1
  return acquire(world.pacers, world.clock, { key, batchSize, batchInterval }, holder, record.ordinal, count)
}

async function send(
  place: Place,
  stored: Kept<TaskRecord>,
  decision: Decision,
  step: Step,
  fence: Fence,
  grant: Grant | undefined,
): Promise<void> {
  const { world } = place
  const task = decision.state as OpenTask
  const begun = (await step.begin?.(beginContextOf(place, task), fence)) ?? { kind: 'accepted' as const }
  const log = world.log.with({ operationId: place.operation.id, task: stored.value.key })
  if (begun.kind === 'refused') {
    log.warn('begin refused', { step: step.limits.name, code: begun.fault.azureCode ?? begun.fault.code })
    if (grant) await giveBack(world.pacers, grant)
    const isOverBudget = begun.fault.code === 'overBudget'
    const then = isOverBudget
      ? postponed(decision, begun.fault, world.clock.now())
      : refused(task, inputOf(place, task, step, place.intent), begun.fault)
    await record(place, stored, then)
    return
  }
  log.info('begun', { step: step.limits.name, attempt: task.attempt, answer: begun.kind })
  if (begun.kind === 'accepted' && grant) await answered(world.pacers, world.clock, grant)
  if (begun.kind === 'accepted' && begun.memo) {
    const state = { ...task, memo: { ...task.memo, ...begun.memo } }
    // A tick that came in between has seen more than this; then it is lost, and the look does without.
    await world.operations.saveTask(place.operation.id, { ...stored.value, state }, stored.etag)
  }
}

/** Next tick first, then the row. Undefined: another tick won, and nothing further may be done. */
async function record(
  place: Place,
  stored: Kept<TaskRecord>,
  decision: Decision,
): Promise<Kept<TaskRecord> | undefined> {
  const { world, operation } = place
  const now = world.clock.now()
  const value = next(place, stored.value, decision, now)
  if (decision.act !== 'over') {
    const { stage, key, tick, dueAt } = value
    // What comes early only looks once more.
    const delay = Math.min(dueAt - now, messageLimit)
    await world.taskTicks.send({ v: 1, operationId: operation.id, stage, key, tick }, delay)
  }
  const etag = await world.operations.saveTask(operation.id, value, stored.etag, eventOf(place, decision))
  if (etag !== undefined && decision.act === 'over')
    await nudge(world, operation.id, restBetweenCounts(operation.state, place.spec.stages))
  return etag === undefined ? undefined : { value, etag }
}

function next(place: Place, before: TaskRecord, decision: Decision, now: Instant): TaskRecord {
  return {
    ...before,
    tick: before.tick + 1,
    dueAt: now + nextLook(place.spec.kind, decision.lookAfter ?? 0, now),
    retries: place.operation.state.retries,
    poisoned: 0,
    state: decision.state,
    timeline: noted(before.timeline, [
      ...place.notes.splice(0),
      { at: now, ...stepNote(place, decision), text: decision.reason },
    ]),
  }
}

function stepNote({ stage }: Place, { state }: Decision): { step?: string } {
  const step =
    state.status === 'open' ? (state.path === 'forward' ? stage.steps[state.at] : state.undo[state.at]) : undefined
  return step ? { step: `${step.step}@${step.side}` } : {}
}

/** No attempt: nothing was sent, and nobody at Azure was asked. The step's time stands still until the next look. */
function postponed(decision: Decision, { retryAfter = seconds(1) }: Fault, now: Instant): Decision {
  const waits = later(decision, Math.max(retryAfter, seconds(1)), 'over budget: waits for its turn')
  return { ...waits, state: { ...(waits.state as OpenTask), blindSince: now } }
}

/** As before the begin, which may not be sent now. */
const later = (decision: Decision, lookAfter: Millis = seconds(2), reason = 'may not begin now'): Decision => ({
  state: decision.unbegun ?? decision.state,
  act: 'wait',
  lookAfter,
  reason,
})

function eventOf(place: Place, decision: Decision) {
  if (decision.act !== 'begin') return undefined
  const task = decision.state as OpenTask
  const { operation, record } = place
  return {
    at: place.world.clock.now(),
    act: 'begin',
    by: operation.requestedBy,
    specHash: operation.specHash,
    stage: record.stage,
    subject: record.key,
    step: stepNote(place, decision).step ?? '',
    attempt: task.attempt,
    ...(task.part !== undefined && { detail: task.part }),
  }
}

function stepOf(place: Place, task: OpenTask): Step {
  const call = task.path === 'forward' ? place.stage.steps[task.at] : task.undo[task.at]
  if (!call) throw new Error('a begin was decided for a step that is not there')
  return place.world.steps[call.step]
}
