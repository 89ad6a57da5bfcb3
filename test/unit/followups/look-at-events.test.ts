import { describe, expect, test } from 'vitest'
import { hours, minutes, seconds } from '../../../src/lib/core/time.ts'
import { lookAtEvents } from '../../../src/lib/followups/look-at-events.ts'
import { planOf } from '../../support/plans.ts'
import { event, item, itemId, job, moved, openScene, start } from './scene.ts'

describe('a failover that somebody else began', () => {
  test('leads to one operation over exactly the machines that have failed over', async () => {
    const scene = openScene()
    await scene.world.events.add(event({ itemIds: [], vms: ['pc-1', 'pc-2'] }))
    await scene.run()
    expect(scene.started).toEqual([])
    scene.vault.items = [moved('pc-1'), item('pc-2'), moved('pc-3')]
    await scene.run()
    expect(scene.started.map(({ request }) => request)).toEqual([
      { pairId: 'personal', kind: 'restoreExtensions', side: 'secondary', hosts: ['pc-1'], acceptOut: 'all' },
    ])
    expect(await scene.openWork()).toMatchObject([
      { host: 'pc-1', operationId: scene.started[0]?.operationId, tries: 1 },
    ])
  })

  test('is planned from an inventory that has seen it', async () => {
    const scene = openScene()
    scene.vault.items = [moved('pc-1')]
    await scene.world.events.add(event())
    await scene.run()
    expect([scene.inventories(), scene.started.length]).toEqual([1, 1])
  })

  test('waits for the machines that are on their way, but five minutes at most', async () => {
    const scene = openScene()
    const one = (name: string) => event({ id: name, itemIds: [itemId(name)] })
    for (const name of ['pc-1', 'pc-2', 'pc-3']) await scene.world.events.add(one(name))
    scene.vault.items = [moved('pc-1'), item('pc-2'), item('pc-3')]
    scene.vault.jobs = [job('pc-2'), job('pc-3')]
    await scene.run()
    scene.vault.items = [moved('pc-1'), moved('pc-2'), item('pc-3')]
    scene.vault.jobs = [job('pc-3')]
    for (let i = 0; i < 4; i++) await scene.run()
    expect(scene.started).toEqual([])
    await scene.run()
    expect(scene.started.map(({ request }) => request.hosts)).toEqual([['pc-1', 'pc-2']])
  })

  test('does not wait for machines that nobody has begun to move', async () => {
    const scene = openScene()
    scene.vault.items = [moved('pc-1'), item('pc-2')]
    await scene.world.events.add(event({ itemIds: [], vms: ['pc-1', 'pc-2'] }))
    await scene.run()
    expect(scene.started).toHaveLength(1)
  })

  test('that an operation of ours began is left to it', async () => {
    const scene = openScene()
    scene.vault.items = [moved('pc-1', start + seconds(30))]
    const id = await scene.operate({ kind: 'failover', tasks: { 'pc-1': 'open' } })
    await scene.world.events.add(event())
    await scene.run()
    expect([await scene.openWork(), (await scene.openEvents()).length]).toEqual([[], 1])
    await scene.operate({ id, kind: 'failover', startedAt: start, endedAt: scene.now() })
    await scene.world.operations.insertTasks(id, [])
    const stored = await scene.world.operations.loadTask(id, 'desktops', 'pc-1')
    if (!stored) throw new Error('the task is there')
    const over = { status: 'over', outcome: 'succeeded', at: 0, undo: [], passedOver: [] } as const
    await scene.world.operations.saveTask(id, { ...stored.value, state: over }, stored.etag)
    await scene.run()
    expect([await scene.work(), await scene.openEvents(), scene.started]).toEqual([[], [], []])
  })

  test('that an operation of ours began and failed at is not left to it', async () => {
    const scene = openScene()
    scene.vault.items = [moved('pc-1', start + seconds(30)), moved('pc-2', start + seconds(30))]
    await scene.operate({
      kind: 'failover',
      tasks: { 'pc-1': 'failed', 'pc-2': 'degraded' },
      endedAt: start + minutes(1),
    })
    await scene.world.events.add(event({ itemIds: [], vms: ['pc-1', 'pc-2'] }))
    await scene.run()
    expect(scene.started.map(({ request }) => request.hosts)).toEqual([['pc-1']])
  })

  test('long after one of ours is another one', async () => {
    const scene = openScene()
    scene.vault.items = [moved('pc-1', start - minutes(10))]
    await scene.operate({
      kind: 'failover',
      tasks: { 'pc-1': 'succeeded' },
      startedAt: start - hours(9),
      endedAt: start - hours(8),
    })
    await scene.world.events.add(event())
    await scene.run()
    expect(scene.started.map(({ request }) => request.hosts)).toEqual([['pc-1']])
  })
})

describe('a thousand deliveries', () => {
  test('of a hundred events make one operation for each machine at most', async () => {
    const scene = openScene()
    scene.vault.items = [moved('pc-1'), moved('pc-2'), moved('pc-3')]
    const deliveries = Array.from({ length: 1_000 }, (_, i) =>
      event({ id: `event-${i % 100}`, itemIds: [itemId(`pc-${(i % 3) + 1}`)], receivedAt: start + i }),
    )
    for (const [i, one] of deliveries.entries()) {
      await scene.world.events.add(one)
      if (i % 250 === 0) await scene.run(seconds(10))
    }
    for (let i = 0; i < 5; i++) await scene.run()
    for (const { operationId } of scene.started)
      await scene.operate({
        id: operationId,
        kind: 'restoreExtensions',
        tasks: { 'pc-1': 'succeeded', 'pc-2': 'succeeded', 'pc-3': 'succeeded' },
        endedAt: scene.now(),
      })
    for (let i = 0; i < 5; i++) await scene.run()
    const hosts = scene.started.flatMap(({ request }) => request.hosts)
    expect(new Set(hosts).size).toBe(hosts.length)
    expect(await scene.openEvents()).toEqual([])
  })

  test('two runs at once begin one operation', async () => {
    const scene = openScene()
    scene.vault.items = [moved('pc-1'), moved('pc-2')]
    await scene.world.events.add(event({ itemIds: [], vms: ['pc-1', 'pc-2'] }))
    await Promise.all([scene.run(), scene.run(), scene.run()])
    expect(scene.started).toHaveLength(1)
  })
})

test('an event is not over because the hosts of its pair are unknown', async () => {
  const scene = openScene()
  const { awaits: _, ...once } = event()
  await scene.world.events.add(once)
  scene.vault.items = [moved('pc-1')]
  scene.pass(minutes(1))
  await lookAtEvents(scene.world, planOf(), undefined, () => false)
  expect(await scene.openEvents()).toHaveLength(1)
  await scene.run()
  expect([(await scene.openEvents()).length, scene.started.length]).toEqual([0, 1])
})

test('an event is judged by listings of this run, not by one that was new when it came', async () => {
  const asked: number[] = []
  const scene = openScene(planOf(), (world) => ({
    ...world,
    fleet: {
      ...world.fleet,
      replicatedItems: (vault, notBefore = 0) => {
        asked.push(world.clock.now() - notBefore)
        return world.fleet.replicatedItems(vault, notBefore)
      },
    },
  }))
  await scene.world.events.add(event())
  for (let i = 0; i < 10; i++) await scene.run()
  expect(asked).toHaveLength(10)
  expect(Math.max(...asked)).toBeLessThan(minutes(1))
})

test('an event whose job is under way waits for it', async () => {
  const scene = openScene()
  scene.vault.items = [moved('pc-1')]
  scene.vault.jobs = [job('pc-1')]
  await scene.world.events.add(event())
  await scene.run()
  scene.vault.jobs = [job('pc-1', { state: 'succeeded' })]
  await scene.run()
  expect(scene.started).toHaveLength(1)
})
