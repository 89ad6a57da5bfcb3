/** The two ways out of a process, storage and Resource Manager, as far as its life lets calls through. */
import { RestError } from '@azure/core-rest-pipeline'
import { StorageAway } from '../../src/lib/storage/errors.ts'
import type { Around } from '../storage/link.ts'
import type { Life } from './life.ts'
import type { SimHttpClient } from './region.ts'

type Outside = { readonly around?: Around; readonly httpClient: SimHttpClient }

export function outside({ around }: Life, httpClient: SimHttpClient): Outside {
  if (!around) return { httpClient }
  return {
    around: around(() => new StorageAway('simulated: the answer was lost')),
    httpClient: {
      sendRequest: (request) => {
        const reset = () => new RestError('socket hang up', { code: 'ECONNRESET', request })
        return around(reset)(callName(request.method, request.url), () => httpClient.sendRequest(request))
      },
    },
  }
}

/** Method and the types on the path, without the names of things: `PATCH hostPools/sessionHosts`. */
function callName(method: string, url: string): string {
  const parts = new URL(url).pathname.split('/providers/').at(-1)?.split('/').slice(1) ?? []
  return `${method} ${parts.filter((_, i) => i % 2 === 0).join('/')}`
}
