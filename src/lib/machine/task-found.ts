/** What a look brings besides what it saw: kept with the task. */
import type { AdvanceInput, OpenTask } from './task-state.ts'

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
