import { describe, expect, test } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import { StorageAway } from '../../../src/lib/storage/errors.ts'
import { planOf } from '../../support/plans.ts'
import { committed, followUp, item, moved, openScene, reprotected, start } from './scene.ts'

describe('work that waits', () => {
  const noted = async (scene: ReturnType<typeof openScene>, ...some: readonly ReturnType<typeof followUp>[]) => {
    for (const one of some) await scene.world.followUps.note(one)
  }
  const hold = async (scene: ReturnType<typeof openScene>, kind: 'failover' | 'restoreExtensions' | 'reprotect') => {
    const { value, etag } = await scene.world.pairs.load('personal')
    await scene.world.pairs.save({ ...value, heldBy: { operationId: 'other', kind } }, etag)
  }
  const release = async (scene: ReturnType<typeof openScene>) => {
    const { value, etag } = await scene.world.pairs.load('personal')
    const { heldBy: _, ...rest } = value
    await scene.world.pairs.save(rest, etag)
  }

  test('begins when the pair is free, however long that takes', async () => {
    const scene = openScene()
    scene.vault.items = [moved('pc-1')]
    await noted(scene, followUp())
    await hold(scene, 'failover')
    for (let i = 0; i < 30; i++) await scene.run()
    expect(scene.started).toEqual([])
    await release(scene)
    await scene.run()
    expect(scene.started).toHaveLength(1)
    expect(await scene.openWork()).toMatchObject([{ tries: 1 }])
  })

  test.each([
    ['restoreExtensions', 'reprotect', 1],
    ['restoreExtensions', 'restoreExtensions', 0],
    ['reprotect', 'restoreExtensions', 0],
    ['reprotect', 'reprotect', 0],
  ] as const)('of kind %s meets a pair that a %s holds: %i operations', async (kind, held, count) => {
    const scene = openScene()
    scene.vault.items = [committed('pc-1')]
    await noted(scene, followUp({ kind }))
    await hold(scene, held)
    await scene.run()
    expect(scene.started).toHaveLength(count)
  })

  test('of two kinds begins one after the other, the extensions first', async () => {
    const scene = openScene()
    scene.vault.items = [committed('pc-1')]
    await noted(scene, followUp({ kind: 'reprotect', id: 'reprotect-1' }), followUp())
    await scene.run()
    await scene.run()
    expect(scene.started.map(({ request }) => request.kind)).toEqual(['restoreExtensions'])
    await scene.operate({
      id: scene.started[0]?.operationId ?? '',
      kind: 'restoreExtensions',
      tasks: { 'pc-1': 'succeeded' },
      endedAt: scene.now(),
    })
    await scene.run()
    await scene.run()
    expect(scene.started.map(({ request }) => request.kind)).toEqual(['restoreExtensions', 'reprotect'])
  })

  test('is over when its own part of the operation is, and not with the others', async () => {
    const scene = openScene()
    scene.vault.items = [moved('pc-1'), moved('pc-2'), moved('pc-3')]
    await noted(scene, ...['pc-1', 'pc-2', 'pc-3'].map((host) => followUp({ host })))
    await scene.run()
    const [{ operationId } = { operationId: '' }] = scene.started
    await scene.operate({
      id: operationId,
      kind: 'restoreExtensions',
      tasks: { 'pc-1': 'succeeded', 'pc-2': 'degraded', 'pc-3': 'aborted' },
      endedAt: scene.now(),
      outcome: 'takenOver',
    })
    await scene.run()
    expect(await scene.work()).toMatchObject([
      { host: 'pc-1', ended: { how: `done by ${operationId}` } },
      { host: 'pc-2', ended: { how: expect.stringContaining('with something missing') } },
      { host: 'pc-3', tries: 1, problem: expect.stringContaining('takenOver') },
    ])
    await scene.run()
    expect(scene.started.map(({ request }) => request.hosts)).toEqual([['pc-1', 'pc-2', 'pc-3'], ['pc-3']])
    expect(new Set(scene.started.map(({ operationId: id }) => id)).size).toBe(2)
  })

  test('that is taken over again and again pauses longer each time, to half an hour, and is never dropped', async () => {
    const scene = openScene()
    scene.vault.items = [moved('pc-1')]
    await noted(scene, followUp())
    const begun: number[] = []
    for (let i = 0; i < 200; i++) {
      await scene.run()
      if (scene.started.length === begun.length) continue
      begun.push(Math.round((scene.now() - start) / minutes(1)))
      await scene.operate({
        id: scene.started.at(-1)?.operationId ?? '',
        kind: 'restoreExtensions',
        endedAt: scene.now(),
        outcome: 'takenOver',
      })
    }
    const pauses = begun.slice(1).map((at, i) => at - (begun[i] ?? 0))
    expect(pauses.slice(0, 7)).toEqual([2, 3, 5, 9, 17, 31, 31])
    expect(await scene.openWork()).toHaveLength(1)
  })

  test('that fails is done over twice, then given up and told', async () => {
    const scene = openScene()
    scene.vault.items = [moved('pc-1')]
    await noted(scene, followUp())
    for (let i = 0; i < 20; i++) {
      await scene.run()
      const [open] = await scene.openWork()
      if (open?.operationId)
        await scene.operate({
          id: open.operationId,
          kind: 'restoreExtensions',
          tasks: { 'pc-1': 'failed' },
          endedAt: scene.now(),
          outcome: 'failed',
        })
    }
    expect(scene.started).toHaveLength(3)
    expect(await scene.work()).toMatchObject([
      { failures: 3, ended: { how: expect.stringContaining('given up after 3 tries') } },
    ])
    expect(scene.told()).toMatchObject([
      { event: 'followUpFailed', pairId: 'personal', kind: 'restoreExtensions', hosts: ['pc-1'], count: 1 },
    ])
  })

  test('that a person has aborted does not come back at once', async () => {
    const scene = openScene()
    scene.vault.items = [moved('pc-1')]
    await noted(scene, followUp())
    await scene.run()
    await scene.operate({
      id: scene.started[0]?.operationId ?? '',
      kind: 'restoreExtensions',
      tasks: { 'pc-1': 'aborted' },
      endedAt: scene.now(),
      outcome: 'aborted',
    })
    await scene.run()
    await scene.run(minutes(29))
    expect(scene.started).toHaveLength(1)
    await scene.run(minutes(2))
    expect(scene.started).toHaveLength(2)
  })

  test('is begun again when the start was cut off', async () => {
    const scene = openScene()
    scene.vault.items = [moved('pc-1')]
    await noted(scene, followUp({ operationId: 'restoreExtensions-personal-never-begun', tries: 1 }))
    await scene.run()
    await scene.run()
    expect(scene.started).toHaveLength(1)
  })

  test.each([
    ['its machine has gone home', { items: [item('pc-1')] }, 'other side'],
    ['its machine is protected again', { kind: 'reprotect' as const, items: [reprotected('pc-1')] }, 'protected again'],
  ])('is over without an operation when %s', async (_, { items, ...parts }, how) => {
    const scene = openScene()
    scene.vault.items = items
    await noted(scene, followUp(parts))
    await scene.run()
    expect(scene.started).toEqual([])
    expect(await scene.work()).toMatchObject([{ ended: { how: expect.stringContaining(how) } }])
  })

  test('is not over because of what could not be read', async () => {
    const scene = openScene()
    scene.vault.isAway = true
    scene.vault.items = [item('pc-1')]
    await noted(scene, followUp())
    await scene.run()
    expect(await scene.openWork()).toHaveLength(1)
    expect(scene.started).toHaveLength(1)
  })

  test.each([
    ['skipped', 'nothingToRestore', 0, 0],
    ['skipped', 'alreadyProtected', 0, 0],
    ['skipped', 'extensionsUnknown', 0, 1],
    ['skipped', 'commitPending', 1, 0],
    ['out', 'notReady', 1, 0],
  ] as const)('that planning has %s as %s stays open: %i, and is told: %i', async (decision, code, open, told) => {
    const scene = openScene()
    scene.vault.items = [moved('pc-1')]
    scene.planned.set('pc-1', { host: 'pc-1', decision, code, reason: 'For a reason.' })
    await noted(scene, followUp())
    await scene.run()
    expect([(await scene.openWork()).length, scene.told().length]).toEqual([open, told])
    expect(await scene.work()).toMatchObject([
      open ? { problem: 'For a reason.' } : { ended: { how: 'For a reason.' } },
    ])
  })

  test('is not over by what planning says where the inventory has gaps', async () => {
    const scene = openScene()
    scene.vault.items = [moved('pc-1')]
    scene.planned.set('pc-1', { host: 'pc-1', decision: 'skipped', code: 'notFailedOver', reason: 'For a reason.' })
    scene.gaps.push({ what: 'replicatedItems', reason: 'no answer' })
    await noted(scene, followUp())
    await scene.run()
    expect(await scene.openWork()).toHaveLength(1)
  })

  test('is not planned from an inventory that cannot have seen it', async () => {
    const scene = openScene()
    scene.vault.items = [moved('pc-1')]
    await noted(scene, followUp())
    scene.stand(start - 1)
    await scene.run()
    expect(scene.started).toEqual([])
    scene.stand(undefined)
    await scene.run()
    expect(scene.started).toHaveLength(1)
  })

  test('is not over by a listing that cannot have seen it, nor while it is being done', async () => {
    const scene = openScene()
    scene.vault.items = [item('pc-1')]
    scene.vault.listedAt = start
    await noted(scene, followUp())
    await scene.run()
    expect(scene.started).toHaveLength(1)
    scene.vault.listedAt = start + minutes(2)
    await scene.run()
    expect(await scene.openWork()).toMatchObject([{ operationId: expect.any(String) }])
  })

  test('that planning refuses as a whole is planned again five minutes later', async () => {
    const scene = openScene()
    scene.vault.items = [moved('pc-1')]
    scene.refusals.push('No items at all.')
    await noted(scene, followUp())
    await scene.run()
    expect(await scene.openWork()).toMatchObject([{ problem: 'No items at all.', tries: 0 }])
    scene.refusals.length = 0
    await scene.run(minutes(4))
    expect(scene.started).toEqual([])
    await scene.run()
    expect(scene.started).toHaveLength(1)
  })

  test('of one pair does not wait for the trouble of another', async () => {
    const scene = openScene(planOf(), (world) => ({
      ...world,
      pairs: {
        ...world.pairs,
        load: async (id) => {
          if (id === 'pooled') throw new StorageAway('no answer')
          return world.pairs.load(id)
        },
      },
    }))
    scene.vault.items = [moved('pc-1')]
    await noted(scene, followUp({ pairId: 'pooled' }), followUp(), followUp({ pairId: 'gone' }))
    await scene.run()
    expect(scene.started.map(({ request }) => request.pairId)).toEqual(['personal'])
    expect(await scene.openWork()).toHaveLength(3)
  })

  test('is looked after by one process at a time, and by another when that one died', async () => {
    const scene = openScene()
    scene.vault.items = [moved('pc-1')]
    await scene.world.pacers.insert({ pk: 'leases', rk: 'follow-ups', value: { until: start + minutes(3) } })
    await noted(scene, followUp())
    await scene.run()
    await scene.run()
    expect(scene.started).toEqual([])
    await scene.run(minutes(2))
    expect(scene.started).toHaveLength(1)
  })
})
