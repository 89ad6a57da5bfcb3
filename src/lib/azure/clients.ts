/** The one place where clients of Azure's SDKs are made and configured. */
import { AuthorizationManagementClient } from '@azure/arm-authorization'
import { ComputeManagementClient } from '@azure/arm-compute'
import { DesktopVirtualizationAPIClient } from '@azure/arm-desktopvirtualization'
import { SiteRecoveryManagementClient } from '@azure/arm-recoveryservices-siterecovery'
import type { TokenCredential } from '@azure/core-auth'
import {
  bearerTokenAuthenticationPolicyName,
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type Pipeline,
} from '@azure/core-rest-pipeline'
import type { Millis } from '../core/time.ts'
import type { Purpose } from '../ports/gateways.ts'
import type { Budget } from './budget.ts'
import { type Calls, createCalls } from './calls.ts'
import { createPolicies, passed } from './policies.ts'
import { quotaPauseOf } from './retry-after.ts'

export type AzureOptions = {
  readonly credential: TokenCredential
  /** Resource Manager's address, `https://management.azure.com` or a sovereign cloud's. */
  readonly endpoint: string
  /** Whom the token is for; `<endpoint>/.default` when left out. */
  readonly scope?: string
  readonly httpClient?: HttpClient
  readonly monotonic: () => Millis
  /** A signal that aborts after that time. */
  readonly deadline: (length: Millis) => AbortSignal
  readonly budget: Budget
}

/** Clients are bound to a subscription; ids name subscriptions. */
export type AzureClients = {
  readonly calls: Calls
  /** The same clients; what they send is charged to the budget for that purpose. */
  readonly for: (purpose: Purpose) => AzureClients
  readonly avd: (subscription: string) => DesktopVirtualizationAPIClient
  readonly compute: (subscription: string) => ComputeManagementClient
  readonly siteRecovery: (subscription: string) => SiteRecoveryManagementClient
  readonly authorization: (subscription: string) => AuthorizationManagementClient
  /** What no client has a function for: JSON behind a path of ours, or a whole link of Azure's. Throws where the answer is not 200. */
  readonly get: (subscription: string, path: string) => Promise<unknown>
  /** The same the other way. Throws where the answer is not 200, 201 or 202. */
  readonly put: (subscription: string, path: string, body: unknown) => Promise<void>
  /**
   * A read that is sent as a POST: Resource Graph alone. `rest`: how long it is to be left alone after that. Throws where the
   * answer is not 200.
   */
  readonly query: (
    subscription: string,
    path: string,
    body: unknown,
  ) => Promise<{ readonly value: unknown; readonly rest?: Millis }>
  readonly pause: (length: Millis) => Promise<void>
}

/**
 * No hidden retries, no redirects, no host but the endpoint's, a deadline on every request, and the fence as the last
 * thing a write passes (design rules 3, 4, 13). A client used outside of `calls` refuses to send.
 */
export function createAzureClients(options: AzureOptions): AzureClients {
  const { credential, httpClient } = options
  const endpoint = options.endpoint.replace(/\/+$/, '')
  const scope = options.scope ?? `${endpoint}/.default`
  const { guard, fence, run } = createPolicies({ ...options, endpoint })
  const common = {
    endpoint,
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [{ policy: fence, position: 'perRetry' as const }],
    ...(httpClient ? { httpClient } : {}),
  }
  const older = { ...common, credentialScopes: scope }
  const newer = { ...common, credentials: { scopes: [scope] } }
  const guarded = <C extends { readonly pipeline: Pipeline }>(client: C): C => {
    client.pipeline.removePolicy({ name: 'redirectPolicy' })
    client.pipeline.addPolicy(guard, { beforePolicies: [bearerTokenAuthenticationPolicyName] })
    return client
  }
  const clients = {
    avd: perSubscription((id) => guarded(new DesktopVirtualizationAPIClient(credential, id, older))),
    compute: perSubscription((id) => guarded(new ComputeManagementClient(credential, id, newer))),
    siteRecovery: perSubscription((id) => guarded(new SiteRecoveryManagementClient(credential, id, older))),
    authorization: perSubscription((id) => guarded(new AuthorizationManagementClient(credential, id, older))),
  }
  const plain = {
    ...plainRequests(endpoint, httpClient ?? createDefaultHttpClient(), (id) => clients.compute(id).pipeline),
    pause: (length: Millis) => passed(options.deadline(length)),
  }
  const forPurpose = (purpose: Purpose): AzureClients => ({
    ...clients,
    ...plain,
    calls: createCalls(run, purpose, options.deadline),
    for: forPurpose,
  })
  return forPurpose('forward')
}

function plainRequests(
  endpoint: string,
  client: HttpClient,
  pipelineOf: (subscription: string) => Pipeline,
): Pick<AzureClients, 'get' | 'put' | 'query'> {
  const headers = () => createHttpHeaders({ 'content-type': 'application/json' })
  return {
    async get(subscription, path) {
      const url = path.startsWith('/') ? `${endpoint}${path}` : path
      const request = createPipelineRequest({ url, method: 'GET' })
      const { status, bodyAsText } = await pipelineOf(subscription).sendRequest(client, request)
      if (status !== 200) throw new Error(`Answered with ${status}`)
      return JSON.parse(bodyAsText ?? '')
    },
    async put(subscription, path, value) {
      const body = JSON.stringify(value)
      const request = createPipelineRequest({ url: `${endpoint}${path}`, method: 'PUT', body, headers: headers() })
      const { status } = await pipelineOf(subscription).sendRequest(client, request)
      if (status < 200 || status > 202) throw new Error(`Answered with ${status}`)
    },
    async query(subscription, path, value) {
      const body = JSON.stringify(value)
      const request = createPipelineRequest({ url: `${endpoint}${path}`, method: 'POST', body, headers: headers() })
      const response = await pipelineOf(subscription).sendRequest(client, request)
      if (response.status !== 200) throw new Error(`Answered with ${response.status}`)
      const rest = quotaPauseOf((name) => response.headers.get(name))
      return { value: JSON.parse(response.bodyAsText ?? ''), ...(rest !== undefined && { rest }) }
    },
  }
}

function perSubscription<C>(create: (subscription: string) => C): (subscription: string) => C {
  const made = new Map<string, C>()
  return (subscription) => {
    const key = subscription.toLowerCase()
    const client = made.get(key) ?? create(key)
    made.set(key, client)
    return client
  }
}
