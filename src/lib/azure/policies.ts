/** What every request to Azure passes: our rules around the SDK clients' own pipeline. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { PipelinePolicy, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline'
import { type Millis, seconds } from '../core/time.ts'
import type { Fence, Purpose } from '../ports/gateways.ts'
import type { Budget, Request } from './budget.ts'
import type { Bucket } from './budget-row.ts'
import { retryAfterOf } from './retry-after.ts'
import { refusal } from './trouble.ts'

/** One request, token included, takes no longer (design rule 4). A list has this long for each page. */
export const callDeadline: Millis = seconds(10)
/** All pages of a list together: whoever reads them holds an invocation, which the Functions host ends after five minutes. */
const listDeadline: Millis = seconds(100)

/** One call of a gateway: one request, or the pages of one list. It travels by async context, since the newer clients hand no options to the second page. */
export type Call = {
  readonly kind: 'read' | 'write'
  readonly purpose: Purpose
  readonly fence?: Fence
  readonly maxRequests: number
  readonly urls: Set<string>
  /** Of the first request, on the monotonic clock. */
  since?: Millis
  sent: boolean
  response?: PipelineResponse | undefined
}

export type PolicyOptions = {
  readonly endpoint: string
  readonly monotonic: () => Millis
  readonly deadline: (length: Millis) => AbortSignal
  readonly budget: Budget
}

export type Policies = {
  /** Before the token is attached. */
  readonly guard: PipelinePolicy
  /** Last of all, after authentication: the request budget, the fence, and then it leaves. */
  readonly fence: PipelinePolicy
  readonly run: <T>(call: Call, work: () => Promise<T>) => Promise<T>
}

export function createPolicies({ endpoint, monotonic, deadline, budget }: PolicyOptions): Policies {
  const calls = new AsyncLocalStorage<Call>()
  const begun = new WeakSet<Fence>()
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
      call.since ??= monotonic()
      if (call.kind === 'read' && monotonic() - call.since > listDeadline)
        throw refusal('deadline', `The list was not read within ${listDeadline / 1_000} s`)
      const signal = deadline(callDeadline)
      request.abortSignal = signal
      return cutOff(next(request), signal)
    },
  }

  const fence: PipelinePolicy = {
    name: 'avdFailoverFence',
    async sendRequest(request, next) {
      const call = current()
      const charged = { ...bucketOf(request), purpose: purposeOf(call) }
      await charge(charged, call, begun, { budget, deadline })
      // The budget may have taken its time: what must hold when the request leaves is looked at after it.
      if (request.abortSignal?.aborted) throw refusal('deadline', 'The call took too long before it was sent')
      if (call.kind === 'read' && request.method !== 'GET' && !isQuery(request))
        throw new Error(`A read must not send ${request.method}`)
      if (call.kind === 'write' && !(call.fence && monotonic() <= call.fence.notAfter)) {
        throw refusal('fenced', 'The moment until which this write was allowed has passed: it was not sent')
      }
      call.sent = true
      const response = await next(request)
      call.response = response
      heed(charged, response, budget)
      return response
    },
  }
  return { guard, fence, run: (call, work) => calls.run(call, work) }
}

/** Pages of one list that are charged like any other read. */
const longList = 20

const purposeOf = ({ purpose, urls }: Call): Request['purpose'] =>
  urls.size > longList && purpose !== 'background' ? 'bulk' : purpose

const subscriptionIn = /^\/subscriptions\/([^/]+)/i

/** Resource Graph is asked by POST. It changes nothing, and counts as a read of the tenant. */
const isQuery = ({ method, url }: PipelineRequest): boolean =>
  method === 'POST' && /^\/providers\/microsoft\.resourcegraph\/resources$/i.test(new URL(url).pathname)

function bucketOf(request: PipelineRequest): Pick<Request, 'scope' | 'bucket'> {
  const { method, url } = request
  const isRead = method === 'GET' || isQuery(request)
  const bucket: Bucket = isRead ? 'reads' : method === 'DELETE' ? 'deletes' : 'writes'
  return { scope: (subscriptionIn.exec(new URL(url).pathname)?.[1] ?? '').toLowerCase(), bucket }
}

/**
 * A page of a list waits this long where it stands: refused, the pages before it would be read again, and a long list
 * never to its end. So does what follows the first write of a begin. All else that is over budget comes again later.
 */
const patience: Millis = seconds(5)

async function charge(
  request: Request,
  { maxRequests, fence }: Call,
  begun: WeakSet<Fence>,
  { budget, deadline }: Pick<PolicyOptions, 'budget' | 'deadline'>,
): Promise<void> {
  const isSpare = request.purpose === 'spare'
  const mayWait = () => !isSpare && (maxRequests > 1 || (fence !== undefined && begun.has(fence)))
  for (let left = patience; ; ) {
    const waits = mayWait()
    const taken = await budget.take(request, waits || isSpare ? 'soon' : 'line').catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error)
      throw refusal('overBudget', `Not sent, for storage could not be asked for request budget: ${why}`, storageAwayFor)
    })
    if (taken.kind === 'taken') {
      if (fence) begun.add(fence)
      return
    }
    // Another write of the same begin may have left in the meantime.
    if (!waits && mayWait()) continue
    if (!waits || taken.retryAfter > left)
      throw refusal('overBudget', `Not sent: our share of Azure's ${request.bucket} is used up`, taken.retryAfter)
    left -= taken.retryAfter
    await passed(deadline(taken.retryAfter))
  }
}

/** Until storage is asked again. */
const storageAwayFor: Millis = seconds(5)

export const passed = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** `x-ms-ratelimit-remaining-subscription-reads` and its like ("Understand how Azure Resource Manager throttles requests"). */
function heed(request: Request, { headers }: PipelineResponse, budget: Budget): void {
  const level = request.scope === '' ? 'tenant' : 'subscription'
  const remaining = headers.get(`x-ms-ratelimit-remaining-${level}-${request.bucket}`)
  if (remaining === undefined || !/^\d+$/.test(remaining)) return
  budget.heed(
    request,
    Number(remaining),
    retryAfterOf((name) => headers.get(name)),
  )
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
