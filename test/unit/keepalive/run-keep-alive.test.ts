import { describe, expect, test } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import {
  foldInventory,
  type KeepAliveAnswer,
  type KeepAliveOrder,
  runKeepAlive,
} from '../../../src/lib/keepalive/run-keep-alive.ts'
import { readStatuses } from '../../../src/lib/keepalive/tell-alarms.ts'
import type { Inventory } from '../../../src/lib/model/inventory.ts'
import type { World } from '../../../src/lib/ports/world.ts'
import { openEngine } from '../../support/engine-world.ts'
import { day } from '../../support/keep-alive-years.ts'
import { hostOf, inventoryOf, now, planOf, planText, pooledSeen, withSide } from '../../support/plans.ts'

const kept = planOf(
  planText.replace('strategy: pooledStandby', 'strategy: pooledStandby\n    keepAlive: { maxConcurrent: 2 }'),
)
const replace =
  '{ repair: replace, template: /subscriptions/3b6f9d52-7c1e-4a85-9f20-5d8e6a4c1b70/resourceGroups/rg/providers/Microsoft.Resources/templateSpecs/host/versions/1 }'
const names = ['vm-w1', 'vm-w2', 'vm-w3', 'vm-w4']

/** The standby hosts' last heartbeats lie so many days back. */
const agedInventory = (...ages: readonly number[]): Inventory => {
  const sessionHosts = names.map((name, i) =>
    hostOf('hp-w', 'rg-w', name, { status: 'Unavailable', lastHeartbeat: now - (ages[i] ?? 1) * day }),
  )
  return inventoryOf({ pooled: withSide(pooledSeen, 'secondary', { sessionHosts }) })
}

function open(inventory: Inventory | undefined, change?: (world: World) => World, answer?: KeepAliveAnswer) {
  const scene = openEngine(change, now)
  const orders: KeepAliveOrder[] = []
  const keepAlive = {
    world: scene.world,
    plan: kept,
    inventory: async () => inventory && { ...inventory, takenAt: scene.world.clock.now() - minutes(5) },
    start: async (order: KeepAliveOrder): Promise<KeepAliveAnswer> => {
      orders.push(order)
      return answer ?? { kind: 'started', operationId: 'keepAlive-1' }
    },
  }
  return { ...scene, orders, run: () => runKeepAlive(keepAlive), keepAlive }
}

describe('a run of the timer', () => {
  test('starts the hosts whose turn has come, as many as the plan allows, in one operation', async () => {
    const { run, orders } = open(agedInventory(30, 1, 40, 26))
    await run()
    expect(orders).toEqual([
      {
        pairId: 'pooled',
        wakes: [
          { side: 'secondary', host: 'vm-w3' },
          { side: 'secondary', host: 'vm-w1' },
        ],
        putBack: [],
        by: 'timer',
      },
    ])
  })

  test('keeps what the inventory says of heartbeats, and does nothing where nothing is due', async () => {
    const { run, orders, world } = open(agedInventory(1, 2, 3, 4))
    await run()
    expect(orders).toEqual([])
    expect((await world.hosts.list('pooled')).map(({ value }) => (now - (value.lastProof ?? 0)) / day)).toEqual([
      1, 2, 3, 4,
    ])
  })

  test('starts nothing while an operation holds the pair', async () => {
    const { run, orders, world } = open(agedInventory(30))
    const pair = await world.pairs.load('pooled')
    await world.pairs.save({ ...pair.value, heldBy: { operationId: 'failover-1', kind: 'failover' } }, pair.etag)
    await run()
    expect(orders).toEqual([])
  })

  test('starts nothing on an inventory that is missing, too old or has a gap, and says so', async () => {
    const gaps = [{ what: 'vms', reason: 'throttled: later' }]
    const blind = withSide(agedInventory(30).pairs.pooled ?? pooledSeen, 'secondary', { gaps })
    const old = open(agedInventory(30))
    const scenes = [open(undefined), open(inventoryOf({ pooled: blind })), old]
    old.keepAlive.inventory = async () => ({ ...agedInventory(30), takenAt: now - hours(6) - 1 })
    for (const { run, orders, sent } of scenes) {
      await run()
      expect(orders).toEqual([])
      expect(sent('notifications')).toMatchObject([{ event: 'keepAliveAlarm', pairId: 'pooled', code: 'unread' }])
    }
  })

  test('puts back what an earlier wake-up left, whether the window is open or not, and not every few minutes', async () => {
    const { run, orders, world, pass } = open(agedInventory(1))
    pass(hours(12))
    await world.hosts.save({
      pairId: 'pooled',
      side: 'secondary',
      host: 'vm-w2',
      firstSeen: 0,
      startFailures: [],
      left: ['undrainHost'],
      leftSince: now,
    })
    await run()
    pass(minutes(15))
    await run()
    expect(orders).toEqual([
      {
        pairId: 'pooled',
        wakes: [],
        putBack: [{ side: 'secondary', host: 'vm-w2', left: ['undrainHost'] }],
        by: 'timer',
      },
    ])
    pass(hours(1))
    await run()
    expect(orders).toHaveLength(2)
  })

  test('has one lapsed host replaced, whether the window is open or not, and only where the plan says so', async () => {
    const { run, orders, world, pass, keepAlive } = open(agedInventory(1, 91))
    pass(hours(12))
    const at = world.clock.now() - minutes(5)
    const clock = {
      pairId: 'pooled',
      side: 'secondary',
      host: 'vm-w2',
      firstSeen: 0,
      startFailures: [],
      left: [],
    } as const
    await world.hosts.save({ ...clock, lastWake: { operationId: 'op', at, outcome: 'noHeartbeat' } })
    await run()
    expect(orders).toEqual([])
    keepAlive.plan = planOf(
      planText.replace('strategy: pooledStandby', `strategy: pooledStandby\n    keepAlive: ${replace}`),
    )
    await run()
    expect(orders).toEqual([
      { pairId: 'pooled', wakes: [], putBack: [], repair: { side: 'secondary', host: 'vm-w2' }, by: 'timer' },
    ])
  })

  test('replaces nobody on the side where users work by now, whatever a repair left there', async () => {
    const { run, orders, world, keepAlive } = open(agedInventory(1))
    keepAlive.plan = planOf(
      planText.replace('strategy: pooledStandby', `strategy: pooledStandby\n    keepAlive: ${replace}`),
    )
    const lastRepair = { operationId: 'op', at: now - 2 * day, outcome: 'repairFailed', vmId: '/vm' } as const
    const clock = {
      pairId: 'pooled',
      side: 'secondary',
      host: 'vm-w9',
      firstSeen: 0,
      startFailures: [],
      left: [],
    } as const
    await world.hosts.save({ ...clock, lastRepair })
    const pair = await world.pairs.load('pooled')
    await world.pairs.save({ ...pair.value, activeSide: 'secondary' }, pair.etag)
    await run()
    expect(orders.map(({ repair }) => repair)).toEqual([])
    const moved = await world.pairs.load('pooled')
    await world.pairs.save({ ...moved.value, activeSide: 'primary' }, moved.etag)
    await run()
    expect(orders.map(({ repair }) => repair)).toEqual([{ side: 'secondary', host: 'vm-w9', vmId: '/vm' }])
  })

  test('after a failover looks after the side that was left', async () => {
    const { run, orders, world } = open(agedInventory(30))
    const pair = await world.pairs.load('pooled')
    await world.pairs.save({ ...pair.value, activeSide: 'secondary' }, pair.etag)
    await run()
    expect(orders).toEqual([])
    expect((await world.hosts.list('pooled')).map(({ value }) => value.side)).toEqual(Array(4).fill('primary'))
  })

  test('tells a wake-up that does not end', async () => {
    const { run, world, sent, pass } = open(agedInventory(1))
    const record = { id: 'keepAlive-1', state: { startedAt: now } }
    const pair = await world.pairs.load('pooled')
    await world.pairs.save({ ...pair.value, heldBy: { operationId: 'keepAlive-1', kind: 'keepAlive' } }, pair.etag)
    const operations = { ...world.operations, load: async () => ({ value: record, etag: '1' }) as never }
    const plan = { ...kept }
    const late = {
      world: { ...world, operations },
      plan,
      inventory: async () => agedInventory(1),
      start: async () => ({ kind: 'started' as const, operationId: '' }),
    }
    await runKeepAlive(late)
    expect(sent('notifications')).toEqual([])
    pass(hours(8) + 1)
    await run()
    await runKeepAlive({ ...late, inventory: async () => ({ ...agedInventory(1), takenAt: now + hours(8) }) })
    expect(sent('notifications')).toMatchObject([
      { code: 'onTooLong', message: 'keepAlive-1 has been waking hosts for more than 8 h.' },
    ])
  })

  test('that fails for one pair is told, remembered, and not the other pairs’ trouble', async () => {
    const both = planOf(planText.replaceAll(/strategy: (\w+)/g, 'strategy: $1\n    keepAlive: {}'))
    const broken = open(agedInventory(30), (world) => ({
      ...world,
      hosts: {
        ...world.hosts,
        list: (pairId) => (pairId === 'personal' ? Promise.reject(new Error('damaged row')) : world.hosts.list(pairId)),
      },
    }))
    const reversed = { ...both, pairs: [...both.pairs].reverse() }
    await runKeepAlive({ ...broken.keepAlive, plan: reversed })
    expect(broken.orders.map(({ pairId }) => pairId)).toEqual(['pooled'])
    expect((await readStatuses(broken.world.pacers)).map(({ pairId, failure }) => [pairId, failure])).toEqual([
      ['personal', 'damaged row'],
      ['pooled', undefined],
    ])
  })

  test('that the engine refuses leaves everything to the next run', async () => {
    const { run, orders } = open(agedInventory(30), undefined, { kind: 'refused', code: 'pairHeld', message: 'held' })
    await run()
    await run()
    expect(orders).toHaveLength(2)
  })

  test('does nothing at all where no pair is kept', async () => {
    const { keepAlive, world } = open(agedInventory(30))
    await runKeepAlive({ ...keepAlive, plan: planOf() })
    await foldInventory({ world, plan: planOf() }, agedInventory(30))
    expect([await world.hosts.list('pooled'), await readStatuses(world.pacers)]).toEqual([[], []])
  })
})

describe('alarms', () => {
  const near = agedInventory(61, 1, 1, 1)

  test('are sent when they begin, when they get worse, and once a day', async () => {
    const scene = open(agedInventory(61, 60 - 20 / 1_440, 1, 1), undefined, {
      kind: 'refused',
      code: 'pairHeld',
      message: 'held',
    })
    const told = () => scene.sent('notifications').map(({ code, count }) => `${code} ${count}`)
    await scene.run()
    scene.pass(minutes(15))
    await scene.run()
    expect(told()).toEqual(['nearExpiry 1'])
    scene.pass(minutes(15))
    await scene.run()
    expect(told()).toEqual(['nearExpiry 1', 'nearExpiry 2'])
    scene.pass(hours(24))
    await scene.run()
    expect(told()).toEqual(['nearExpiry 1', 'nearExpiry 2', 'nearExpiry 2'])
  })

  test('say which hosts, and stay with the pair until the next run', async () => {
    const { run, sent, world } = open(near)
    await run()
    expect(sent('notifications')).toEqual([
      {
        v: 1,
        event: 'keepAliveAlarm',
        pairId: 'pooled',
        code: 'nearExpiry',
        message: '1 host: no heartbeat for more than 60 d, the first lapses 2026-04-12T21:00:00Z.',
        hosts: ['vm-w1'],
        count: 1,
      },
    ])
    expect(await readStatuses(world.pacers)).toMatchObject([
      { pairId: 'pooled', ranAt: now, alarms: [{ code: 'nearExpiry', hosts: 1 }] },
    ])
  })

  test('that are over are forgotten, and told again when they come back', async () => {
    const { keepAlive, run, sent, world } = open(near)
    await run()
    const clock = await world.hosts.load('pooled', 'secondary', 'vm-w1')
    if (clock) await world.hosts.save({ ...clock.value, lastProof: now }, clock.etag)
    await run()
    expect((await readStatuses(world.pacers))[0]).toMatchObject({ alarms: [], told: {} })
    keepAlive.inventory = async () => undefined
    await run()
    expect(sent('notifications').map(({ code }) => code)).toEqual(['nearExpiry', 'unread'])
  })
})
