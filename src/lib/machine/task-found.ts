/** What a look brings besides what it saw: kept with the task. */
import { type AdvanceInput, currentStep, type OpenTask } from './task-state.ts'

/** Another part of the same step has attempts and a time of its own; a deadline is the whole step's. */
export function withPart(task: OpenTask, { look: { part }, now }: AdvanceInput): OpenTask {
  if (part === undefined || part === task.part) return task
  const { begunAt: _, notBefore: __, blindSince: ___, blindFor: ____, ...rest } = task
  return { ...rest, attempt: 0, part, partSince: now }
}

export function withFound(task: OpenTask, { look: { memo, facts } }: AdvanceInput): OpenTask {
  return { ...task, memo: { ...task.memo, ...memo }, ...(facts && { facts: { ...task.facts, ...facts } }) }
}

export const withLack = (task: OpenTask, { look: { lacks }, limits }: AdvanceInput): OpenTask =>
  lacks ? { ...task, fault: task.fault ?? lacks, failedStep: task.failedStep ?? limits.name } : task

/** What somebody else has begun for this task as well is begun: paused, taken back and timed as if it were its own. */
export const withJoined = (task: OpenTask, input: AdvanceInput): OpenTask =>
  input.look.isJoined && task.begunAt === undefined && task.path === 'forward' ? begunNow(task, input) : task

/** One attempt more, and what compensates it on record. */
export function begunNow(task: OpenTask, { steps, now }: Pick<AdvanceInput, 'steps' | 'now'>): OpenTask {
  const step = currentStep(task, steps)
  const undoes = step && 'undo' in step ? step.undo : undefined
  const side = (step && 'undoSide' in step && step.undoSide) || step?.side
  const known = undoes && task.undo.some((undo) => undo.step === undoes && undo.side === side)
  const { notBefore: _, ...rest } = task
  return {
    ...rest,
    attempt: task.attempt + 1,
    begunAt: now,
    undo: side && undoes && !known ? [...task.undo, { step: undoes, side }] : task.undo,
  }
}
