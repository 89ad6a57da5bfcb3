/** How a gateway asks: every outcome as an `Answer`, never an exception of the SDK's. */
import type { PipelineResponse } from '@azure/core-rest-pipeline'
import type { Answer, Fault } from '../core/fault.ts'
import { type Millis, seconds } from '../core/time.ts'
import type { Fence, Purpose } from '../ports/gateways.ts'
import { answerOf } from './fault-of.ts'
import { type Call, type Policies, passed } from './policies.ts'
import { jsonOf, refusal, troubleOf } from './trouble.ts'
import { record } from './wire.ts'

/** A list longer than that is a loop. */
const maxPages = 1_000

export type Calls = {
  readonly one: <T>(ask: () => Promise<T>) => Promise<Answer<T>>
  /** All pages, each entry as `as` makes it. `enough` is asked after each page with all entries so far and ends the reading early. */
  readonly all: <T = unknown>(
    pages: () => AsyncIterable<readonly unknown[]>,
    as?: (entry: unknown) => T,
    enough?: (entries: readonly T[]) => boolean,
  ) => Promise<Answer<readonly T[]>>
  /** One request; whatever else a client wants to send afterwards is not sent. */
  readonly write: (fence: Fence, send: () => Promise<unknown>) => Promise<Answer<PipelineResponse>>
}

/** What nobody waits for stands in line itself, for so long altogether. */
const backgroundPatience: Millis = seconds(20)

export function createCalls(run: Policies['run'], purpose: Purpose, deadline: (length: Millis) => AbortSignal): Calls {
  const once = async <T>(maxRequests: number, ask: () => Promise<T>): Promise<Answer<T>> => {
    const call: Call = { kind: 'read', purpose, maxRequests, urls: new Set(), sent: false }
    try {
      return { kind: 'ok', value: await run(call, ask) }
    } catch (thrown) {
      return answerOf(troubleOf(thrown, call), 'read')
    }
  }
  const read = purpose === 'background' ? patient(once, deadline) : once
  return {
    one: (ask) => read(1, ask),
    all: <T>(
      pages: () => AsyncIterable<readonly unknown[]>,
      as: (entry: unknown) => T = (entry) => entry as T,
      enough?: (entries: readonly T[]) => boolean,
    ) =>
      read(maxPages, async () => {
        const entries: T[] = []
        for await (const page of pages()) {
          for (const entry of page) entries.push(as(entry))
          if (enough?.(entries)) break
        }
        return entries
      }),
    async write(fence, send) {
      const call: Call = { kind: 'write', purpose, fence, maxRequests: 1, urls: new Set(), sent: false }
      let thrown: unknown
      try {
        await run(call, send)
      } catch (error) {
        thrown = error
      }
      // Azure's own answer counts, not what the client made of it afterwards.
      if (call.response && isAccepted(call.response)) return { kind: 'ok', value: call.response }
      return answerOf(troubleOf(thrown, call), 'write')
    },
  }
}

type Read = <T>(maxRequests: number, ask: () => Promise<T>) => Promise<Answer<T>>

/** Once one has waited in vain, nobody waits until one gets through: a collection must come to its end, with gaps if need be. */
function patient(read: Read, deadline: (length: Millis) => AbortSignal): Read {
  let patience = backgroundPatience
  return async (maxRequests, ask) => {
    for (let left = patience; ; ) {
      const answer = await read(maxRequests, ask)
      const isOver = answer.kind === 'refused' && answer.fault.code === 'overBudget'
      const wait = isOver ? Math.max(answer.fault.retryAfter ?? 0, seconds(1)) : 0
      if (wait > left) patience = 0
      else if (!isOver) patience = backgroundPatience
      if (!isOver || wait > left) return answer
      left -= wait
      await passed(deadline(wait))
    }
  }
}

const isAccepted = (response: PipelineResponse) =>
  response.status >= 200 && response.status < 300 && jsonOf(response) !== undefined

/**
 * Options for reads through the older clients: the answer as Azure wrote it, since deserialising costs ten times as
 * much and throws on a whole page for one odd field. Errors are still the client's to recognise.
 */
export const asWritten = {
  requestOptions: { shouldDeserialize: ({ status }: { status: number }) => status !== 200 },
} as const

/** The older clients take a page without `value`, e.g. a proxy's page of HTML, for an empty one. */
export const asWrittenPages = {
  ...asWritten,
  onResponse: ({ status, parsedBody }: { status: number; parsedBody?: unknown }) => {
    if (status === 200 && !Array.isArray(record(parsedBody)?.value)) throw refusal('unreadable', 'Not a page of a list')
  },
}

export const done = (answer: Answer<unknown>): Answer<void> =>
  answer.kind === 'ok' ? { kind: 'ok', value: undefined } : answer

export const refused = (fault: Fault): Answer<never> => ({ kind: 'refused', fault })

const unreadable = (what: string) =>
  refused({ code: 'unreadable', message: `${what} came without id or name`, retryable: true })

/** `map` answers undefined where what identifies the thing is missing. */
export function readAs<T>(answer: Answer<unknown>, what: string, map: (value: unknown) => T | undefined): Answer<T> {
  if (answer.kind !== 'ok') return answer
  const value = map(answer.value)
  return value === undefined ? unreadable(what) : { kind: 'ok', value }
}

/**
 * A long list: what Azure tells of ten thousand machines is ten times as much as what is read of it, so each page is read
 * when it comes. Otherwise as `readAllAs`.
 */
export async function listAs<T>(
  calls: Pick<Calls, 'all'>,
  pages: () => AsyncIterable<readonly unknown[]>,
  what: string,
  map: (value: unknown) => T | undefined,
  enough?: (values: readonly (T | undefined)[]) => boolean,
): Promise<Answer<readonly T[]>> {
  return readAllAs(await calls.all(pages, map, enough), what, (value) => value as T | undefined)
}

/** One entry that cannot be identified makes the list unreadable: an entry left out would look deleted. */
export function readAllAs<T>(
  answer: Answer<readonly unknown[]>,
  what: string,
  map: (value: unknown) => T | undefined,
): Answer<readonly T[]> {
  if (answer.kind !== 'ok') return answer
  const values: T[] = []
  for (const entry of answer.value) {
    const value = map(entry)
    if (value === undefined) return unreadable(what)
    values.push(value)
  }
  return { kind: 'ok', value: values }
}
