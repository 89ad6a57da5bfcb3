import { describe, expect, it } from 'vitest'
import {
  latestInventoryName,
  planNow,
  previewOperation,
  readInventory,
  requestName,
  requestOf,
} from '../../../src/lib/execution/preview.ts'
import { hashOf, specName } from '../../../src/lib/execution/spec-cache.ts'
import { operationRequestSchema } from '../../../src/lib/plan/request.ts'
import { StorageAway } from '../../../src/lib/storage/errors.ts'
import { openEngine } from '../../support/engine-world.ts'
import { inventoryOf, now } from '../../support/plans.ts'

const request = operationRequestSchema.parse({ pairId: 'pooled', kind: 'failover' })

async function open(change?: Parameters<typeof openEngine>[0]) {
  const opened = openEngine(change, now)
  await opened.world.inventory.put(latestInventoryName, JSON.stringify(inventoryOf()))
  const stored = async (hash: string) => [
    await opened.world.specs.get(specName(hash)),
    await opened.world.specs.get(requestName(hash)),
  ]
  return { ...opened, stored }
}

describe('a preview', () => {
  it('stores what is approved under its hash, and what was asked beside it', async () => {
    const { engine, stored } = await open()
    const preview = await previewOperation(engine, request)
    const [content, asked] = await stored(preview.hash ?? '')
    expect(preview).not.toHaveProperty('content')
    expect(hashOf(content ?? '')).toBe(preview.hash)
    expect(JSON.parse(content ?? '')).toMatchObject({ pairId: 'pooled', kind: 'failover', target: 'secondary' })
    expect(JSON.parse(asked ?? '')).toEqual(request)
    expect(await requestOf(engine, preview.hash ?? '')).toEqual(request)
  })

  it('stores no request without its spec', async () => {
    const { engine, world } = await open((world) => ({
      ...world,
      specs: {
        ...world.specs,
        put: (name, text) =>
          name.endsWith('request.json') ? world.specs.put(name, text) : Promise.reject(new StorageAway('503')),
      },
    }))
    await expect(previewOperation(engine, request)).rejects.toThrow(StorageAway)
    expect(await world.specs.list('')).toEqual([])
  })

  it('that is refused has no hash and stores nothing', async () => {
    const { engine, world } = await open()
    const back = operationRequestSchema.parse({ pairId: 'pooled', kind: 'failback' })
    const preview = await previewOperation(engine, back)
    expect(preview.hash).toBeUndefined()
    expect(preview.refusals).not.toEqual([])
    expect(await world.specs.list('')).toEqual([])
  })

  it('goes by what the pair has come to', async () => {
    const { engine, world } = await open()
    const { value, etag } = await world.pairs.load('pooled')
    await world.pairs.save({ ...value, activeSide: 'secondary' }, etag)
    expect((await previewOperation(engine, request)).hash).toBeUndefined()
  })
})

it('plans without storing anything', async () => {
  const { engine, world } = await open()
  const planned = await planNow(engine, request)
  expect(planned.hash).toBe(hashOf(planned.content ?? ''))
  expect(await world.specs.list('')).toEqual([])
})

it('knows no request of a hash nobody previewed', async () => {
  const { engine } = await open()
  expect(await requestOf(engine, 'f'.repeat(64))).toBeUndefined()
})

describe('the inventory', () => {
  it('is the last one taken', async () => {
    const { world } = await open()
    expect(await readInventory(world.inventory)).toEqual(inventoryOf())
  })

  it('that was never taken knows of no pair, and plans nothing', async () => {
    const { engine, world } = openEngine(undefined, now)
    expect(await readInventory(world.inventory)).toEqual({ v: 1, takenAt: 0, pairs: {} })
    expect((await previewOperation(engine, request)).hash).toBeUndefined()
  })
})
