import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { edge } from '../../../src/lib/inbound/edge.ts'
import { json } from '../../../src/lib/inbound/problem.ts'
import { createLog } from '../../../src/lib/status/log.ts'
import { StorageAway } from '../../../src/lib/storage/errors.ts'

const schema = z.strictObject({ a: z.number() })
const context = { invocationId: 'i-1', error: () => {} }

function world(parts: { readonly ready?: () => Promise<void>; readonly work?: () => unknown } = {}) {
  const happened: string[] = []
  const lines: string[] = []
  const running = {
    log: createLog((line) => lines.push(line)),
    ready: async () => {
      happened.push('ready')
      await parts.ready?.()
    },
    sweepIfDue: async () => {
      happened.push('sweep')
    },
  }
  const route = edge({
    app: () => running,
    right: 'changing',
    body: schema,
    handle: async ({ caller, body }) => {
      happened.push('work')
      return json(202, parts.work?.() ?? { caller, body })
    },
  })
  const ask = (body: string, headers: Record<string, string> = { 'x-functions-key': 'k' }) =>
    route(
      {
        headers: new Headers({ 'content-type': 'application/json', ...headers }),
        query: new URLSearchParams(),
        params: {},
        body: (async function* () {
          happened.push('read')
          yield new TextEncoder().encode(body)
        })(),
      },
      context,
    )
  return { ask, happened, lines }
}

describe('the edge', () => {
  test('asks for the key, reads the body, waits for storage, works, and looks after what stands still', async () => {
    const { ask, happened } = world()
    const reply = await ask('{"a":1}')
    expect(JSON.parse(reply.body)).toEqual({ caller: { name: 'key:changing', right: 'changing' }, body: { a: 1 } })
    expect(happened).toEqual(['read', 'ready', 'work', 'sweep'])
  })

  test('reads nothing of a stranger', async () => {
    const { ask, happened } = world()
    expect((await ask('{"a":1}', {})).status).toBe(401)
    expect(happened).toEqual([])
  })

  test('wakes neither storage nor the sweep for a body that is wrong', async () => {
    const { ask, happened } = world()
    expect((await ask('{"a":"1"}')).status).toBe(400)
    expect(happened).toEqual(['read'])
  })

  test('says when to come back while storage is away', async () => {
    const ready = () => Promise.reject(new StorageAway('get: no answer'))
    const reply = await world({ ready }).ask('{"a":1}')
    expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
  })

  test('keeps to itself what went wrong; the log has it all under the same id', async () => {
    const work = () => {
      throw new TypeError('secret thing of undefined')
    }
    const { ask, lines } = world({ work })
    const reply = await ask('{"a":1}')
    expect(reply.status).toBe(500)
    expect(reply.body).not.toMatch(/secret|edge\.test/)
    expect(JSON.parse(reply.body)).toMatchObject({ code: 'internal', correlationId: 'i-1' })
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      correlationId: 'i-1',
      message: 'secret thing of undefined',
      stack: expect.stringContaining('edge.test'),
    })
  })

  test('answers although the app itself does not start', async () => {
    const told: string[] = []
    const route = edge({
      app: (): never => {
        throw new Error('The app settings cannot be used')
      },
      right: 'reading',
      handle: async () => json(200, {}),
    })
    const request = {
      headers: new Headers({ 'x-functions-key': 'k' }),
      query: new URLSearchParams(),
      params: {},
      body: null,
    }
    const reply = await route(request, { invocationId: 'i-2', error: (message) => told.push(message) })
    expect(reply.status).toBe(500)
    expect(told).toEqual(['request failed: The app settings cannot be used'])
  })
})
