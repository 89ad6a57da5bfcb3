import { describe, expect, test } from 'vitest'
import { fleetIds } from '../../../sim/fleets/fleet-ids.ts'
import { planTextFor } from '../../../sim/fleets/plan-text.ts'
import { keys, serveApp, until } from './served-app.ts'

/** Open since the full hour, and for long enough. */
const hour = (ahead: number) => `${String((new Date().getUTCHours() + ahead) % 24).padStart(2, '0')}:00`
const keepAlive = { maxConcurrent: 2, window: { from: hour(0), to: hour(6) } }
const text = planTextFor(fleetIds('tiny'))
const strategy = /( *)"?strategy"?: "?pooledStandby"?,?/
const app = serveApp({
  plan: text.replace(strategy, (line, indent) => `${line}\n${indent}keepAlive: ${JSON.stringify(keepAlive)}`),
})

type Pair = Readonly<Record<string, unknown>> & { readonly hosts: readonly Readonly<Record<string, unknown>>[] }

const pairsNow = async () =>
  (await app.ask('GET', '/api/keep-alive', { key: keys.reading })).json.pairs as readonly Pair[]

describe('GET /api/keep-alive', () => {
  test('opens with the key for reading and with no other word', async () => {
    const statuses = await Promise.all(
      [keys.reading, keys.changing, null, 'wrong'].map(
        async (key) => (await app.ask('GET', '/api/keep-alive', { key })).status,
      ),
    )
    expect(statuses).toEqual([200, 200, 401, 401])
  })

  test('tells the hosts of the pair that is kept, and names the pair that is not', async () => {
    const [pooled, personal] = await pairsNow()
    expect(pooled).toMatchObject({
      id: 'pooled-uk',
      keepAlive: 'on',
      standbySide: 'secondary',
      capacity: { isEnough: true },
    })
    expect(pooled?.hosts.length).toBeGreaterThan(2)
    expect(pooled?.hosts[0]).toMatchObject({
      side: 'secondary',
      daysLeft: expect.any(Number),
      reason: expect.any(String),
    })
    expect(personal).toMatchObject({
      id: 'personal-uk',
      keepAlive: 'off',
      why: expect.stringContaining('no keepAlive'),
    })
  })
})

describe('the timer', () => {
  test('starts one operation for the pair, and not another while it runs', async () => {
    // The simulated hosts were last seen in another year.
    await app.host().runTimer('keep-alive')
    await until(async () => (await pairsNow())[0]?.heldBy !== undefined)
    await app.host().runTimer('keep-alive')
    const { json } = await app.ask('GET', '/api/operations')
    expect(json.active).toMatchObject([{ kind: 'keepAlive', pairId: 'pooled-uk', requestedBy: 'timer' }])
    const [{ id }] = json.active as [{ id: string }]
    const tasks = await app.ask('GET', `/api/operations/${id}?view=tasks`)
    expect(tasks.status).toBe(200)
  })

  test('leaves its word with the health of the app', async () => {
    const { json } = await app.ask('GET', '/api/health')
    expect(json.keepAlive).toEqual({ on: ['pooled-uk'], off: ['personal-uk'] })
    expect(json.troubles).toContainEqual(
      expect.stringMatching(/^keep-alive of pair pooled-uk: \d+ hosts?: no heartbeat/),
    )
  })
})
