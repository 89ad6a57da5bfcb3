import { describe, expect, test } from 'vitest'
import { oneSideHasAccess } from '../../../src/lib/drift/rules/one-side-has-access.ts'
import { keys, serveApp, until } from './served-app.ts'

const app = serveApp()

type Pair = {
  readonly pairId: string
  readonly evaluatedAt?: string
  readonly inventoryAge?: number
  readonly findings: readonly Readonly<Record<string, unknown>>[]
  readonly unchecked: readonly Readonly<Record<string, unknown>>[]
  readonly notEvaluated?: { readonly reason: string }
}

const get = (path: string) => app.ask('GET', path, { key: keys.reading })
const pairsNow = async (path = '/api/findings') => (await get(path)).json.pairs as readonly Pair[]

describe('GET /api/findings', () => {
  test.each(['/api/findings', '/api/findings/pooled-uk'])(
    '%s opens with the key for reading and with no other word',
    async (path) => {
      const statuses = await Promise.all(
        [keys.reading, keys.changing, null, 'wrong'].map(async (key) => (await app.ask('GET', path, { key })).status),
      )
      expect(statuses).toEqual([200, 200, 401, 401])
    },
  )

  test('says that nothing was evaluated before there was an inventory', async () => {
    expect(await pairsNow()).toMatchObject([
      { pairId: 'pooled-uk', findings: [], notEvaluated: { reason: expect.stringContaining('No inventory') } },
      { pairId: 'personal-uk' },
    ])
  })

  test('knows neither other pairs nor other words', async () => {
    const answers = await Promise.all(
      ['/api/findings/nobody', '/api/findings?status=all', '/api/findings/pooled-uk?status='].map(get),
    )
    expect(answers.map(({ status, json }) => [status, json.code])).toEqual([
      [404, 'unknownPair'],
      [400, 'invalidRequest'],
      [400, 'invalidRequest'],
    ])
    expect((await get('/api/findings/..%2F..%2Fpairs')).status).toBe(404)
  })
})

describe('an inventory that nothing of Azure answered', () => {
  test('opens no finding, and leaves every rule that asks Azure unchecked, with the reason', async () => {
    expect((await app.ask('POST', '/api/inventory')).status).toBe(200)
    await until(async () => (await pairsNow())[0]?.evaluatedAt !== undefined)
    const [pooled] = await pairsNow('/api/findings/pooled-uk')
    expect(pooled?.inventoryAge).toBeGreaterThanOrEqual(0)
    expect(pooled?.findings).toEqual([])
    expect(pooled?.unchecked.find(({ rule }) => rule === 'one-side-has-access')).toMatchObject({
      title: oneSideHasAccess.title,
      severity: 'critical',
      some: [{ subject: '', reason: expect.stringContaining('applicationGroups') }, expect.anything()],
    })
  })

  test('leaves its word with the health of the app', async () => {
    const { json } = await get('/api/health')
    expect(json.findings).toMatchObject({ critical: 0, unchecked: expect.any(Number) })
    expect((json.findings as { unchecked: number }).unchecked).toBeGreaterThan(0)
  })
})
