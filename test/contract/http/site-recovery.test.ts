import { describe, expect, test } from 'vitest'
import { fleetIds } from '../../../sim/fleets/fleet-ids.ts'
import { planTextFor } from '../../../sim/fleets/plan-text.ts'
import { planOf } from '../../support/plans.ts'
import { commonAlert, gridEvent, handshake, planContext } from '../../unit/inbound/site-recovery/bodies.ts'
import { keys, serveApp } from './served-app.ts'

const app = serveApp()
const path = '/api/webhooks/site-recovery'
const pair = planOf(planTextFor(fleetIds('tiny'))).pairs.find(({ vault }) => vault !== undefined)
const scope = `${pair?.vault}/replicationFabrics/f/replicationProtectionContainers/c/replicationProtectedItems/new`

const stored = async () => (await app.everything()).filter((line) => line.startsWith('row siteRecoveryEvents'))

describe('POST /api/webhooks/site-recovery', () => {
  test.each([
    ['without a key', null, commonAlert({ scope }), 401],
    ['with the key for reading', keys.reading, commonAlert({ scope }), 401],
    ['with a wrong key', 'wrong', commonAlert({ scope }), 401],
    ['that is larger than a megabyte', keys.changing, `["${'x'.repeat(1_024 * 1_024)}"]`, 413],
    ['that is no JSON', keys.changing, '{"schemaId":', 400],
    ['that is of no known sort', keys.changing, { hello: 'world' }, 400],
    ['with one event that cannot be read', keys.changing, [gridEvent({ scope }), {}], 400],
  ])('refuses a message %s and stores nothing', async (_, key, body, status) => {
    expect((await app.ask('POST', path, { key, body })).status).toBe(status)
    expect(await stored()).toEqual([])
  })

  test('answers what does not concern the plan with the reason, and stores nothing', async () => {
    const answers = [
      await app.ask('POST', path, { body: planContext({ FailoverType: 'Test' }) }),
      await app.ask('POST', path, { body: planContext({}, ['nobody-1']) }),
      await app.ask('POST', path, { body: commonAlert() }),
      await app.ask('POST', path, { body: [handshake] }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(answers.at(-1)?.json).toEqual({ validationResponse: 'ABC-123' })
    expect(await stored()).toEqual([])
  })

  test('stores once what does, however often and with whichever key it comes', async () => {
    const first = await app.ask('POST', path, { body: commonAlert({ scope }) })
    const again = await app.ask('POST', `${path}?code=${keys.changing}`, { key: null, body: commonAlert({ scope }) })
    expect([first.status, again.status]).toEqual([202, 202])
    expect([first.json.accepted, again.json.accepted]).toMatchObject([[{ isNew: true }], [{ isNew: false }]])
    expect(await stored()).toHaveLength(1)
  })

  test('takes a batch of Event Grid that is longer than what people may send', async () => {
    const body = Array.from({ length: 300 }, (_, i) => gridEvent({ scope, id: `e-${i}`, correlation: 'c-many' }))
    const { status, json } = await app.ask('POST', path, { body })
    expect(JSON.stringify(body).length).toBeGreaterThan(256 * 1_024)
    expect([status, (json.accepted as unknown[]).length]).toEqual([202, 300])
    expect(await stored()).toHaveLength(2)
  })
})

describe('GET /api/pairs/{id}/protection', () => {
  test('tells what is looked at, and how the desktops are', async () => {
    const { status, json } = await app.ask('GET', `/api/pairs/${pair?.id}/protection`, { key: keys.reading })
    expect(status).toBe(200)
    expect(json).toMatchObject({
      pairId: pair?.id,
      unprotected: 0,
      waiting: [],
      events: [{ what: 'unplannedFailover Accepted' }, {}],
    })
  })

  test('knows no other pairs, and opens to no stranger', async () => {
    const statuses = [
      (await app.ask('GET', '/api/pairs/nobody/protection')).status,
      (await app.ask('GET', '/api/pairs/..%2Fx/protection')).status,
      (await app.ask('GET', `/api/pairs/${pair?.id}/protection`, { key: null })).status,
    ]
    expect(statuses).toEqual([404, 404, 401])
  })
})

test('the timer leaves what Azure does not answer for the next time', async () => {
  await app.host().runTimer('follow-ups')
  expect((await stored()).every((line) => line.includes(' open/'))).toBe(true)
})
