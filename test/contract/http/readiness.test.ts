import { describe, expect, test } from 'vitest'
import type { Inventory } from '../../../src/lib/model/inventory.ts'
import { keys, serveApp, until } from './served-app.ts'

const app = serveApp()

type Said = { readonly code: string; readonly subjects: readonly string[]; readonly reason?: string }
type Pair = {
  readonly pairId: string
  readonly can: string
  readonly evaluatedAt?: string
  readonly ways: readonly { readonly primary: string; readonly can: string; readonly refusals: readonly Said[] }[]
  readonly data: { readonly age: number; readonly gaps: number }
}

const get = (path: string) => app.ask('GET', path, { key: keys.reading })
const pairsNow = async (path = '/api/readiness') => (await get(path)).json.pairs as readonly Pair[]
const inventory = () => app.storage().blobs.getContainerClient('inventory').getBlockBlobClient('latest.json')

/** A lock on the resource group of the primary's pool, as an inventory would have seen it; hosts were seen this year. */
async function lock(): Promise<void> {
  const text = (await inventory().downloadToBuffer()).toString()
  const seen = JSON.parse(text.replace(/"lastHeartbeat":\d+/g, `"lastHeartbeat":${Date.now()}`)) as Inventory
  const scope = (seen.pairs['pooled-uk']?.primary.hostPool?.id ?? '').split('/providers/')[0] ?? ''
  const locks = [{ id: `${scope}/locks/keep`, name: 'keep', scope, level: 'CanNotDelete' as const }]
  const locked = JSON.stringify({ ...seen, estate: { ...(seen.estate ?? { gaps: [] }), locks } })
  await inventory().upload(locked, Buffer.byteLength(locked))
}

describe('GET /api/readiness', () => {
  test.each(['/api/readiness', '/api/readiness/pooled-uk'])(
    '%s opens with the key for reading and with no other word',
    async (path) => {
      const statuses = await Promise.all(
        [keys.reading, keys.changing, null, 'wrong'].map(async (key) => (await app.ask('GET', path, { key })).status),
      )
      expect(statuses).toEqual([200, 200, 401, 401])
    },
  )

  test('is no for pairs that were never evaluated', async () => {
    expect(await pairsNow()).toMatchObject([
      { pairId: 'pooled-uk', can: 'no', notEvaluated: { reason: expect.stringContaining('No inventory') } },
      { pairId: 'personal-uk', can: 'no' },
    ])
  })

  test('knows no other pair', async () => {
    const { status, json } = await get('/api/readiness/nobody')
    expect([status, json.code]).toEqual([404, 'unknownPair'])
    expect((await get('/api/readiness/..%2F..%2Flatest')).status).toBe(404)
  })
})

describe('a lock that holds a failover up', () => {
  const request = { pairId: 'pooled-uk', kind: 'failover' }
  const finding = { finding: 'no-delete-locks', reason: 'The lock goes tonight.' }

  test('refuses by its id, until the request overrides it; the reason is in what is hashed', async () => {
    await lock()
    const refused = (await app.ask('POST', '/api/previews', { body: request })).json
    const [said] = refused.refusals as readonly Said[]
    expect(refused).not.toHaveProperty('hash')
    expect(said).toMatchObject({ code: 'driftFinding', message: expect.stringContaining('keep (CanNotDelete)') })
    const preview = async (overrides: readonly object[]) =>
      (await app.ask('POST', '/api/previews', { body: { ...request, overrides } })).json
    const [overridden, named, otherwise] = await Promise.all([
      preview([finding]),
      preview([{ ...finding, finding: said?.subjects[0] }]),
      preview([{ ...finding, reason: 'Never mind.' }]),
    ])
    expect(overridden?.findings).toMatchObject([{ code: 'findingOverridden', reason: finding.reason }])
    expect(overridden?.hash).toMatch(/^[0-9a-f]{64}$/)
    expect(named?.hash).toBe(overridden?.hash)
    expect(otherwise?.hash).not.toBe(overridden?.hash)
  })

  test('is accepted with the hash when the primary is down', async () => {
    const { json } = await app.ask('POST', '/api/previews', { body: { ...request, primaryIsDown: true } })
    expect(json.hash).toMatch(/^[0-9a-f]{64}$/)
    expect((json.findings as readonly Said[]).map(({ code }) => code)).toContain('driftFinding')
  })
})

describe('an inventory that nothing of Azure answered', () => {
  test('leaves pairs that may be moved from what was seen last, once the primary is down', async () => {
    expect((await app.ask('POST', '/api/inventory')).status).toBe(200)
    await until(async () => (await pairsNow())[0]?.evaluatedAt !== undefined)
    const [pooled] = await pairsNow('/api/readiness/pooled-uk')
    expect(pooled?.can).toBe('yesBut')
    expect(pooled?.ways.map(({ primary, can }) => [primary, can])).toEqual([
      ['up', 'no'],
      ['down', 'yesBut'],
    ])
    expect(pooled?.data).toMatchObject({ gaps: expect.any(Number), oldest: { since: expect.any(String) } })
    expect((await get('/api/readiness/pooled-uk')).json.history).toMatchObject([{ can: 'yesBut' }])
  })
})
