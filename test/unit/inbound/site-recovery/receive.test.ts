import { describe, expect, test } from 'vitest'
import { createMemoryStorage } from '../../../../sim/storage/memory-storage.ts'
import { silentLog } from '../../../../sim/virtual/app.ts'
import { edge } from '../../../../src/lib/inbound/edge.ts'
import { PlanUnusable } from '../../../../src/lib/inbound/problem.ts'
import { webhookSchema } from '../../../../src/lib/inbound/requests.ts'
import { receive } from '../../../../src/lib/inbound/site-recovery/receive.ts'
import type { Inventory } from '../../../../src/lib/model/inventory.ts'
import type { DrPlan } from '../../../../src/lib/plan/schema.ts'
import { StorageAway } from '../../../../src/lib/storage/errors.ts'
import { createEventStore } from '../../../../src/lib/storage/event-store.ts'
import { inventoryOf, itemOf, personalSeen, planOf, subscription, vmIdOf, withoutPart } from '../../../support/plans.ts'
import { commonAlert, gridEvent, handshake, operations, planContext } from './bodies.ts'

const vault = `/subscriptions/${subscription}/resourceGroups/rg-v/providers/Microsoft.RecoveryServices/vaults/vault`
const item = (name: string) =>
  `${vault}/replicationFabrics/f/replicationProtectionContainers/c/replicationProtectedItems/${name}`
const seen = inventoryOf({
  personal: {
    ...personalSeen,
    replicatedItems: [itemOf('pc-1', { id: item('pc-1') }), itemOf('other-1', { id: item('other-1') })],
  },
})

type Given = { readonly inventory?: Inventory | undefined; readonly plan?: () => DrPlan }

function open(given: Given = {}) {
  const { plan = () => planOf() } = given
  const inventory = 'inventory' in given ? given.inventory : seen
  let now = 1_900_000_000_000
  const events = createEventStore(createMemoryStorage({ now: () => now }).table('siteRecoveryEvents'))
  const world = { clock: { now: () => now, latest: () => now, monotonic: () => now }, events, log: silentLog }
  return {
    world,
    ask: async (body: unknown) => {
      const { status, body: text } = await receive({ world, plan, inventory: async () => inventory }, body)
      return { status, ...(JSON.parse(text) as Record<string, readonly Record<string, unknown>[]>) }
    },
    stored: async () => (await events.open()).map(({ value }) => value),
    pass: (length: number) => {
      now += length
    },
  }
}

describe('the webhook of Site Recovery', () => {
  test('accepts what concerns a desktop of the plan, once it is stored', async () => {
    const { ask, stored } = open()
    const answer = await ask(commonAlert({ scope: item('pc-1') }))
    expect(answer).toMatchObject({
      status: 202,
      accepted: [{ what: 'unplannedFailover Accepted', isNew: true }],
      ignored: [],
    })
    expect(await stored()).toMatchObject([{ itemIds: [item('pc-1').toLowerCase()], settled: [] }])
  })

  test('answers a delivery that comes again alike, and stores nothing', async () => {
    const { ask, stored, pass } = open()
    await ask(commonAlert({ scope: item('pc-1') }))
    pass(20_000)
    expect(await ask(commonAlert({ scope: item('pc-1') }))).toMatchObject({ status: 202, accepted: [{ isNew: false }] })
    expect(await stored()).toHaveLength(1)
  })

  test('keeps of a recovery plan the machines that are in the plan, by any spelling', async () => {
    const { ask, stored } = open()
    expect(await ask(planContext({}, ['PC-2', 'web-1']))).toMatchObject({ status: 202 })
    expect(await stored()).toMatchObject([{ vms: ['PC-2'] }])
  })

  test.each([
    ['of a vault that protects no pair', commonAlert(), 'No pair of the plan is protected by this vault.'],
    [
      'of a machine of another team in the same vault',
      commonAlert({ scope: item('other-1') }),
      'No pair of the plan has a host of this name: other-1.',
    ],
    [
      'of machines that are no desktops',
      planContext({}, ['web-1', 'sql-1']),
      'No pair of the plan has a host of this name: sql-1, web-1.',
    ],
    [
      'of a test failover',
      commonAlert({ operation: operations.testFailover, scope: item('pc-1') }),
      'It is a test failover: no user works on what it makes.',
    ],
  ])('ignores news %s, and says why', async (_, body, why) => {
    const { ask, stored } = open()
    expect(await ask(body)).toMatchObject({ status: 200, accepted: [], ignored: [{ why }] })
    expect(await stored()).toEqual([])
  })

  test.each([
    ['the item is new to the inventory', commonAlert({ scope: item('pc-9') }), seen],
    ['no inventory has been taken', planContext({}, ['web-1']), undefined],
    [
      'the hosts could not be read',
      planContext({}, ['web-1']),
      inventoryOf({
        personal: withoutPart(withoutPart(personalSeen, 'primary', 'sessionHosts'), 'secondary', 'sessionHosts'),
      }),
    ],
  ])('looks rather than ignores when %s', async (_, body, inventory) => {
    const { ask, stored } = open({ inventory })
    expect(await ask(body)).toMatchObject({ status: 202 })
    expect(await stored()).toHaveLength(1)
  })

  test('stores what comes while the plan cannot be used: it may be mended in time', async () => {
    const { ask, stored } = open({
      plan: () => {
        throw new PlanUnusable([])
      },
    })
    expect(await ask(commonAlert())).toMatchObject({ status: 202 })
    expect(await stored()).toHaveLength(1)
  })

  test('answers the handshake of Event Grid with its code', async () => {
    const { ask, stored } = open()
    expect(await ask([handshake])).toEqual({ status: 200, validationResponse: 'ABC-123' })
    expect(await stored()).toEqual([])
  })

  test('refuses a batch with one event that cannot be read, and stores none of it', async () => {
    const { ask, stored } = open()
    expect(await ask([gridEvent({ scope: item('pc-1') }), { eventType: 'x' }])).toMatchObject({
      status: 400,
      code: 'invalidRequest',
    })
    expect(await stored()).toEqual([])
  })

  test('does not answer for what could not be stored, and the edge asks for another try', async () => {
    const { world } = open()
    const away = async () => {
      throw new StorageAway('no answer')
    }
    const running = { log: silentLog, ready: async () => {}, sweepIfDue: async () => {} }
    const route = edge({
      app: () => running,
      right: 'changing',
      body: webhookSchema,
      handle: ({ body }) =>
        receive(
          {
            world: { ...world, events: { ...world.events, add: away } },
            plan: () => planOf(),
            inventory: async () => seen,
          },
          body,
        ),
    })
    const text = JSON.stringify(commonAlert({ scope: item('pc-1') }))
    const answer = await route(
      {
        headers: new Headers({ 'content-type': 'application/json', 'x-functions-key': 'k' }),
        query: new URLSearchParams(),
        params: {},
        body: (async function* () {
          yield new TextEncoder().encode(text)
        })(),
      },
      { invocationId: 'i', error: () => {} },
    )
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5'])
  })

  test('takes machines by their ids as well', async () => {
    const { ask } = open()
    const context = planContext({}, [vmIdOf('rg-p', 'pc-3')])
    expect(await ask(context)).toMatchObject({ status: 202 })
  })
})
