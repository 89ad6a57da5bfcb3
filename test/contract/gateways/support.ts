/** A hand-written Azure for what the simulator does not do on purpose: each test says what comes back, byte by byte. */
import {
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
  RestError,
} from '@azure/core-rest-pipeline'
import { type Budget, limitless } from '../../../src/lib/azure/budget.ts'
import { createAzureClients } from '../../../src/lib/azure/clients.ts'
import { createGateways } from '../../../src/lib/azure/gateways.ts'
import type { Fence, Gateways } from '../../../src/lib/ports/gateways.ts'

export const endpoint = 'https://management.example'
export const subscription = '00000000-0000-4000-8000-000000000001'
export const now = Date.parse('2026-03-14T21:10:00Z')

export type Reply =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown }
  /** As Node's client reports it, after the request was taken. */
  | { readonly broken: string }
  | 'hang'

export type Sent = { readonly method: string; readonly url: string; readonly body: unknown; readonly token?: string }

export type Scripted = {
  readonly gateways: Gateways
  readonly sent: readonly Sent[]
  readonly fence: Fence
  /** Lets time pass and with it the deadlines. */
  readonly pass: (ms: number) => void
  readonly tokensAsked: () => number
}

export function scripted(
  reply: (request: Sent) => Reply,
  options: { token?: () => Promise<{ token: string; expiresOnTimestamp: number }>; budget?: Budget } = {},
): Scripted {
  const sent: Sent[] = []
  let monotonic = 5_000
  let tokens = 0
  const timers: { at: number; controller: AbortController }[] = []
  const azure = createAzureClients({
    endpoint,
    credential: {
      getToken: () => {
        tokens += 1
        return options.token?.() ?? Promise.resolve({ token: 'secret', expiresOnTimestamp: Date.now() + 3_600_000 })
      },
    },
    httpClient: transport(sent, reply),
    budget: options.budget ?? limitless,
    monotonic: () => monotonic,
    deadline: (length) => {
      const controller = new AbortController()
      timers.push({ at: monotonic + length, controller })
      return controller.signal
    },
  })
  return {
    gateways: createGateways(azure, () => now),
    sent,
    fence: { notAfter: monotonic + 10_000 },
    pass(ms) {
      monotonic += ms
      for (const { at, controller } of timers) if (at <= monotonic) controller.abort()
    },
    tokensAsked: () => tokens,
  }
}

export const settle = async () => {
  for (let i = 0; i < 3; i += 1) await new Promise<void>((resolve) => setImmediate(resolve))
}

function transport(sent: Sent[], reply: (request: Sent) => Reply): HttpClient {
  return {
    sendRequest: (request) =>
      new Promise<PipelineResponse>((resolve, reject) => {
        const seen = sentOf(request)
        sent.push(seen)
        const answer = reply(seen)
        if (answer === 'hang') {
          const abort = () => reject(Object.assign(new Error('The operation was aborted.'), { name: 'AbortError' }))
          request.abortSignal?.addEventListener('abort', abort)
        } else if ('broken' in answer) {
          reject(new RestError(`connection: ${answer.broken}`, { code: answer.broken, request }))
        } else {
          resolve(responseOf(request, answer))
        }
      }),
  }
}

function sentOf(request: PipelineRequest): Sent {
  const token = request.headers.get('authorization')
  return {
    method: request.method,
    url: request.url,
    body: typeof request.body === 'string' ? JSON.parse(request.body) : undefined,
    ...(token === undefined ? {} : { token }),
  }
}

function responseOf(
  request: PipelineRequest,
  { status, headers, body }: Exclude<Reply, 'hang' | { broken: string }>,
): PipelineResponse {
  const isText = typeof body === 'string'
  const type = isText ? 'text/html' : 'application/json; charset=utf-8'
  return {
    request,
    status,
    headers: createHttpHeaders({ 'content-type': type, ...headers }),
    bodyAsText: body === undefined ? '' : isText ? String(body) : JSON.stringify(body),
  }
}
