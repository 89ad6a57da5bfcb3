import type { PipelinePolicy } from '@azure/core-rest-pipeline'
import type { RequestPolicyFactory } from '@azure/storage-queue'
import type { Millis } from '../core/time.ts'
import type { StorageClock } from './storage-clock.ts'

/** What every answer of storage has, whichever SDK generation carries it. */
type Answer = { readonly status: number; readonly headers: { readonly get: (name: string) => string | undefined } }

/** Stands around one request on the wire: may look at it, time it, lose its answer. */
export type Around = <R extends Answer>(send: () => Promise<R>) => Promise<R>

/**
 * Tells the clock what the `Date` header of an answer says. Answers of 5xx do not count: a gateway before storage may have
 * written them.
 */
export const dateObserver =
  (clock: StorageClock, monotonic: () => Millis = clock.monotonic): Around =>
  async (send) => {
    const sent = monotonic()
    const answer = await send()
    const date = Date.parse(answer.headers.get('date') ?? '')
    if (answer.status < 500 && !Number.isNaN(date)) clock.observe({ sent, received: monotonic(), date })
    return answer
  }

/** For the table client, whose pipeline is core-rest-pipeline's. */
export const policyOf = (around: Around, name: string): PipelinePolicy => ({
  name,
  sendRequest: (request, next) => around(() => next(request)),
})

/** For the queue and blob clients, which share one pipeline among clients and take only policies of the older shape. */
export const factoryOf = (around: Around): RequestPolicyFactory => ({
  create: (next) => ({ sendRequest: (request) => around(() => next.sendRequest(request)) }),
})
