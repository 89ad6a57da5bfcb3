/** Looking and deciding, step after step, for as long as steps turn out to be done already. */
import type { Fault } from '../core/fault.ts'
import { type Instant, type Millis, minutes, seconds } from '../core/time.ts'
import type { OperationSpec, StageSpec, StepCall, Subject } from '../machine/spec.ts'
import type { Look, StepLimits } from '../machine/step.ts'
import { advance, cutShort } from '../machine/task.ts'
import { type AdvanceInput, currentStep, type Decision, type OpenTask, type TaskIntent } from '../machine/task-state.ts'
import type { OperationRecord, TaskRecord, TimelineEntry } from '../ports/operations.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import type { World } from '../ports/world.ts'
import { agreed, groupViewOf } from './group-agreement.ts'

/** Where a tick stands: everything that does not change while it runs, and the notes it takes. */
export type Place = {
  readonly world: World
  readonly spec: OperationSpec
  readonly stage: StageSpec
  readonly subject: Subject
  readonly record: TaskRecord
  readonly operation: OperationRecord
  /** Looks at this subject that were started earlier prove nothing. */
  readonly doubtUntil?: Instant
  readonly notes: TimelineEntry[]
  intent: TaskIntent
}

/** A tick looks no longer than this; the rest is the next tick's (design rule 4). */
const walkBudget: Millis = seconds(15)
/** A runbook has fewer steps than this; more would be a row that goes round in circles. */
const walkLimit = 25

export const placeOf = (parts: Omit<Place, 'notes' | 'intent'>): Place => ({ ...parts, notes: [], intent: 'run' })

export async function walk(place: Place, from: OpenTask, intent: TaskIntent): Promise<Decision> {
  const { clock, steps } = place.world
  const until = clock.monotonic() + walkBudget
  place.intent = intent
  let task = from
  for (let i = 0; i < walkLimit; i++) {
    const call = currentStep(task, place.stage.steps)
    const step = call && steps[call.step]
    if (!call || !step) return unreadable(place, task)
    const look = await lookAt(place, task, step)
    const decided = advance(task, { ...inputOf(place, task, step, intent), look })
    const decision = await agreed(place, task, look, decided)
    if (decision.act !== 'next' || decision.state.status === 'over') return decision
    place.notes.push({ at: clock.now(), step: `${call.step}@${call.side}`, text: decision.reason })
    task = decision.state
    if (clock.monotonic() > until) return { state: task, act: 'wait', lookAfter: seconds(1), reason: 'goes on' }
  }
  return unreadable(place, task)
}

export function contextOf(place: Place, task: OpenTask): StepContext {
  const { world, spec, subject, operation } = place
  const call = currentStep(task, place.stage.steps)
  const group = groupViewOf(place)
  return {
    spec,
    subject,
    side: call?.side ?? spec.target,
    operationId: operation.id,
    now: world.clock.now(),
    enteredAt: task.enteredAt,
    ...(task.begunAt !== undefined && { begunAt: task.begunAt }),
    ...(operation.letInFrom !== undefined && { letInFrom: operation.letInFrom }),
    ...(isHandedBack(operation) && { isHandedBack: true }),
    attempt: task.attempt,
    ...(task.part !== undefined && { part: task.part }),
    ...(task.partSince !== undefined && { partSince: task.partSince }),
    memo: task.memo,
    ...(group && { group }),
    ...(task.facts && { facts: task.facts }),
    fleet: world.fleet,
    // Taking back may use what is kept back from everybody else.
    gateways: (task.path === 'back' && world.gateways.for?.('urgent')) || world.gateways,
  }
}

/** A begin must leave before its fence: it does not list anew what takes long. */
export function beginContextOf(place: Place, task: OpenTask): StepContext {
  const context = contextOf(place, task)
  return { ...context, fleet: context.fleet.atOnce ?? context.fleet }
}

const isHandedBack = ({ state: { stages } }: OperationRecord): boolean =>
  stages.handBack !== undefined && stages.handBack.status !== 'waiting'

export function inputOf(place: Place, task: OpenTask, step: Step, intent: TaskIntent): Omit<AdvanceInput, 'look'> {
  const { stage, spec, world } = place
  return {
    steps: stage.steps,
    ...(stage.taskPointOfNoReturn !== undefined && { pointOfNoReturn: stage.taskPointOfNoReturn }),
    ...(stage.putsBack && { putsBack: true }),
    limits: limitsOf(task, currentStep(task, stage.steps), step, spec),
    begins: step.begin !== undefined,
    intent,
    now: world.clock.now(),
  }
}

/** Nothing waits for a dead side longer than the plan says, and no host stays on longer. */
function limitsOf(
  task: OpenTask,
  call: StepCall | { readonly step: string } | undefined,
  step: Step,
  spec: OperationSpec,
): StepLimits {
  const onFrom = task.path === 'forward' ? task.facts?.startedAt : undefined
  if (spec.keepAlive && typeof onFrom === 'number') {
    const end = onFrom + spec.keepAlive.maxOnTime - puttingBack
    return { ...step.limits, deadline: Math.max(0, end - task.enteredAt) }
  }
  const isBestEffort = call && 'required' in call && !call.required
  if (!isBestEffort || !spec.primaryIsDown) return step.limits
  return { ...step.limits, deadline: spec.limits.deadSideDeadline }
}

/** Of `maxOnTime`, kept for switching a host off again. */
const puttingBack: Millis = minutes(30)

/** A look that throws is a bug in one step; it must not take the whole operation with it. */
async function lookAt(place: Place, task: OpenTask, step: Step): Promise<Look> {
  const context = contextOf(place, task)
  if (isLeftOut(place.subject, step)) return { seen: { kind: 'done' }, readAt: context.now, detail: 'needs nothing' }
  try {
    return trusted(place, await step.look(context))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    place.world.log.error('look threw', { step: step.limits.name, operationId: place.operation.id, message })
    const fault: Fault = { code: 'unreadable', message, retryable: true }
    return { seen: { kind: 'couldNotLook', fault }, readAt: context.now }
  }
}

const isLeftOut = (subject: Subject, { limits }: Step): boolean =>
  subject.kind === 'host' && subject.only !== undefined && !subject.only.includes(limits.name)

/** A machine that looked ready, or at rest, may have been changed since by a call that was on its way when the pair changed hands. */
function trusted({ doubtUntil, world }: Place, look: Look): Look {
  const concludes = look.seen.kind === 'done' || look.seen.kind === 'notBegun'
  if (doubtUntil === undefined || !concludes || look.readAt >= doubtUntil) return look
  const retryAfter = Math.max(doubtUntil - world.clock.now(), seconds(1))
  const message = 'the pair was just taken over: what is seen may still change'
  return {
    seen: { kind: 'couldNotLook', fault: { code: 'unproven', message, retryable: true, retryAfter } },
    readAt: look.readAt,
    detail: message,
  }
}

function unreadable({ stage }: Place, task: OpenTask): Decision {
  const fault: Fault = { code: 'unreadable', message: 'the stored task does not fit its runbook', retryable: false }
  return {
    state: cutShort(task, stage.taskPointOfNoReturn, fault),
    act: 'over',
    reason: 'fails: the stored task does not fit its runbook',
  }
}
