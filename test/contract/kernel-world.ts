import {
  createHttpHeaders,
  createPipelineRequest,
  type HttpMethods,
  type PipelineResponse,
} from '@azure/core-rest-pipeline'
import { createSimHttpClient } from '../../sim/arm/http-client.ts'
import { createSim, type SimOptions } from '../../sim/arm/kernel.ts'
import { tokenOf } from '../../sim/arm/request.ts'
import type { Provider, Route } from '../../sim/arm/types.ts'
import { createVirtualClock } from '../../sim/clock.ts'

export const start = Date.UTC(2026, 2, 14, 21)

type Asked = {
  readonly method?: HttpMethods
  readonly token?: string | undefined
  readonly abortSignal?: AbortSignal
  readonly timeout?: number
  readonly body?: unknown
}

/** A simulated Resource Manager in virtual time, and ways to ask it. */
export function createWorld(options: Partial<SimOptions> & Pick<SimOptions, 'providers'>) {
  const clock = createVirtualClock(start)
  const { sim, handle } = createSim({ clock, seed: 7, timings: { armLatency: [0, 0] }, ...options })
  const httpClient = createSimHttpClient({ handle, clock, sim })

  /** Lets time run until the work is over. */
  async function settled<T>(work: Promise<T>): Promise<T> {
    let isOver = false
    const mark = () => {
      isOver = true
    }
    work.then(mark, mark)
    await clock.run(() => isOver)
    return work
  }
  const send = (path: string, asked: Asked = {}): Promise<PipelineResponse> => {
    const { method = 'GET', token = 'token' in asked ? undefined : tokenOf('someone'), body, ...more } = asked
    const headers = createHttpHeaders(token === undefined ? {} : { authorization: `Bearer ${token}` })
    const url = path.startsWith('http') ? path : `${sim.origin}${path}`
    const text = body === undefined ? {} : { body: JSON.stringify(body) }
    return settled(httpClient.sendRequest(createPipelineRequest({ url, method, headers, ...text, ...more })))
  }
  /** Options of every SDK client: this transport, no repeats of its own. */
  const clientOptions = { httpClient, endpoint: sim.origin, retryOptions: { maxRetries: 0 } }
  return { clock, sim, handle, settled, send, clientOptions }
}

/** Always the same token, good until long after the story. */
export const credentialOf = (objectId: string) => ({
  getToken: async () => ({ token: tokenOf(objectId), expiresOnTimestamp: Date.UTC(2100, 0) }),
})

/** One operation `GET|POST …/things/{name}` that writes down how often it was carried out. */
export function createEcho(more: Partial<Route> = {}): { readonly provider: Provider; readonly carriedOut: string[] } {
  const carriedOut: string[] = []
  const route = (method: Route['method'], bucket: Route['bucket']): Route => ({
    method,
    bucket,
    path: '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Echo/things/{name}',
    action: `Microsoft.Echo/things/${method.toLowerCase()}`,
    handle: (_request, params, sim) => {
      carriedOut.push(params.name ?? '')
      return {
        status: method === 'PUT' ? 201 : 200,
        body: { id: '/things/x', state: 'Fine', ...params, at: sim.now() },
      }
    },
    ...more,
  })
  const routes = [route('GET', 'reads'), route('PUT', 'writes'), route('POST', 'writes'), route('DELETE', 'deletes')]
  return { carriedOut, provider: { namespace: 'Microsoft.Echo', routes } }
}

export const thing = '/subscriptions/s1/resourceGroups/g1/providers/Microsoft.Echo/things/x?api-version=2024-01-01'

export const jsonOf = (response: PipelineResponse) => JSON.parse(response.bodyAsText ?? '')
