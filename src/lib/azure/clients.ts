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
import { createPolicies } from './policies.ts'

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
  /** What no client has a function for: JSON behind a path of ours. Throws where the answer is not 200. */
  readonly get: (subscription: string, path: string) => Promise<unknown>
  /** The same the other way. Throws where the answer is not 200, 201 or 202. */
  readonly put: (subscription: string, path: string, body: unknown) => Promise<void>
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
  const plainClient = httpClient ?? createDefaultHttpClient()
  const forPurpose = (purpose: Purpose): AzureClients => ({
    ...clients,
    async get(subscription, path) {
      const { pipeline } = clients.compute(subscription)
      const request = createPipelineRequest({ url: `${endpoint}${path}`, method: 'GET' })
      const { status, bodyAsText } = await pipeline.sendRequest(plainClient, request)
      if (status !== 200) throw new Error(`Answered with ${status}`)
      return JSON.parse(bodyAsText ?? '')
    },
    async put(subscription, path, body) {
      const { pipeline } = clients.compute(subscription)
      const headers = createHttpHeaders({ 'content-type': 'application/json' })
      const request = createPipelineRequest({
        url: `${endpoint}${path}`,
        method: 'PUT',
        body: JSON.stringify(body),
        headers,
      })
      const { status } = await pipeline.sendRequest(plainClient, request)
      if (status < 200 || status > 202) throw new Error(`Answered with ${status}`)
    },
    calls: createCalls(run, purpose, options.deadline),
    for: forPurpose,
  })
  return forPurpose('forward')
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
