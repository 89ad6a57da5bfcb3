import { beforeEach, describe, expect, it } from 'vitest'
import type { Link } from '../../../sim/storage/link.ts'
import { createMemoryBlobs } from '../../../sim/storage/memory-blobs.ts'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { contentHash, keepVersion } from '../../../src/lib/inventory/keep-version.ts'
import type { Inventory } from '../../../src/lib/model/inventory.ts'
import type { Blobs } from '../../../src/lib/ports/storage.ts'
import { inventoryOf, now, pooledSeen, withSide } from '../../support/plans.ts'

const day = hours(24)
const seen = inventoryOf({ pooled: pooledSeen })
const at = (takenAt: number, inventory: Inventory = seen) => JSON.stringify({ ...inventory, takenAt })
const withHosts = (traits: object): Inventory =>
  inventoryOf({
    pooled: withSide(pooledSeen, 'primary', {
      sessionHosts: (pooledSeen.primary.sessionHosts ?? []).map((host) => ({ ...host, ...traits })),
    }),
  })

const link: Link = { call: async (work) => work(), counts: () => ({}) as ReturnType<Link['counts']> }

describe('versions of the inventory', () => {
  let blobs: Blobs
  beforeEach(() => {
    blobs = createMemoryBlobs('inventory')(link)
  })
  const keep = (takenAt: number, inventory?: Inventory) =>
    keepVersion(blobs, at(takenAt, inventory), { takenAt, keptFor: 7 * day })
  const names = () => blobs.list('versions/')

  it('has the moment and the hash of what was seen in its name, and the whole inventory in it', async () => {
    expect(await keep(now)).toBe(true)
    const [name = ''] = await names()
    expect(name).toBe(`versions/20260314T210000Z-${contentHash(at(now))}.json`)
    expect(await blobs.get(name)).toBe(at(now))
  })

  it('is not made of what differs in times alone', async () => {
    await keep(now)
    const later = withHosts({ lastHeartbeat: now + minutes(15) })
    expect(contentHash(at(now, withHosts({ lastHeartbeat: now })))).toBe(contentHash(at(now + 1, later)))
    expect(await keep(now + minutes(15))).toBe(false)
    expect(await names()).toHaveLength(1)
  })

  it('is made of anything else, and of what was seen before once it is seen again', async () => {
    await keep(now)
    expect(await keep(now + minutes(15), withHosts({ sessions: 9 }))).toBe(true)
    expect(await keep(now + minutes(30))).toBe(true)
    expect((await names()).map((name) => name.slice(9, 24))).toEqual([
      '20260314T210000',
      '20260314T211500',
      '20260314T213000',
    ])
  })

  it('goes when it is too old, but never the newest', async () => {
    await keep(now)
    await keep(now + day, withHosts({ sessions: 1 }))
    await keep(now + 8 * day + minutes(1), withHosts({ sessions: 2 }))
    expect((await names()).map((name) => name.slice(9, 17))).toEqual(['20260322'])
    expect(await keep(now + 30 * day, withHosts({ sessions: 2 }))).toBe(false)
    expect((await names()).map((name) => name.slice(9, 17))).toEqual(['20260322'])
  })

  it('leaves alone what somebody else has put there', async () => {
    await blobs.put('versions/20200101T000000Z-notes.json', 'mine')
    await keep(now)
    expect(await names()).toHaveLength(2)
  })

  it('does not take a time for one that is only part of a text', () => {
    const one = { v: 1, takenAt: 0, pairs: {}, note: '"takenAt":1' }
    expect(contentHash(JSON.stringify(one))).not.toBe(contentHash(JSON.stringify({ ...one, note: '"takenAt":2' })))
  })
})
