/** Answers that need a word of their own. */
import type { Answer } from '../core/fault.ts'
import { done, refused } from './calls.ts'

/** An id that is not one of a resource: nothing was sent. */
export const misnamed = (id: string): Answer<never> =>
  refused({ code: 'rejected', message: `Not the id of such a resource: ${id}`, retryable: false })

/** For deletes: what is absent is deleted. A 404 that is about the address and not about the thing stays a refusal. */
export function gone(answer: Answer<unknown>): Answer<void> {
  const isAbsent =
    answer.kind === 'refused' &&
    answer.fault.code === 'notFound' &&
    !/^Invalid|^Subscription/i.test(answer.fault.azureCode ?? '')
  return isAbsent ? { kind: 'ok', value: undefined } : done(answer)
}
