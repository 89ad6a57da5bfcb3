/** What went wrong with a request, put together from what the SDK threw and what really came back. */
import type { PipelineResponse } from '@azure/core-rest-pipeline'
import type { Millis } from '../core/time.ts'
import { retryAfterOf } from './retry-after.ts'
import { record, text } from './wire.ts'

export type Trouble = {
  /**
   * `refused`: by our own pipeline, nothing left; `unsent`: failed before it left; `unanswered`: it may have left and no
   * answer came; `answered`: with an error of Azure's; `unreadable`: with something that is not Azure's.
   */
  readonly phase: 'refused' | 'unsent' | 'unanswered' | 'answered' | 'unreadable'
  readonly status?: number
  readonly code?: string
  readonly message: string
  readonly retryAfter?: Millis
}

/** What the pipeline knows of the latest request of a call. */
export type Exchange = { readonly sent: boolean; readonly response?: PipelineResponse | undefined }

const refusalName = 'RequestRefused'
export type RefusalReason =
  | 'overBudget'
  | 'fenced'
  | 'deadline'
  | 'foreignHost'
  | 'tooManyRequests'
  | 'repeatedPage'
  | 'unreadable'

/** Thrown by our own policies, so that the request does not leave. */
export const refusal = (reason: RefusalReason, message: string, retryAfter?: Millis): Error =>
  Object.assign(new Error(message), {
    name: refusalName,
    code: reason,
    ...(retryAfter !== undefined && { retryAfter }),
  })

/** The clients' own message may hold a whole page; people read the first lines. */
const longestMessage = 500

export function troubleOf(thrown: unknown, { sent, response }: Exchange): Trouble {
  const { name, code, message = '', retryAfter } = fieldsOf(thrown)
  const short = message.slice(0, longestMessage)
  if (name === refusalName && code !== undefined) {
    const phase = code === 'deadline' && sent ? 'unanswered' : 'refused'
    return { phase, code, message: short, ...(retryAfter === undefined ? {} : { retryAfter }) }
  }
  if (!sent) return { phase: 'unsent', ...(name === undefined ? {} : { code: code ?? name }), message: short }
  if (!response) {
    const connection = name === 'AbortError' ? name : code
    return { phase: 'unanswered', ...(connection === undefined ? {} : { code: connection }), message: short }
  }
  return answered(response)
}

function answered(response: PipelineResponse): Trouble {
  const { status, headers } = response
  const retryAfter = retryAfterOf((header) => headers.get(header))
  const rest = { status, ...(retryAfter === undefined ? {} : { retryAfter }) }
  const body = jsonOf(response)
  if (!body) return { phase: 'unreadable', message: 'the answer could not be read', ...rest }
  // Compute's throttling comes without `error` around it.
  const error = record(body.value)?.error ?? body.value
  const code = text(record(error)?.code)
  const message = (text(record(error)?.message) ?? 'no reason given').slice(0, longestMessage)
  return { phase: 'answered', ...(code === undefined ? {} : { code }), message, ...rest }
}

/** Undefined when there is a body that is not JSON; an empty body is fine. */
export function jsonOf({ bodyAsText }: PipelineResponse): { readonly value: unknown } | undefined {
  if (!bodyAsText) return { value: undefined }
  try {
    return { value: JSON.parse(bodyAsText) }
  } catch {
    return undefined
  }
}

function fieldsOf(thrown: unknown): { name?: string; code?: string; message?: string; retryAfter?: Millis } {
  if (!(thrown instanceof Error)) return { message: String(thrown) }
  const code = 'code' in thrown ? text(thrown.code) : undefined
  const wait = 'retryAfter' in thrown && typeof thrown.retryAfter === 'number' ? { retryAfter: thrown.retryAfter } : {}
  return { name: thrown.name, message: thrown.message, ...(code === undefined ? {} : { code }), ...wait }
}
