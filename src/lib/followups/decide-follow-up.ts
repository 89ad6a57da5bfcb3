/** What becomes of one piece of waiting work, from what is known of its operation and of its machine. Pure. */
import { type Instant, type Millis, minutes } from '../core/time.ts'
import type { ReplicatedItem } from '../model/azure.ts'
import type { PlannedPair } from '../plan/schema.ts'
import type { FollowUp } from '../ports/follow-ups.ts'
import type { OperationRecord, TaskGlance } from '../ports/operations.ts'
import { sideOf, stateOf } from './items.ts'

/** Work that fails is done over; a third failure is for a person. */
export const mostFailures = 3
const firstPause: Millis = minutes(1)
const longestPause: Millis = minutes(30)

/** What has become of the operation that was begun for it. */
export type Tried =
  | { readonly kind: 'missing' }
  | { readonly kind: 'running' }
  | { readonly kind: 'over'; readonly state: OperationRecord['state']; readonly task: TaskGlance | undefined }

/** The same object where nothing changes. */
export function afterTry(followUp: FollowUp, tried: Tried, now: Instant): FollowUp {
  if (tried.kind === 'running') return followUp
  // Cut off before it was begun.
  if (tried.kind === 'missing') return waiting(followUp, now, followUp.problem)
  const { state, task } = tried
  const by = followUp.operationId ?? ''
  if (task?.status === 'over') {
    if (task.outcome === 'succeeded') return ended(followUp, `done by ${by}`, now)
    if (task.outcome === 'degraded')
      return ended(followUp, `done by ${by}, with something missing: see its report`, now)
    if (task.outcome === 'failed') return afterFailure(followUp, `failed in ${by}: see its report`, now)
  }
  const pause = state.outcome === 'aborted' ? longestPause : pauseAfter(followUp.tries)
  return waiting(followUp, now + pause, `${by} ended as ${state.outcome ?? 'over'} before its turn came`)
}

function afterFailure(followUp: FollowUp, problem: string, now: Instant): FollowUp {
  const failures = (followUp.failures ?? 0) + 1
  if (failures >= mostFailures)
    return { ...ended(followUp, `given up after ${failures} tries: ${problem}`, now), failures }
  return { ...waiting(followUp, now + pauseAfter(followUp.tries), problem), failures }
}

/** Why nothing is to be done any more, or undefined. `items`: those of its machine; none seen is no reason. */
export function mootBecause(
  { kind, side }: FollowUp,
  items: readonly ReplicatedItem[],
  pair: PlannedPair,
): string | undefined {
  const [item] = items
  if (!item) return undefined
  const state = stateOf(item)
  if (state !== 'settling' && sideOf(item, pair) !== side)
    return `its machine runs on the other side by now, not on the ${side}`
  return kind === 'reprotect' && state === 'protected' ? 'protected again' : undefined
}

export const ended = (followUp: FollowUp, how: string, at: Instant): FollowUp => ({
  ...followUp,
  ended: { at, how: how.slice(0, 500) },
})

/** Without an operation, until its time comes. */
export function waiting(followUp: FollowUp, notBefore: Instant, problem: string | undefined): FollowUp {
  const { operationId: _, ...rest } = followUp
  return { ...rest, notBefore, ...(problem !== undefined && { problem: problem.slice(0, 500) }) }
}

/** Doubling, from one minute to half an hour. */
export const pauseAfter = (tries: number): Millis => Math.min(firstPause * 2 ** Math.min(tries - 1, 10), longestPause)
