import { createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline'
import { expect, test } from 'vitest'
import { createSimHttpClient } from '../../sim/arm/http-client.ts'
import { createSim, type SimOptions } from '../../sim/arm/kernel.ts'
import { tokenOf } from '../../sim/arm/request.ts'
import type { Provider } from '../../sim/arm/types.ts'
import { createVirtualClock } from '../../sim/clock.ts'

const start = Date.UTC(2026, 2, 14, 21)
const echo: Provider = {
  namespace: 'Microsoft.Echo',
  routes: [
    {
      method: 'GET',
      path: '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Echo/things/{name}',
      bucket: 'reads',
      action: 'Microsoft.Echo/things/read',
      handle: (_request, params, sim) => ({ status: 200, body: { ...params, at: sim.now() } }),
    },
  ],
}

function world(options: Partial<SimOptions> = {}) {
  const clock = createVirtualClock(start)
  const { sim, handle } = createSim({ clock, seed: 7, providers: [echo], ...options })
  const client = createSimHttpClient({ handle, clock, sim })
  const send = (
    path: string,
    token: string | undefined = tokenOf('someone'),
    more: { abortSignal?: AbortSignal } = {},
  ) =>
    client.sendRequest(
      createPipelineRequest({
        url: path.startsWith('http') ? path : `${sim.origin}${path}`,
        headers: createHttpHeaders(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...more,
      }),
    )
  async function settled<T>(work: Promise<T>): Promise<T> {
    let isOver = false
    const mark = () => {
      isOver = true
    }
    work.then(mark, mark)
    await clock.run(() => isOver)
    return work
  }
  return { clock, sim, handle, send: (...args: Parameters<typeof send>) => settled(send(...args)), sendRaw: send }
}

const thing = '/subscriptions/s1/resourceGroups/g1/providers/Microsoft.Echo/things/x?api-version=2024-01-01'

test('a request is carried out between sending and answer, in virtual time', async () => {
  const { clock, send } = world({ timings: { armLatency: [100, 100] } })
  const response = await send(thing.replace('resourceGroups', '/RESOURCEgroups'))
  expect(response.status).toBe(200)
  expect(JSON.parse(response.bodyAsText ?? '')).toEqual({ subscription: 's1', group: 'g1', name: 'x', at: start + 50 })
  expect(clock.now()).toBe(start + 100)
  expect(response.headers.get('x-ms-ratelimit-remaining-subscription-reads')).toBe('249')
  expect(response.headers.get('x-ms-ratelimit-remaining-subscription-global-reads')).toBe('3749')
})
