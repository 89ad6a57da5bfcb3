import {
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
  RestError,
} from '@azure/core-rest-pipeline'
import type { Instant, Millis } from '../../src/lib/core/time.ts'
import { readyPage } from './lasting-body.ts'
import type { Ledger } from './ledger-types.ts'
import { toSimRequest } from './request.ts'
import type { Random, SimAnswer, SimRequest, SimResponse, Timings } from './types.ts'

/** `at` sets a timer; what it answers calls the timer off. */
export type TransportClock = {
  readonly now: () => Instant
  readonly at: (when: Instant, effect: () => void) => () => void
}

export type TransportOptions = {
  readonly handle: (request: SimRequest) => SimAnswer
  readonly clock: TransportClock
  readonly sim: {
    readonly origin: string
    readonly random: Random
    readonly timings: Pick<Timings, 'armLatency'>
    readonly ledger: Pick<Ledger, 'write'>
  }
  /** Pages of lasting entries go to the client without being written and parsed: long stories take a third of the time. */
  readonly handsPagesOver?: boolean
}

/** How long a connection without an answer lives, where nobody aborts it. */
const silentConnectionLives: Millis = 300_000

/**
 * The SDK clients' transport into the simulated Resource Manager. A request is carried out at one instant, half its
 * latency after it was sent; aborting does not call back what is on its way. Errors are those of the SDK's own client.
 */
export function createSimHttpClient({ handle, clock, sim, handsPagesOver = false }: TransportOptions): HttpClient {
  const random = sim.random.fork('latency')
  const later = (length: Millis, effect: () => void) => clock.at(clock.now() + length, effect)

  return {
    sendRequest: (request) =>
      new Promise<PipelineResponse>((resolve, reject) => {
        if (request.abortSignal?.aborted) {
          reject(abortError('Request has already been canceled.'))
          return
        }
        const half = random.between(...sim.timings.armLatency) / 2
        const end = endOnce(request, later, resolve, reject)
        if (isForeign(request, sim.origin)) {
          noteForeign(request, sim.ledger)
          later(half, () => end.fail(sendError(request, 'getaddrinfo ENOTFOUND', 'ENOTFOUND')))
          return
        }
        later(half, () => {
          const answer = handle(simRequestOf(request))
          if (answer === 'hang') {
            end.stop(later(silentConnectionLives, () => end.fail(sendError(request, 'read ECONNRESET', 'ECONNRESET'))))
          } else if (answer === 'noConnection') {
            end.stop(later(half, () => end.fail(sendError(request, 'connect ECONNREFUSED', 'ECONNREFUSED'))))
          } else if (answer === 'reset') {
            end.stop(later(half, () => end.fail(sendError(request, 'socket hang up', 'ECONNRESET'))))
          } else
            end.stop(later(half + (answer.delay ?? 0), () => end.answer(responseOf(request, answer, handsPagesOver))))
        })
      }),
  }
}

/** The first end counts: answer, failure, abort or the request's own time limit. Then timers still running are called off. */
function endOnce(
  request: PipelineRequest,
  later: (length: Millis, effect: () => void) => () => void,
  resolve: (response: PipelineResponse) => void,
  reject: (error: Error) => void,
) {
  const stops: (() => void)[] = []
  let isOver = false
  const over = (how: () => void) => {
    if (isOver) return
    isOver = true
    for (const stop of stops) stop()
    request.abortSignal?.removeEventListener('abort', abort)
    how()
  }
  const abort = () => over(() => reject(abortError('Rejecting from abort signal callback while making request.')))
  request.abortSignal?.addEventListener('abort', abort)
  if (request.timeout > 0) stops.push(later(request.timeout, abort))

  return {
    answer: (response: PipelineResponse) => over(() => resolve(response)),
    fail: (error: Error) => over(() => reject(error)),
    stop(callOff: () => void) {
      if (isOver) callOff()
      else stops.push(callOff)
    },
  }
}

const isForeign = (request: PipelineRequest, origin: string) => new URL(request.url).origin !== new URL(origin).origin

function noteForeign(request: PipelineRequest, ledger: Pick<Ledger, 'write'>): void {
  if (!request.headers.has('authorization')) return
  const { host, pathname } = new URL(request.url)
  ledger.write({ kind: 'tokenToForeignHost', host, url: pathname })
}

function simRequestOf(request: PipelineRequest): SimRequest {
  const body = typeof request.body === 'string' ? request.body : undefined
  return toSimRequest({
    method: request.method,
    url: request.url,
    headers: request.headers.toJSON(),
    ...(body === undefined ? {} : { body }),
  })
}

function responseOf(request: PipelineRequest, answer: SimResponse, handsPagesOver: boolean): PipelineResponse {
  const isText = typeof answer.body === 'string'
  const headers = createHttpHeaders({ 'content-type': 'application/json; charset=utf-8', ...answer.headers })
  // The older clients parse the text of an answer, where there is one, into `parsedBody`.
  const parsedBody = handsPagesOver ? readyPage(answer.body) : undefined
  if (parsedBody) return Object.assign({ request, status: answer.status, headers, bodyAsText: null }, { parsedBody })
  const text = answer.body === undefined ? '' : isText ? String(answer.body) : JSON.stringify(answer.body)
  return { request, status: answer.status, headers, bodyAsText: text }
}

const sendError = (request: PipelineRequest, message: string, code: string) => new RestError(message, { code, request })

/** As `@azure/abort-controller` makes it: known by its name. */
const abortError = (why: string) =>
  Object.assign(new Error(`The operation was aborted. ${why}`), { name: 'AbortError' })
