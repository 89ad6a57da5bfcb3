import { describe, expect, it } from 'vitest'
import { hours } from '../../../src/lib/core/time.ts'
import { latestInventoryName, previewOperation } from '../../../src/lib/execution/preview.ts'
import { type StartRequest, startOperation } from '../../../src/lib/execution/start.ts'
import { operationRequestSchema } from '../../../src/lib/plan/request.ts'
import type { World } from '../../../src/lib/ports/world.ts'
import { StorageAway } from '../../../src/lib/storage/errors.ts'
import { openEngine } from '../../support/engine-world.ts'
import { inventoryOf, now, personalSeen, pooledSeen, withSide } from '../../support/plans.ts'
import { recordedLog } from '../../support/recorded-log.ts'

/** A pooled pair that may fail over, previewed and approved. */
async function open(change?: (world: World) => World) {
  const opened = openEngine(change, now)
  const { engine, world } = opened
  const see = (pairs = {}) => world.inventory.put(latestInventoryName, JSON.stringify(inventoryOf(pairs)))
  await see()
  const request = operationRequestSchema.parse({ pairId: 'pooled', kind: 'failover' })
  const { hash = '' } = await previewOperation(engine, request)
  const start = (parts: Partial<StartRequest> = {}) =>
    startOperation(engine, { hash, by: 'ops@example.com', idempotencyKey: 'k1', ...parts })
  return { ...opened, see, hash, request, start, active: () => world.active.list() }
}

const fewer = { pooled: withSide(pooledSeen, 'secondary', { vms: pooledSeen.secondary.vms?.slice(1) ?? [] }) }

describe('a start', () => {
  it('leaves a row, an entry for the sweep and a tick; the pair is taken later', async () => {
    const { start, world, active, sent, hash } = await open()
    const started = await start()
    const id = started.kind === 'started' ? started.operationId : ''
    expect((await world.operations.load(id))?.value).toMatchObject({ specHash: hash, pairId: 'pooled', tick: 0 })
    expect(await active()).toEqual([id])
    expect(sent('operation-ticks')).toEqual([{ v: 1, operationId: id, tick: 0 }])
    expect((await world.pairs.load('pooled')).value.heldBy).toBeUndefined()
    expect(await world.operations.events(id)).toMatchObject([{ act: 'start', by: 'ops@example.com', specHash: hash }])
  })

  const nobodys = 'f'.repeat(64)
  it.each<[string, Partial<StartRequest>, object]>([
    [
      'of a hash nobody previewed',
      { hash: nobodys },
      { code: 'unknownPreview', message: 'No preview has this hash', subjects: [nobodys] },
    ],
    [
      'later than 72 hours ahead',
      { startAt: now + hours(72) + 1 },
      { code: 'tooFar', message: 'startAt lies more than 72 hours ahead', subjects: [] },
    ],
  ])('%s is refused', async (_, parts, refusal) => {
    const { start, active } = await open()
    expect(await start(parts)).toEqual({ kind: 'refused', ...refusal })
    expect(await active()).toEqual([])
  })

  it('is refused when planning comes to something else now, and names it', async () => {
    const { start, see, hash, active, engine, request, world } = await open()
    await see(fewer)
    const { value, etag } = await world.pairs.load('pooled')
    const moved = await world.pairs.save({ ...value, activeSide: 'secondary' }, etag)
    const refused = await start()
    const { refusals } = await previewOperation(engine, request)
    await world.pairs.save(value, moved)
    expect(refusals.length).toBeGreaterThan(1)
    expect(refused).toEqual({
      kind: 'refused',
      code: 'refused',
      message: refusals.map(({ message }) => message).join('; '),
      subjects: refusals.flatMap(({ subjects }) => subjects),
    })
    await see({ pooled: { ...pooledSeen, primary: { ...pooledSeen.primary, sessionHosts: [] } } })
    const changed = await start()
    expect(changed).toMatchObject({ kind: 'refused', code: 'changed', subjects: [expect.not.stringMatching(hash)] })
    expect(changed).toMatchObject({ message: expect.stringContaining('preview and approve again') })
    expect(await active()).toEqual([])
  })

  it('is not touched by what changes elsewhere', async () => {
    const { start, see } = await open()
    await see({ personal: { ...personalSeen, replicatedItems: [] } })
    expect(await start()).toMatchObject({ kind: 'started' })
  })

  it.each([
    ['its own time', hours(2), 7_200],
    ['a message of six hours at most', hours(71), 21_600],
  ])('that lies ahead waits for %s', async (_, ahead, delaySeconds) => {
    const { start, storage } = await open()
    await start({ startAt: now + ahead })
    const [message] = storage.queue('operation-ticks').peekAll()
    expect(message?.visibleAt).toBe(now + delaySeconds * 1_000)
  })
})

describe('a start that is accepted', () => {
  it('may lie 72 hours ahead', async () => {
    const { start } = await open()
    expect(await start({ startAt: now + hours(72) })).toMatchObject({ kind: 'started' })
  })

  it('says who started it, in its timeline and in the log', async () => {
    const { log, lines } = recordedLog()
    const { start, world } = await open((world) => ({ ...world, log }))
    const started = await start()
    const operationId = started.kind === 'started' ? started.operationId : ''
    const timeline = (await world.operations.load(operationId))?.value.timeline
    expect(timeline).toEqual([{ at: now, text: 'started by ops@example.com' }])
    const line = { level: 'info', event: 'operation started', operationId, pair: 'pooled', by: 'ops@example.com' }
    expect(lines).toEqual([line])
  })

  it('is named by kind and pair, and by what was approved and the caller’s key', async () => {
    const { start, hash } = await open()
    expect(await start()).toMatchObject({ operationId: `failover-pooled-${hash.slice(0, 8)}-k1` })
  })

  it('is named by its moment and chance where the caller gives no key, and is never the same one', async () => {
    let ids = 0
    const { engine, hash } = await open((world) => ({ ...world, newId: () => `${++ids}2345678-aaaa` }))
    const [first, second] = [
      await startOperation(engine, { hash, by: 'ops' }),
      await startOperation(engine, { hash, by: 'ops' }),
    ]
    const moment = now.toString(36)
    expect(first).toMatchObject({ operationId: `failover-pooled-${moment}-12345678` })
    expect(second).toMatchObject({ operationId: `failover-pooled-${moment}-22345678` })
  })
})

describe('a repeated start', () => {
  it('with the same key is the same operation, though planning would refuse by now', async () => {
    const { start, see, active } = await open()
    const first = await start()
    await see(fewer)
    expect(await start()).toEqual(first)
    expect(await active()).toHaveLength(1)
  })

  it('at the same moment is the same operation', async () => {
    const { start, active } = await open()
    const [first, second] = await Promise.all([start(), start()])
    expect(first).toEqual(second)
    expect(await active()).toHaveLength(1)
  })

  it('with another key is another operation', async () => {
    const { start, active } = await open()
    await start()
    await start({ idempotencyKey: 'k2' })
    expect(await active()).toHaveLength(2)
  })

  it('finishes one that was cut off behind its row', async () => {
    let isAway = true
    const { start, active, sent } = await open((world) => ({
      ...world,
      active: {
        ...world.active,
        add: (id) => (isAway ? Promise.reject(new StorageAway('503')) : world.active.add(id)),
      },
    }))
    await expect(start()).rejects.toThrow(StorageAway)
    expect([await active(), sent('operation-ticks')]).toEqual([[], []])
    isAway = false
    await start()
    expect([(await active()).length, sent('operation-ticks').length]).toEqual([1, 1])
  })

  it('does not wake what is over', async () => {
    const { start, world, active } = await open()
    const started = await start()
    const id = started.kind === 'started' ? started.operationId : ''
    const stored = await world.operations.load(id)
    if (stored) {
      const state = { ...stored.value.state, status: 'over', outcome: 'aborted' } as const
      await world.operations.save({ ...stored.value, state }, stored.etag)
    }
    await world.active.remove(id)
    expect(await start()).toEqual(started)
    expect(await active()).toEqual([])
  })
})
