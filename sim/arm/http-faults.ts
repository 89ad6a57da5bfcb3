import { conflict, failure, gatewayFailure } from './answers.ts'
import type { FaultCall } from './faults.ts'
import type { Random, SimAnswer, SimResponse } from './types.ts'

/** `Before` and `After` say whether the request was carried out before the trouble came. */
export type HttpFault = (typeof refusals)[number] | (typeof bodyFaults)[number] | 'notFoundAtFirst'

/** Instead of carrying the request out. */
export const refusals = [
  'throttledWithWait',
  'throttledWithoutWait',
  'errorBefore',
  'resetBefore',
  'hangBefore',
  'noConnection',
  'conflict',
  'anotherOperation',
  'noQuota',
  'principalNotFound',
  'unauthorizedOnce',
  'forbiddenOnce',
] as const

/** After it was carried out: the answer is lost, late or strange. */
export const bodyFaults = [
  'errorAfter',
  'resetAfter',
  'hangAfter',
  'slow',
  'htmlBody',
  'truncatedBody',
  'foreignPollingHost',
  'oddBody',
] as const

const serverErrors = [408, 500, 502, 503, 504]
/** Another host, an address, another scheme, and a host that only looks like the right one at first glance. */
const foreignOrigins = [
  'https://management.sim-elsewhere.example',
  'https://169.254.169.254',
  'http://management.sim.example',
  'https://management.sim.example@sim-elsewhere.example',
]

export function refuse(
  kind: (typeof refusals)[number] | 'notFoundAtFirst',
  call: FaultCall,
  random: Random,
): SimAnswer {
  const { request, action } = call
  switch (kind) {
    case 'throttledWithWait':
      return throttled(Math.round(random.between(5, 30)))
    case 'throttledWithoutWait':
      return throttled(undefined)
    case 'errorBefore':
      return serverError(random)
    case 'resetBefore':
      return 'reset'
    case 'hangBefore':
      return 'hang'
    case 'noConnection':
      return 'noConnection'
    case 'conflict':
      return conflict()
    case 'anotherOperation':
      return failure(429, 'RetryableErrorDueToAnotherOperation', anotherOperationMessage)
    case 'principalNotFound':
      return failure(400, 'PrincipalNotFound', principalNotFoundMessage)
    case 'unauthorizedOnce':
      return failure(
        401,
        'ExpiredAuthenticationToken',
        'The access token expiry UTC time is earlier than current UTC time.',
      )
    case 'noQuota':
      return failure(409, 'OperationNotAllowed', noQuotaMessage)
    case 'forbiddenOnce':
      return gatewayFailure(403, 'AuthorizationFailed', forbiddenMessage(request.principal, action, request.path))
    case 'notFoundAtFirst':
      return gatewayFailure(404, 'ResourceNotFound', `The Resource '${request.path}' was not found.`)
  }
}

const noQuotaMessage =
  'Operation could not be completed as it results in exceeding approved Total Regional Cores quota. Additional details - Deployment Model: Resource Manager, Current Limit: 50, Current Usage: 50, Additional Required: 2, (Minimum) New Limit Required: 52.'

/** "Compute error codes" and "Troubleshoot Azure RBAC", learn.microsoft.com. */
const anotherOperationMessage =
  'The operation was not carried out because another operation on the resource is in progress.'
const principalNotFoundMessage =
  'The principal does not exist in the directory. Check that you have the correct principal ID.'

const forbiddenMessage = (principal: string, action: string, scope: string) =>
  `The client '${principal}' with object id '${principal}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`

function throttled(waitSeconds: number | undefined): SimResponse {
  const answer = gatewayFailure(
    429,
    'SubscriptionRequestsThrottled',
    'Number of requests exceeded the backend storage limit.',
  )
  if (waitSeconds === undefined) return answer
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(waitSeconds) } }
}

function serverError(random: Random): SimResponse {
  const status = random.pick(serverErrors)
  return failure(status, status === 503 ? 'ServiceUnavailable' : 'InternalServerError', 'The service could not answer.')
}

/** Undefined when this fault has nothing to bite on in the answer. */
export function distort(kind: (typeof bodyFaults)[number], answer: SimResponse, random: Random): SimAnswer | undefined {
  switch (kind) {
    case 'errorAfter':
      return serverError(random)
    case 'resetAfter':
      return 'reset'
    case 'hangAfter':
      return 'hang'
    case 'slow':
      return { ...answer, delay: Math.round(random.between(5_000, 25_000)) }
    case 'htmlBody':
      return {
        status: answer.status,
        headers: { 'content-type': 'text/html' },
        body: '<html><body>Bad gateway</body></html>',
      }
    case 'truncatedBody':
      return truncated(answer)
    case 'foreignPollingHost':
      return foreign(answer, random.pick(foreignOrigins))
    case 'oddBody':
      return typeof answer.body === 'object' && answer.body !== null ? { ...answer, body: odd(answer.body) } : undefined
  }
}

function truncated(answer: SimResponse): SimResponse | undefined {
  if (typeof answer.body !== 'object' || answer.body === null) return undefined
  const text = JSON.stringify(answer.body)
  return { ...answer, body: text.slice(0, Math.floor(text.length / 2)) }
}

/** Polling headers and next links that lead to somebody else's host. */
function foreign(answer: SimResponse, origin: string): SimResponse | undefined {
  const elsewhere = (url: string) => url.replace(/^https?:\/\/[^/]+/, origin)
  const { headers = {}, body } = answer
  const polling = ['azure-asyncoperation', 'location'].filter((name) => headers[name] !== undefined)
  if (polling.length > 0) {
    const changed = Object.fromEntries(polling.map((name) => [name, elsewhere(headers[name] ?? '')]))
    return { ...answer, headers: { ...headers, ...changed } }
  }
  if (!isRecord(body) || typeof body.nextLink !== 'string') return undefined
  return { ...answer, body: { ...body, nextLink: elsewhere(body.nextLink) } }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Names whose words are open sets: Azure may add one any day. */
const openSets = new Set([
  'status',
  'protectionState',
  'state',
  'activeLocation',
  'applicationGroupType',
  'sessionState',
])

/** What customers wrote comes back as they wrote it, whatever the release of the service. */
const customersOwn = new Set(['settings', 'tags'])

/** The same answer as another release of the service might write it: unknown words, extra fields, other letter case in ids. */
function odd(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(odd)
  if (!isRecord(value)) return value
  const changed: Record<string, unknown> = { 'x-sim-unknown-field': { since: 'tomorrow' } }
  for (const [name, inner] of Object.entries(value)) {
    if (customersOwn.has(name)) changed[name] = inner
    else if (name === 'id' && typeof inner === 'string') changed[name] = inner.toUpperCase()
    else if (openSets.has(name) && typeof inner === 'string') changed[name] = 'SomethingNew'
    else changed[name] = odd(inner)
  }
  return changed
}
