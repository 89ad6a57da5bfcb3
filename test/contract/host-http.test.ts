import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HostLogEntry } from '../../sim/host/log.ts'
import { createLocalHost, type LocalHost } from '../../sim/host.ts'

const log: HostLogEntry[] = []
const keys = {
  master: 'master-key',
  host: { default: 'host-key' },
  functions: { read: { reading: 'read-key' }, change: { changing: 'change-key' } },
}
let host: LocalHost
let port: number

beforeAll(async () => {
  host = createLocalHost({
    importApp: () => import('./host-fixtures/http-app.ts'),
    settings: { 'AzureWebJobs.off.Disabled': 'true' },
    keys,
    log: (entry) => log.push(entry),
  })
  await host.start()
  port = await host.listen()
})
afterAll(() => host.stop({ drain: true }))

const status = async (method: string, path: string, headers = {}) =>
  (await host.request(method, path, { headers })).status
const json = async (method: string, path: string, init = {}) => (await host.request(method, path, init)).json()

/** The same request in process and over a socket: both must answer alike. */
async function bothWays(method: string, path: string) {
  const answers = [await host.request(method, path), await fetch(`http://127.0.0.1:${port}${path}`, { method })]
  const [inside, outside] = await Promise.all(
    answers.map(async (answer) => ({
      status: answer.status,
      type: answer.headers.get('content-type'),
      length: answer.headers.get('content-length'),
      cookies: answer.headers.getSetCookie(),
      body: await answer.text(),
    })),
  )
  if (!inside) throw new Error('no answer')
  expect(outside).toEqual(inside)
  return inside
}

describe('what a handler answers', () => {
  test('by throwing is 500 with an empty body, and the reason is in the log only', async () => {
    expect(await bothWays('GET', '/api/throws')).toMatchObject({ status: 500, type: null, length: '0', body: '' })
    expect(log.at(-1)).toMatchObject({ level: 'error', functionName: 'throws' })
    expect(log.at(-1)?.message).toContain('planned')
  })
  test('as undefined is 204', async () => {
    expect(await bothWays('GET', '/api/nothing')).toMatchObject({ status: 204, body: '' })
  })
  test('as a plain string is 500', async () => {
    expect(await bothWays('GET', '/api/text')).toMatchObject({ status: 500, body: '' })
  })
  test('as jsonBody null is 200, empty and without a type', async () => {
    expect(await bothWays('GET', '/api/null-json')).toMatchObject({ status: 200, type: null, length: '0', body: '' })
  })
  test('as a status alone has Content-Length 0', async () => {
    expect(await bothWays('PUT', '/api/tasks/1')).toMatchObject({ status: 202, length: '0', body: '' })
  })
  test('as cookies and as a set-cookie header is sent both ways', async () => {
    const { cookies } = await bothWays('GET', '/api/cookies')
    expect(cookies).toEqual(['a=b', 'c=d; max-age=10; path=/; httponly'])
  })
})

describe('a request', () => {
  test('to an unknown route, or with a method the function has not, is 404 and empty', async () => {
    expect(await bothWays('GET', '/api/nowhere')).toMatchObject({ status: 404, length: '0', body: '' })
    expect(await bothWays('GET', '/nowhere')).toMatchObject({ status: 404 })
    expect(await bothWays('POST', '/api/tasks/1')).toMatchObject({ status: 404, body: '' })
  })
  test('reaches a function with the default methods by GET and POST only', async () => {
    const methods = ['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT']
    expect(await Promise.all(methods.map((method) => status(method, '/api/defaults')))).toEqual([
      200, 200, 404, 404, 404,
    ])
  })
  test('goes to the literal route before the one with a parameter', async () => {
    expect(await (await host.request('GET', '/api/tasks/summary')).text()).toBe('summary')
    expect(await json('GET', '/api/TASKS/summary2')).toMatchObject({ params: { id: 'summary2' } })
    expect(await json('DELETE', '/api/tasks/summary')).toMatchObject({ params: { id: 'summary' } })
  })
  test('has decoded parameters, of which a rest keeps its slashes', async () => {
    expect(await json('GET', '/api/tasks/a%20b%2Fc')).toMatchObject({ params: { id: 'a b%2Fc' } })
    expect(await json('GET', '/api/files/a/b.txt')).toMatchObject({ params: { path: 'a/b.txt' } })
    expect(await json('GET', '/api/files')).toMatchObject({ params: {} })
    expect(await json('GET', '/api/maybe')).toMatchObject({ params: {} })
    expect(await json('GET', '/api/maybe/x/')).toMatchObject({ params: { name: 'x' } })
    expect(await status('GET', '/api/maybe/x/y')).toBe(404)
  })
  test('brings its whole URL, query, headers and body', async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/defaults?a=1&b=&a=2`, {
      method: 'POST',
      body: '{"x":1}',
      headers: [
        ['x-list', 'one'],
        ['x-list', 'two'],
      ],
    })
    expect(await answer.json()).toMatchObject({
      method: 'POST',
      url: `http://127.0.0.1:${port}/api/defaults?a=1&b=&a=2`,
      query: { a: '1,2', b: '' },
      list: 'one, two',
      body: '{"x":1}',
    })
  })
  test('with more than 100 MB is 413, up to that it is served', async () => {
    const largest = new Uint8Array(104_857_600)
    expect(await json('POST', '/api/size', { body: largest })).toBe(largest.byteLength)
    const tooLarge = await host.request('POST', '/api/size', { body: new Uint8Array(largest.byteLength + 1) })
    expect(tooLarge.status).toBe(413)
    const init = { method: 'POST', body: new Uint8Array(largest.byteLength + 1) }
    expect((await fetch(`http://127.0.0.1:${port}/api/size`, init)).status).toBe(413)
  })
  test('to a function switched off by an app setting is 404', async () => {
    expect(await status('GET', '/api/off')).toBe(404)
    expect(host.functionNames()).not.toContain('off')
  })
})

describe('an access key', () => {
  const statusWith = (path: string, key?: string) =>
    status('GET', path, key === undefined ? {} : { 'x-functions-key': key })

  test('is needed at level `function`: without it the answer is 401 and empty', async () => {
    expect(await bothWays('GET', '/api/read')).toMatchObject({ status: 401, length: '0', body: '' })
    expect(await statusWith('/api/read', 'wrong')).toBe(401)
    expect(await statusWith('/api/read', '')).toBe(401)
  })
  test('of a function opens that function alone, of the host all, of the master also level `admin`', async () => {
    const opened = async (key: string) =>
      Promise.all(['/api/read', '/api/change', '/api/manage'].map((path) => statusWith(path, key)))
    expect(await opened('read-key')).toEqual([200, 401, 401])
    expect(await opened('change-key')).toEqual([401, 200, 401])
    expect(await opened('host-key')).toEqual([200, 200, 401])
    expect(await opened('master-key')).toEqual([200, 200, 200])
  })
  test('may stand in the query, but the header counts first', async () => {
    expect(await status('GET', '/api/read?code=read-key')).toBe(200)
    expect(await status('GET', '/api/read?code=read-key', { 'x-functions-key': 'wrong' })).toBe(401)
  })
  test('reaches the function unchanged', async () => {
    const answer = await json('GET', '/api/read?code=other', { headers: { 'X-Functions-Key': 'read-key' } })
    expect(answer).toMatchObject({ key: 'read-key', query: { code: 'other' } })
  })
  test('guards the doors of the host itself, but not its ping', async () => {
    expect(await status('GET', '/admin/host/ping')).toBe(200)
    expect(await status('GET', '/admin/functions')).toBe(401)
    expect(await statusWith('/admin/functions', 'host-key')).toBe(401)
  })
})

test('the route prefix comes from host.json and may be empty', async () => {
  const { loadApp } = await import('../../sim/host/load-app.ts')
  const { app } = await import('@azure/functions')
  const loaded = await loadApp(async () => app.http('root', { route: 'status', handler: () => ({ body: 'here' }) }))
  const bare = createLocalHost({ app: loaded, settings: {}, hostJson: { extensions: { http: { routePrefix: '' } } } })
  await bare.start()
  expect((await bare.request('GET', '/status')).status).toBe(200)
  expect((await bare.request('GET', '/api/status')).status).toBe(404)
  await bare.stop({ drain: true })
  await expect(bare.request('GET', '/status')).rejects.toThrow('not started')
})

describe('a drained host', () => {
  async function lateHost() {
    const { loadApp } = await import('../../sim/host/load-app.ts')
    const { app } = await import('@azure/functions')
    const gate = Promise.withResolvers<void>()
    const handler = () => gate.promise.then(() => ({ body: 'late' }))
    const host = createLocalHost({ app: await loadApp(async () => app.http('late', { handler })), settings: {} })
    await host.start()
    const stop = async () => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      const state = { isStopped: false }
      const stopped = host.stop({ drain: true }).then(() => {
        state.isStopped = true
      })
      await new Promise((resolve) => setTimeout(resolve, 50))
      return { state, stopped }
    }
    return { host, open: gate.resolve, stop }
  }

  test('answers the requests it has over a socket, and no new ones', async () => {
    const { host, open, stop } = await lateHost()
    const address = `http://127.0.0.1:${await host.listen()}/api/late`
    const answer = fetch(address)
    const { state, stopped } = await stop()
    expect(state.isStopped).toBe(false)
    await expect(fetch(address)).rejects.toThrow()
    open()
    expect(await (await answer).text()).toBe('late')
    await stopped
  })

  test('answers the requests it has in process', async () => {
    const { host, open, stop } = await lateHost()
    const answer = host.request('GET', '/api/late')
    const { state, stopped } = await stop()
    expect(state.isStopped).toBe(false)
    open()
    expect(await (await answer).text()).toBe('late')
    await stopped
  })
})

test('a stopped host answers nobody, and its port is free', async () => {
  const { loadApp } = await import('../../sim/host/load-app.ts')
  const { app } = await import('@azure/functions')
  const loaded = await loadApp(async () => app.http('again', { handler: () => ({ body: 'here' }) }))
  const first = createLocalHost({ app: loaded, settings: {} })
  await first.start()
  const taken = await first.listen()
  await first.stop({ drain: false })
  await expect(fetch(`http://127.0.0.1:${taken}/api/again`)).rejects.toThrow()
  const second = createLocalHost({ app: loaded, settings: {} })
  await second.start()
  expect(await second.listen(taken)).toBe(taken)
  await second.stop({ drain: true })
})
