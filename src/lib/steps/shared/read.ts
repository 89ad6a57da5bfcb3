/** Reads that a look may build on, or the look that says why not. */
import type { Answer } from '../../core/fault.ts'
import { type Instant, seconds } from '../../core/time.ts'
import type { Look } from '../../machine/step.ts'
import type { Listed, StepContext } from '../../ports/steps.ts'
import { couldNotLook, underway } from './look.ts'

export type Read<T> =
  | { readonly kind: 'read'; readonly value: T; readonly readAt: Instant }
  | { readonly kind: 'unread'; readonly look: Look }

/** An older listing may show what was there before the step: an undo would find its work done before it began. */
export const wantedSince = ({ enteredAt, begunAt }: StepContext): Instant => Math.max(enteredAt, begunAt ?? enteredAt)

/** A begin relies on nothing older than this: as long as a write may be held back anyway (design rule 13). */
const beginReadAge = seconds(10)

export const wantedForBegin = ({ enteredAt, now }: StepContext): Instant => Math.max(enteredAt, now - beginReadAge)

/** The shortest time between two refreshes of a shared listing (`FleetView`). */
export const listingInterval = seconds(2)

export async function readListing<T>(
  context: StepContext,
  since: Instant,
  ask: (since: Instant) => Promise<Answer<Listed<T>>>,
): Promise<Read<T>> {
  const answer = await ask(since)
  if (answer.kind !== 'ok') return { kind: 'unread', look: couldNotLook(context.now, answer.fault) }
  const { value, startedAt, newerAfter = listingInterval } = answer.value
  if (startedAt >= since) return { kind: 'read', value, readAt: startedAt }
  return {
    kind: 'unread',
    look: { ...underway(startedAt, 'waits for a newer listing'), lookAfter: Math.max(newerAfter, listingInterval) },
  }
}

/** One entry of what was listed. */
export const picked = <T, V>(answer: Answer<Listed<T>>, pick: (all: T) => V): Answer<Listed<V>> =>
  answer.kind === 'ok' ? { kind: 'ok', value: { ...answer.value, value: pick(answer.value.value) } } : answer

/** A read of one resource, made now. */
export async function readNow<T>(context: StepContext, answer: Promise<Answer<T>>): Promise<Read<T>> {
  const got = await answer
  return got.kind === 'ok'
    ? { kind: 'read', value: got.value, readAt: context.now }
    : { kind: 'unread', look: couldNotLook(context.now, got.fault) }
}

/** All or nothing: what is not read is never counted as empty. The oldest read dates them all. */
export function together<T>(reads: readonly Read<T>[], now: Instant): Read<readonly T[]> {
  const values: T[] = []
  let readAt = now
  for (const read of reads) {
    if (read.kind === 'unread') return read
    values.push(read.value)
    readAt = Math.min(readAt, read.readAt)
  }
  return { kind: 'read', value: values, readAt }
}
