import type { Millis } from '../core/time.ts'
import { StorageAway } from './errors.ts'

/** Gives up on one request to storage (design rule 4). */
const callDeadline: Millis = 10_000

/** Makes a signal that fires after a time: `AbortSignal.timeout`, or one in scaled time. */
export type Deadline = (length: Millis) => AbortSignal
export const realDeadline: Deadline = (length) => AbortSignal.timeout(length)

/**
 * One request to storage, cut off at its deadline. Throws `StorageAway` when storage did not answer or could not serve; what
 * storage understood and refused is thrown as it came, with its `statusCode` and `code`.
 */
export async function callStorage<T>(
  what: string,
  deadline: Deadline,
  request: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await request(deadline(callDeadline))
  } catch (error) {
    if (!isAway(error)) throw error
    throw new StorageAway(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

export const statusOf = (error: unknown): number | undefined => read(error, 'statusCode', 'number')
/** Storage's own word for a refusal, e.g. `EntityAlreadyExists`: each SDK keeps it somewhere else. */
export function codeOf(error: unknown): string | undefined {
  const details = read(error, 'details', 'object')
  return (
    read(error, 'code', 'string') ??
    read(read(details, 'odataError', 'object'), 'code', 'string') ??
    read(details, 'errorCode', 'string')
  )
}

/** Names of errors that say: there was no answer, or no token to ask with. */
const awayNames = /^(AbortError|TimeoutError|CredentialUnavailableError|(Aggregate)?AuthenticationError)$/
/** Node's words for a broken connection, and the SDK's for a request that went nowhere or an answer cut short. */
const awayCodes = /^(E[A-Z_]+|UND_ERR_\w+|REQUEST_SEND_ERROR|PARSE_ERROR)$/

function isAway(error: unknown): boolean {
  if (awayNames.test(read(error, 'name', 'string') ?? '')) return true
  const status = statusOf(error)
  if (status === undefined || status < 300) return awayCodes.test(codeOf(error) ?? '')
  // 408 and 429: storage asks for a pause; 5xx: it may have carried the request out.
  return status === 408 || status === 429 || status >= 500
}

type Kinds = { readonly string: string; readonly number: number; readonly object: object }

function read<K extends keyof Kinds>(from: unknown, name: string, kind: K): Kinds[K] | undefined {
  if (typeof from !== 'object' || from === null) return undefined
  const value: unknown = Reflect.get(from, name)
  return typeof value === kind && value !== null ? (value as Kinds[K]) : undefined
}
