import { expect, test } from 'vitest'
import { keys, serveApp } from './served-app.ts'

const app = serveApp({ plan: 'version: 1\nname: "x"\npairs:\n  - id: UPPER\n    strategy: hope\n' })

test('a plan with problems stops what plans, with all problems, and nothing else', async () => {
  const preview = await app.ask('POST', '/api/previews', { body: { pairId: 'pooled-uk', kind: 'failover' } })
  expect([preview.status, preview.json.code]).toEqual([422, 'planUnusable'])
  const paths = (preview.json.problems as { path: string }[]).map(({ path }) => path)
  expect(paths).toEqual(expect.arrayContaining(['pairs[0].id', 'pairs[0].strategy', 'pairs[0].primary']))

  const inventory = await app.ask('POST', '/api/inventory')
  expect([inventory.status, inventory.json.code]).toEqual([422, 'planUnusable'])

  const health = await app.ask('GET', '/api/health', { key: keys.reading })
  expect(health.json).toMatchObject({ status: 'degraded', plan: { problems: preview.json.problems } })
  expect((await app.ask('GET', '/api/operations', { key: keys.reading })).status).toBe(200)
})
