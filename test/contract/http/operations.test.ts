import { describe, expect, test } from 'vitest'
import { type Answer, keys, serveApp, until } from './served-app.ts'

const app = serveApp()
const reading = { key: keys.reading }

const preview = async (request: Record<string, unknown> = {}): Promise<Answer> =>
  app.ask('POST', '/api/previews', { body: { pairId: 'personal-uk', kind: 'failover', ...request } })

describe('keys', () => {
  const lookingAt = ['/api/health', '/api/operations', '/api/operations/failover-x-1']
  const changing = ['/api/previews', '/api/operations', '/api/operations/failover-x-1/control', '/api/inventory']

  test.each(lookingAt)('%s opens with either key, and with no other', async (path) => {
    const statuses = await Promise.all(
      [keys.reading, keys.changing, null, 'wrong', ''].map(async (key) => (await app.ask('GET', path, { key })).status),
    )
    expect(statuses.map((status) => status === 401)).toEqual([false, false, true, true, true])
  })

  test.each(changing)('%s stays shut for the key for reading and for a claimed name', async (path) => {
    const before = await app.everything()
    const headers = { 'x-ms-client-principal-name': 'admin@contoso.com', 'x-ms-client-principal': 'e30=' }
    for (const key of [keys.reading, null, 'wrong'])
      expect((await app.ask('POST', path, { key, headers, body: {} })).status).toBe(401)
    expect(await app.everything()).toEqual(before)
  })

  test('may stand in the address, as the platform allows', async () => {
    expect((await app.ask('GET', `/api/health?code=${keys.reading}`, { key: null })).status).toBe(200)
  })
})

describe('a preview', () => {
  test('names the hosts, the milestones and the hash, and keeps the spec to itself', async () => {
    const { status, json } = await preview()
    expect(status).toBe(200)
    expect(json).toMatchObject({ refusals: [], hash: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(json.hosts).toHaveLength(6)
    expect(json).not.toHaveProperty('spec')
  })

  test('that refuses is an answer with reasons and without a hash', async () => {
    const { status, json } = await preview({ pairId: 'pooled-uk', kind: 'failback' })
    expect([status, json.hash]).toEqual([200, undefined])
    expect(json.refusals).toContainEqual(expect.objectContaining({ code: 'wrongDirection' }))
  })
})

type Side = { sessionHosts: unknown[] }
type Seen = { pairs: { 'personal-uk': { primary: Side; secondary: Side } } }

describe('an operation', () => {
  test('that would do something else by now is refused', async () => {
    const { json } = await preview()
    const container = app.storage().blobs.getContainerClient('inventory')
    const name = 'latest.json'
    const before = (await container.getBlobClient(name).downloadToBuffer()).toString()
    const inventory = JSON.parse(before) as Seen
    const { primary, secondary } = inventory.pairs['personal-uk']
    for (const side of [primary, secondary]) side.sessionHosts.pop()
    const changed = JSON.stringify(inventory)
    await container.uploadBlockBlob(name, changed, Buffer.byteLength(changed))
    const started = await app.ask('POST', '/api/operations', { body: { hash: json.hash } })
    expect([started.status, started.json.code]).toEqual([409, 'changed'])
    await container.uploadBlockBlob(name, before, Buffer.byteLength(before))
  })

  test('is accepted within a second, found at its location, and repeated by its key alone', async () => {
    const { json } = await preview()
    const body = { hash: json.hash, idempotencyKey: 'night-1' }
    const began = performance.now()
    const started = await app.ask('POST', '/api/operations', { body })
    expect(performance.now() - began).toBeLessThan(1_000)
    expect(started.status).toBe(202)
    const location = started.headers.get('location') ?? ''
    expect(location).toMatch(/^\/api\/operations\/failover-personal-uk-[0-9a-f]{8}-night-1$/)

    const again = await app.ask('POST', '/api/operations', { body })
    expect([again.status, again.headers.get('location')]).toEqual([202, location])

    const shown = async () => (await app.ask('GET', location, reading)).json
    expect(await shown()).toMatchObject({
      kind: 'failover',
      pairId: 'personal-uk',
      requestedBy: 'key:changing',
      hosts: { total: 6, done: 0, failed: 0, out: 0 },
      stages: [
        { name: 'secure', tasks: { total: 1 } },
        { name: 'desktops', tasks: { total: 6 } },
      ],
      eta: expect.arrayContaining([{ name: 'over', at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) }]),
    })
    const events = await app.ask('GET', `${location}?view=events`, reading)
    expect(events.json).toMatchObject([{ act: 'start', by: 'key:changing' }])
    expect((await app.ask('GET', `${location}?view=report`, reading)).json.code).toBe('noReport')
    expect((await app.ask('GET', `${location}?view=all`, reading)).json.code).toBe('invalidRequest')

    // Nobody answers in Azure's place: the stage opens, its task looks in vain and says so.
    await until(async () => {
      const tasks = await app.ask('GET', `${location}?view=tasks`, reading)
      return tasks.text.includes('"status":"open"')
    })
    const one = async (query: string) => (await app.ask('GET', `${location}?view=task${query}`, reading)).json
    const lookedAt = async () => (await one('&stage=secure&key=personal-uk')) as { timeline?: unknown[] }
    await until(async () => ((await lookedAt()).timeline ?? []).length > 0)
    expect(await lookedAt()).toMatchObject({
      stage: 'secure',
      subject: 'personal-uk',
      status: 'open',
      step: expect.stringMatching(/^\w+@primary$/),
      timeline: [{ at: expect.stringMatching(/Z$/), text: expect.any(String) }],
    })
    expect(await one('&stage=secure&key=nobody')).toMatchObject({ status: 404, code: 'unknownTask' })
    expect(await one('&stage=desktops&key=avd-1')).toMatchObject({ status: 404, code: 'unknownTask' })
    expect(await one('&stage=nowhere&key=avd-1')).toMatchObject({ status: 404, code: 'unknownTask' })
    expect(await one('&stage=secure')).toMatchObject({ code: 'invalidRequest', problems: [{ path: 'key' }] })
    expect(await one(`&stage=${'x'.repeat(41)}&key=a`)).toMatchObject({ code: 'invalidRequest' })
    const elsewhere = await app.ask('GET', '/api/operations/failover-x-1?view=task&stage=secure&key=a', reading)
    expect(elsewhere.json.code).toBe('unknownOperation')
    const list = await app.ask('GET', '/api/operations', reading)
    expect(list.json.active).toMatchObject([{ id: location.split('/').at(-1), status: 'running' }])
  })

  test('pauses, resumes and aborts, and says why it does not', async () => {
    const { json } = await app.ask('GET', '/api/operations', reading)
    const [{ id }] = json.active as [{ id: string }]
    const order = async (body: Record<string, unknown>) => app.ask('POST', `/api/operations/${id}/control`, { body })
    expect(await order({ command: 'pause' })).toMatchObject({ status: 202, json: { intent: 'pause' } })
    expect(await order({ command: 'resume' })).toMatchObject({ status: 202, json: { intent: 'run' } })
    const refused = { status: 409, json: { code: 'refused' } }
    expect(await order({ command: 'reply', reply: 'wait' })).toMatchObject(refused)
    expect(await order({ command: 'retryFailed' })).toMatchObject(refused)
    expect(await order({ command: 'abort' })).toMatchObject({ status: 202, json: { intent: 'abort' } })
    expect(await order({ command: 'resume' })).toMatchObject(refused)
    const events = await app.ask('GET', `/api/operations/${id}?view=events`, reading)
    const acts = (events.json as unknown as { act: string }[]).map(({ act }) => act)
    expect(acts).toEqual(expect.arrayContaining(['start', 'pause', 'resume', 'abort']))
  })
})

describe('the inventory on demand', () => {
  test('does not lose what was known when nobody answers, and says what is old', async () => {
    const { status, json } = await app.ask('POST', '/api/inventory')
    expect(status).toBe(200)
    const [pooled] = json.pairs as { id: string; vms: unknown; gaps: { what: string; reason: string }[] }[]
    expect(pooled).toMatchObject({ id: 'pooled-uk', vms: { primary: expect.any(Number) } })
    expect(pooled?.gaps).toContainEqual({
      what: 'primary: vms',
      reason: expect.stringMatching(/\(as last seen \d{4}-\d\d-\d\dT/),
    })
  })
})

describe('health', () => {
  test('tells the ages and what is amiss', async () => {
    const { status, json } = await app.ask('GET', '/api/health', reading)
    expect(status).toBe(200)
    expect(json).toMatchObject({ storage: 'ok', status: 'degraded', sweep: { age: expect.any(Number) } })
    expect(json.troubles).toEqual([
      expect.stringMatching(/parts of the inventory could not be read/),
      expect.stringMatching(/^rules of pair personal-uk were never evaluated: failover-personal-uk-.* was at work/),
      expect.stringMatching(/^pair pooled-uk could not be moved now: inventoryGap/),
    ])
  })
})
