/** How long a task may take over a step, and what is said when it took too long. */
import type { Fault, FaultCode } from '../core/fault.ts'
import { hours, type Instant, type Millis, minutes, spell } from '../core/time.ts'
import type { StepLimits } from './step.ts'
import { type AdvanceInput, currentStep, type OpenTask } from './task-state.ts'

export const isOverdue = (task: OpenTask, input: AdvanceInput): boolean =>
  input.now - since(task) - excused(task, input) > input.limits.timeout || isPastDeadline(task, input)

/** What a timeout counts from. */
const since = ({ begunAt, partSince, enteredAt }: OpenTask): Instant => begunAt ?? partSince ?? enteredAt

/**
 * Nothing fails because Azure as a whole was away: a step's time stands still meanwhile, for that long at most. It was
 * away for an hour and more in several regions at once (Azure status history, 27 September 2024).
 */
const blindnessBorne: Millis = hours(2)

/** A courtesy is not worth waiting for. */
function excused(task: OpenTask, { steps, now }: AdvanceInput): Millis {
  const step = currentStep(task, steps)
  if (step && 'required' in step && !step.required) return 0
  const { blindFor = 0, blindSince = now } = task
  return Math.min(blindFor + now - blindSince, blindnessBorne)
}

const silence: ReadonlySet<FaultCode> = new Set(['unavailable', 'timedOut', 'throttled', 'overBudget'])

export function withBlindness(task: OpenTask, { look: { seen }, now }: AdvanceInput): OpenTask {
  const { blindSince, ...rest } = task
  if (seen.kind === 'couldNotLook' && silence.has(seen.fault.code)) return { ...rest, blindSince: blindSince ?? now }
  return blindSince === undefined ? task : { ...rest, blindFor: (task.blindFor ?? 0) + now - blindSince }
}

/** A tick is this late now and then: messages are lost, and the sweep waits a while before it wonders. */
const usuallyLate: Millis = minutes(2)

/** Nobody has looked since `dueAt`, for our own storage was away: that is not the step's time either. */
export function withAbsence(task: OpenTask, dueAt: Instant, now: Instant): OpenTask {
  const absence = now - dueAt
  return absence > usuallyLate ? { ...task, blindFor: (task.blindFor ?? 0) + absence } : task
}

export const isPastDeadline = ({ enteredAt }: OpenTask, { limits, now }: AdvanceInput): boolean =>
  limits.deadline !== undefined && now - enteredAt > limits.deadline

export const timedOut = (task: OpenTask, { limits, now, look }: AdvanceInput): Fault => ({
  code: 'timedOut',
  message: `${limits.name} did not end within ${spell(now - since(task))}${look.detail ? `: ${look.detail}` : ''}`,
  retryable: true,
})

export const nothingCame = (task: OpenTask, { name }: StepLimits): Fault => ({
  code: 'outcomeUnknown',
  message: `${name} was asked for ${task.attempt} times and nothing came of it`,
  retryable: true,
})
