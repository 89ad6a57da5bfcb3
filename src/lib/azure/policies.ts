/** What every request to Azure passes: our rules around the SDK clients' own pipeline. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { PipelinePolicy, PipelineResponse } from '@azure/core-rest-pipeline'
import { type Millis, seconds } from '../core/time.ts'
import type { Fence } from '../ports/gateways.ts'
import { refusal } from './trouble.ts'

/** One request, token included, takes no longer (design rule 4). A list has this long for each page. */
export const callDeadline: Millis = seconds(10)

/** One call of a gateway: one request, or the pages of one list. It travels by async context, since the newer clients hand no options to the second page. */
export type Call = {
  readonly kind: 'read' | 'write'
  readonly fence?: Fence
  readonly maxRequests: number
  readonly urls: Set<string>
  sent: boolean
  response?: PipelineResponse | undefined
}

export type PolicyOptions = {
  readonly endpoint: string
  readonly monotonic: () => Millis
  readonly deadline: (length: Millis) => AbortSignal
}

export type Policies = {
  /** Before the token is attached. */
  readonly guard: PipelinePolicy
  /** Last of all, after authentication. */
  readonly fence: PipelinePolicy
  readonly run: <T>(call: Call, work: () => Promise<T>) => Promise<T>
}

export function createPolicies({ endpoint, monotonic, deadline }: PolicyOptions): Policies {
  const calls = new AsyncLocalStorage<Call>()
  const { origin } = new URL(endpoint)
  const current = () => {
    const call = calls.getStore()
    if (!call) throw new Error('A request to Azure was made outside of a call: it would have no deadline and no fence')
    return call
  }

  const guard: PipelinePolicy = {
    name: 'avdFailoverGuard',
    sendRequest(request, next) {
      const call = current()
      admit(call, request.url, origin)
      const signal = deadline(callDeadline)
      request.abortSignal = signal
      return cutOff(next(request), signal)
    },
  }

  const fence: PipelinePolicy = {
    name: 'avdFailoverFence',
    async sendRequest(request, next) {
      const call = current()
      if (request.abortSignal?.aborted) throw refusal('deadline', 'The call took too long before it was sent')
      if (call.kind === 'read' && request.method !== 'GET') throw new Error(`A read must not send ${request.method}`)
      if (call.kind === 'write' && !(call.fence && monotonic() <= call.fence.notAfter)) {
        throw refusal('fenced', 'The moment until which this write was allowed has passed: it was not sent')
      }
      call.sent = true
      call.response = await next(request)
      return call.response
    },
  }
  return { guard, fence, run: (call, work) => calls.run(call, work) }
}

/** The clients send the token to whatever host a polling header or a next link names; we do not. */
function admit(call: Call, url: string, origin: string): void {
  // Checked first: the answer to the one request of a write must stay known when a client goes on to poll.
  if (call.urls.size >= call.maxRequests) throw refusal('tooManyRequests', `More than ${call.maxRequests} requests`)
  call.sent = false
  call.response = undefined
  const target = new URL(url)
  if (target.origin !== origin || target.username !== '') {
    throw refusal('foreignHost', `An answer pointed to ${target.host}, which is not ours to ask`)
  }
  if (call.urls.has(url)) throw refusal('repeatedPage', 'A list pointed back to a page that was read already')
  call.urls.add(url)
}

/** Ends at the deadline even if a credential or a connection ignores it; what comes later finds the signal aborted and is not sent. */
function cutOff<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(refusal('deadline', `No answer within ${callDeadline / 1_000} s`))
    if (signal.aborted) late()
    signal.addEventListener('abort', late, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', late))
  })
}
