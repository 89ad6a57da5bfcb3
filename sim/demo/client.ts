/** The app's API as a person's tool would use it: over HTTP, with a function key. */
import type { Report } from '../../src/lib/execution/report.ts'
import type { OperationRequest } from '../../src/lib/plan/request.ts'
import type { Preview } from '../../src/lib/planning/preview.ts'
import type { EventRecord } from '../../src/lib/ports/operations.ts'
import type { OperationView } from '../../src/lib/status/operation-view.ts'
import type { Keys } from './processes.ts'

export type Asked = Pick<OperationRequest, 'pairId' | 'kind'> & {
  readonly primaryIsDown?: boolean
  readonly grantWithoutSignOutProof?: boolean
  readonly grace?: string
}
export type Previewed = Omit<Preview, 'spec'> & { readonly hash?: string }
export type ViewedEvent = Omit<EventRecord, 'at'> & { readonly at: string }
export type ViewedTask = { readonly status: 'waiting' | 'open' | 'over'; readonly dueAt: string }
export type { Report }

export type Client = {
  /** Until it is without gaps: what is read for the first time can take longer than the app waits. */
  readonly collectInventory: () => Promise<void>
  readonly preview: (asked: Asked) => Promise<Previewed>
  /** Answers the operation's id. */
  readonly start: (hash: string) => Promise<string>
  readonly view: (id: string) => Promise<OperationView>
  readonly tasks: (id: string) => Promise<readonly ViewedTask[]>
  readonly report: (id: string) => Promise<Report | undefined>
  readonly events: (id: string) => Promise<readonly ViewedEvent[]>
  /** Ids of the operations that are not concluded. */
  readonly active: () => Promise<readonly string[]>
}

type Inventoried = { readonly pairs: readonly { readonly gaps: readonly unknown[] }[] }

/** Real milliseconds: Azure's load balancer gives an HTTP answer no longer (Functions, "HTTP triggers"). */
const answerDeadline = 230_000
/** A busy machine may not answer within the app's own deadlines, which are short in fast time: all we ask can be repeated. */
const tries = 100
const pause = 200

/** `send` finds the way to the app where it has more than one process. */
export function createClient(url: string, keys: Keys, send: typeof fetch = fetch): Client {
  const askOnce = (method: string, path: string, key: string, body?: unknown): Promise<Response> =>
    send(`${url}${path}`, {
      method,
      headers: { 'x-functions-key': key, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerDeadline),
    })
  const ask = async (...request: Parameters<typeof askOnce>): Promise<Response> => {
    for (let left = tries; ; left -= 1) {
      const response = await askOnce(...request)
      if (response.status < 500 || left <= 1) return response
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
  const get = async <T>(path: string) => answerOf<T>(await ask('GET', path, keys.reading))
  const post = async <T>(path: string, body?: unknown) => answerOf<T>(await ask('POST', path, keys.changing, body))
  return {
    async collectInventory() {
      for (let left = tries; left > 0; left -= 1) {
        const { pairs } = await post<Inventoried>('/inventory')
        if (pairs.every(({ gaps }) => gaps.length === 0)) return
      }
      throw new Error('the inventory keeps having gaps')
    },
    preview: (asked) => post('/previews', asked),
    start: async (hash) =>
      (await post<{ readonly operationId: string }>('/operations', { hash, idempotencyKey: hash.slice(0, 12) }))
        .operationId,
    view: (id) => get(`/operations/${id}`),
    tasks: (id) => get(`/operations/${id}?view=tasks`),
    async report(id) {
      const response = await ask('GET', `/operations/${id}?view=report`, keys.reading)
      return response.status === 404 ? undefined : answerOf<Report>(response)
    },
    events: (id) => get(`/operations/${id}?view=events`),
    async active() {
      const { active } = await get<{ readonly active: readonly { readonly id: string }[] }>('/operations')
      return active.map(({ id }) => id)
    },
  }
}

async function answerOf<T>(response: Response): Promise<T> {
  const text = await response.text()
  if (!response.ok) throw new Error(`${new URL(response.url).pathname} answered ${response.status}: ${text}`)
  return JSON.parse(text) as T
}
