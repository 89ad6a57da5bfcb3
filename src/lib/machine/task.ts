/**
 * The life of one subject in a stage.
 *
 * A task walks its steps one at a time. On each tick the shell looks at Azure, `advance` decides what that means, and
 * the shell carries the decision out. Nothing here does I/O or reads a clock, so a tick that is repeated, late or
 * concurrent comes to the same decision from the same facts.
 */
import type { Fault } from '../core/fault.ts'
import type { Instant, Millis } from '../core/time.ts'
import type { StepCall } from './spec.ts'
import { begunNow, withFound, withJoined, withLack, withPart } from './task-found.ts'
import {
  type AdvanceInput,
  currentStep,
  type Decision,
  heldLookAfter,
  newTask,
  type OpenTask,
  type Outcome,
  type OverTask,
} from './task-state.ts'
import { isOverdue, isPastDeadline, nothingCame, timedOut, withBlindness } from './task-time.ts'

export function advance(stored: OpenTask, input: AdvanceInput): Decision {
  // What was looked at before it was woken is too old to begin on.
  if (isToWake(stored, input)) return { state: woken(stored, input), act: 'next', lookAfter: 0, reason: 'goes on' }
  const task = withJoined(withFound(withBlindness(withPart(stored, input), input), input), input)
  const { seen } = input.look
  switch (seen.kind) {
    case 'done':
      return goOn(withLack(task, input), input, undefined, input.look.detail ?? 'done')
    case 'underway':
      if (isOverdue(task, input)) return giveUp(task, input, timedOut(task, input))
      return wait(task, input, input.look.detail ?? 'underway')
    case 'couldNotLook':
      return couldNotLook(task, input, seen.fault)
    case 'notBegun':
      return notBegun(task, input)
    case 'faulted':
      return faulted(task, input, seen.fault)
  }
}

/** Azure refused the begin that was just sent: it was not carried out, for certain. */
export function refused(task: OpenTask, input: Omit<AdvanceInput, 'look'>, fault: Fault): Decision {
  return faulted(task, { ...input, look: { seen: { kind: 'faulted', fault }, readAt: input.now } }, fault)
}

/**
 * A task that is over takes back what it has begun, or tries again what failed; undefined: nothing to do. One that failed
 * beyond its point of no return is never taken back blindly: it may have arrived since, and a look tells.
 */
export function reopen(task: OverTask, wanted: 'back' | 'retry', now: Instant): OpenTask | undefined {
  const { passedOver, facts, wasUnproven } = task
  const plain: OpenTask = { ...newTask(now), ...(wasUnproven && { wasUnproven }) }
  const fresh: OpenTask = { ...plain, passedOver, ...(facts && { facts }) }
  if (task.isHalfWay) return { ...fresh, at: task.at, attempt: 1, begunAt: now, undo: task.undo, passedOver: [] }
  if (wanted === 'retry')
    return mayRetry(task)
      ? {
          ...(task.undo.length > 0 ? fresh : plain),
          at: isUnproven(task) ? 0 : task.at,
          undo: task.undo,
          passedOver: [],
        }
      : undefined
  if (task.undo.length === 0) return undefined
  const ending = task.outcome === 'failed' ? 'failed' : 'aborted'
  const fault = task.fault && { fault: task.fault }
  return { ...fresh, ...fault, path: 'back', at: task.undo.length - 1, undo: task.undo, ending }
}

const mayRetry = (task: OverTask): boolean =>
  task.outcome === 'failed' || task.outcome === 'aborted' || isUnproven(task)

/** It came to its end, but passed over something that could not be done or proven. */
const isUnproven = ({ outcome, passedOver }: OverTask): boolean => outcome === 'succeeded' && passedOver.length > 0

/** Beyond this the task runs on to its safe end, whatever is wanted of it. */
export const isPastNoReturn = (task: OpenTask, pointOfNoReturn: number | undefined): boolean =>
  pointOfNoReturn !== undefined &&
  task.path === 'forward' &&
  (task.at > pointOfNoReturn || (task.at === pointOfNoReturn && task.begunAt !== undefined))

const isToWake = (task: OpenTask, { intent }: AdvanceInput): boolean => task.held === true && intent !== 'pause'

function woken(task: OpenTask, { now }: AdvanceInput): OpenTask {
  const { held: _, partSince: __, ...rest } = task
  return { ...rest, enteredAt: now }
}

function notBegun(task: OpenTask, input: AdvanceInput): Decision {
  const { limits, look, now } = input
  if (task.begunAt !== undefined && look.readAt < task.begunAt + limits.settle) {
    const rest = task.begunAt + limits.settle - now
    return wait(task, input, 'nothing to see yet', Math.max(Math.min(rest, limits.pollEvery), 1_000))
  }
  const settled = withoutBegin(task)
  if (wantsBack(settled, input)) return turnBack(settled, input, 'aborted', settled.fault)
  if (mayHold(settled, input)) return hold(settled)
  if (!input.begins)
    return isOverdue(task, input)
      ? giveUp(task, input, timedOut(task, input))
      : wait(task, input, look.detail ?? 'not yet')
  if (look.waits) return wait(settled, input, look.detail ?? 'not yet')
  if (settled.notBefore !== undefined && settled.notBefore > now)
    return wait(settled, input, 'waits before trying again', settled.notBefore - now)
  if (settled.attempt >= limits.maxAttempts || isPastDeadline(task, input))
    return giveUp(settled, input, nothingCame(settled, limits))
  return begin(settled, input)
}

function begin(task: OpenTask, input: AdvanceInput): Decision {
  const { limits, look } = input
  const state = begunNow(task, input)
  const what = look.part !== undefined && look.detail !== undefined ? `: ${look.detail}` : ''
  const reason = `${state.attempt === 1 ? 'begins' : `tries again, attempt ${state.attempt}`}${what}`
  return { state, act: 'begin', lookAfter: limits.firstLookAfter ?? limits.pollEvery, reason, unbegun: task }
}

function faulted(task: OpenTask, input: AdvanceInput, fault: Fault): Decision {
  const settled = withoutBegin(task)
  if (wantsBack(settled, input)) return turnBack(settled, input, 'aborted', settled.fault)
  const isLate = isPastDeadline(task, input) || (task.attempt === 0 && isOverdue(task, input))
  const isSpent = task.attempt >= input.limits.maxAttempts || isLate
  if (!fault.retryable || isSpent) return giveUp(settled, input, fault)
  const after = fault.retryAfter ?? input.limits.retryAfter
  const state = { ...settled, notBefore: input.now + after }
  if (mayHold(state, input)) return hold(state)
  return wait(state, input, `${fault.azureCode ?? fault.code}: tries again`, after)
}

function couldNotLook(task: OpenTask, input: AdvanceInput, fault: Fault): Decision {
  if (task.begunAt === undefined && wantsBack(task, input)) return turnBack(task, input, 'aborted', task.fault)
  if (isOverdue(task, input))
    return giveUp(task, input, {
      code: 'unproven',
      message: `${input.limits.name}: ${fault.message}`,
      retryable: false,
    })
  const after = Math.max(fault.retryAfter ?? 0, input.limits.pollEvery)
  return wait(task, input, input.look.detail ?? `could not look: ${fault.azureCode ?? fault.code}`, after)
}

/** The step will not succeed: pass over it, go on to the safe end, or turn back. */
function giveUp(given: OpenTask, input: AdvanceInput, fault: Fault): Decision {
  const task = { ...given, failedStep: given.failedStep ?? input.limits.name }
  const step = currentStep(task, input.steps)
  const why = `gives up: ${fault.azureCode ?? fault.code}`
  if (task.path === 'back') return takenBack(task, input, fault, `could not be taken back: ${fault.message}`)
  const forward = step as StepCall
  if (!forward.required)
    return goOn({ ...given, passedOver: [...task.passedOver, forward.step] }, input, undefined, `passed over: ${why}`)
  const past = input.pointOfNoReturn !== undefined && task.at > input.pointOfNoReturn
  if (past || forward.onFailure === 'goOn') return goOn(task, input, fault, why)
  if (isPastNoReturn(task, input.pointOfNoReturn)) return end(task, input, 'failed', fault, `${why}; needs a person`)
  return turnBack(task, input, 'failed', fault)
}

/** To the next step, forward or back; `fault` when this one was given up. */
function goOn(task: OpenTask, input: AdvanceInput, fault: Fault | undefined, reason: string): Decision {
  const merged = task.fault ?? fault
  if (task.path === 'back') return takenBack(task, input, undefined, reason)
  const isLast = task.at + 1 >= input.steps.length || (!fault && input.look.isEnough === true)
  // A last step that ends while the stage is being taken back: nobody would come back for what it leaves.
  if (isLast && task.undo.length > 0 && wantsBack(task, input)) return turnBack(task, input, 'aborted', merged)
  const outcome = fault ? 'failed' : merged ? 'degraded' : 'succeeded'
  if (isLast && input.putsBack) return takeBack(task, input, outcome, merged, reason)
  if (isLast) return end(task, input, outcome, merged, reason)
  const state: OpenTask = {
    ...enter(task, task.at + 1, input.now),
    ...(merged ? { fault: merged } : {}),
    undo: input.pointOfNoReturn !== undefined && task.at >= input.pointOfNoReturn ? [] : task.undo,
  }
  if (wantsBack(state, input)) return turnBack(state, input, 'aborted', state.fault)
  return { state, act: 'next', lookAfter: 0, reason }
}

function takenBack(task: OpenTask, input: AdvanceInput, fault: Fault | undefined, reason: string): Decision {
  const merged = task.fault ?? fault
  const ending = fault ? 'failed' : (task.ending ?? 'aborted')
  const [undo, last] = [task.undo.slice(0, task.at), task.undo[task.at]]
  // Nobody is let onto a machine that could not be switched off: what comes after stays undone as well.
  if (fault && input.putsBack) return end(task, input, 'failed', merged, reason)
  const stuck = fault && last ? [last, ...(task.stuck ?? [])] : (task.stuck ?? [])
  if (undo.length === 0) return end({ ...task, undo: stuck, at: 0 }, input, ending, merged, reason)
  const entered = enter(task, undo.length - 1, input.now)
  const state: OpenTask = { ...entered, undo, stuck, ending, ...(merged && { fault: merged }) }
  return { state, act: 'next', lookAfter: 0, reason }
}

function turnBack(
  task: OpenTask,
  input: AdvanceInput,
  ending: 'failed' | 'aborted',
  fault: Fault | undefined,
): Decision {
  return takeBack(task, input, ending, fault, fault ? `turns back: ${fault.azureCode ?? fault.code}` : 'turns back')
}

/** The last begun first. */
function takeBack(
  task: OpenTask,
  input: AdvanceInput,
  ending: Outcome,
  fault: Fault | undefined,
  reason: string,
): Decision {
  if (task.undo.length === 0) return end(task, input, ending, fault, reason)
  const state: OpenTask = {
    ...enter(task, task.undo.length - 1, input.now),
    path: 'back',
    ending,
    ...(fault && { fault }),
  }
  return { state, act: 'next', lookAfter: 0, reason }
}

/**
 * Ends it where it stands, for nobody can carry it on. What was begun stays on record; another try looks at everything
 * again, unless the point of no return is passed.
 */
export function cutShort(task: OpenTask, pointOfNoReturn: number | undefined, fault: Fault): OverTask {
  const undo = task.path === 'back' ? [...task.undo, ...(task.stuck ?? [])] : task.undo
  const { state } = end({ ...task, undo }, { pointOfNoReturn }, 'failed', fault, fault.message)
  return state.isHalfWay ? state : { ...state, at: 0 }
}

function end(
  task: OpenTask,
  { pointOfNoReturn }: { readonly pointOfNoReturn?: number | undefined },
  outcome: Outcome,
  fault: Fault | undefined,
  reason: string,
): Decision & { readonly state: OverTask } {
  const state: OverTask = {
    status: 'over',
    outcome,
    at: task.path === 'forward' ? task.at : 0,
    undo: task.undo,
    passedOver: task.passedOver,
    ...(fault && { fault }),
    ...(fault && task.failedStep && { failedStep: task.failedStep }),
    ...(task.facts && { facts: task.facts }),
    ...(task.wasUnproven && { wasUnproven: true as const }),
    ...(outcome === 'failed' && isPastNoReturn(task, pointOfNoReturn) && { isHalfWay: true as const }),
  }
  return { state, act: 'over', reason }
}

const hold = (task: OpenTask): Decision => ({
  state: { ...task, held: true },
  act: 'wait',
  lookAfter: heldLookAfter,
  reason: 'held',
})

const wait = (task: OpenTask, { limits, look }: AdvanceInput, reason: string, after?: Millis): Decision => ({
  state: task,
  act: 'wait',
  lookAfter: after ?? look.lookAfter ?? limits.pollEvery,
  reason,
})

function enter(task: OpenTask, at: number, now: Instant): OpenTask {
  const { notBefore: _, begunAt: __, blindSince: ___, blindFor: ____, part: _____, partSince: ______, ...rest } = task
  return { ...rest, at, attempt: 0, enteredAt: now, memo: {} }
}

function withoutBegin(task: OpenTask): OpenTask {
  const { begunAt: _, ...rest } = task
  return rest
}

/**
 * A pause holds nobody who has lost the old place and has not got the new one yet, and no machine that is switched on
 * for a while.
 */
const mayHold = (task: OpenTask, { intent, pointOfNoReturn, putsBack }: AdvanceInput): boolean =>
  intent === 'pause' &&
  task.path === 'forward' &&
  !isPastNoReturn(task, pointOfNoReturn) &&
  !(putsBack && task.undo.length > 0)

const wantsBack = (task: OpenTask, { intent, pointOfNoReturn }: AdvanceInput): boolean =>
  intent === 'back' && task.path === 'forward' && !isPastNoReturn(task, pointOfNoReturn)
