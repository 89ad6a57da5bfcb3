import { describe, expect, test } from 'vitest'
import { fleetIds } from '../../../sim/fleets/fleet-ids.ts'
import { planTextFor } from '../../../sim/fleets/plan-text.ts'
import { isoOf } from '../../../src/lib/core/time.ts'
import { oneSideHasAccess } from '../../../src/lib/drift/rules/one-side-has-access.ts'
import { sameImage } from '../../../src/lib/drift/rules/same-image.ts'
import { createAzureTable } from '../../../src/lib/storage/azure-table.ts'
import { createFindingStore } from '../../../src/lib/storage/finding-store.ts'
import { recordOf } from '../../support/findings.ts'
import { keys, serveApp, until } from './served-app.ts'

const waiver = { rule: 'same-image', reason: 'rolled out on Monday', by: 'ops', until: '2000-01-01' }
const app = serveApp({ plan: planTextFor(fleetIds('tiny'), { drift: { waivers: [waiver] } }) })

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

describe('what was found', () => {
  const store = () => createFindingStore(createAzureTable(app.storage().table('findings')))
  const found = recordOf('vm-1', { pairId: 'personal-uk', fix: { kind: 'drainHost', side: 'secondary', host: 'vm-1' } })

  test('is told with title, fix and what to do, open or resolved as it is asked, beside waivers that are over', async () => {
    const resolved = {
      ...found,
      fingerprint: 'same-image:vm-2',
      subject: 'vm-2',
      status: 'resolved',
      resolvedAt: 1,
    } as const
    await store().save({ pairId: 'personal-uk' }, undefined, [found, resolved])
    const { json } = await get('/api/findings/personal-uk')
    expect(json.pairs).toMatchObject([
      {
        pairId: 'personal-uk',
        findings: [
          {
            subject: 'vm-1',
            title: sameImage.title,
            howToFix: sameImage.howToFix,
            fix: found.fix,
            since: isoOf(found.since),
          },
        ],
      },
    ])
    expect(json.waivers).toEqual([{ ...waiver, findings: 1, state: 'expired' }])
    const gone = await pairsNow('/api/findings/personal-uk?status=resolved')
    expect(gone[0]?.findings).toMatchObject([{ subject: 'vm-2', resolvedAt: '1970-01-01T00:00:00Z' }])
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
