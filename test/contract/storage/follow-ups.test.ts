import { describe, expect, it } from 'vitest'
import type { FollowUp, SiteRecoveryEvent } from '../../../src/lib/ports/follow-ups.ts'
import { createEventStore } from '../../../src/lib/storage/event-store.ts'
import { createFollowUpStore } from '../../../src/lib/storage/follow-up-store.ts'
import { storageWorlds } from '../../support/storage-worlds.ts'

const followUp: FollowUp = {
  pairId: 'personal',
  id: 'restoreExtensions-vm-1-1800000000000',
  kind: 'restoreExtensions',
  host: 'vm-1.contoso.local',
  side: 'secondary',
  reason: 'Failed over by somebody else.',
  createdAt: 1_800_000_000_000,
  notBefore: 1_800_000_060_000,
  tries: 0,
}
const event: SiteRecoveryEvent = {
  id: 'ab12',
  source: 'activityLog',
  receivedAt: 1_800_000_000_000,
  itemIds: ['/subscriptions/s/items/vm-1'],
  vms: [],
  what: 'failover accepted',
  awaits: 'failover',
  settled: [],
}
const ended = { at: 1_800_000_900_000, how: 'restored' }

describe.each(storageWorlds())('work that waits, on $name', ({ open }) => {
  const openStore = async () => {
    const { storage, fates } = await open()
    return { store: createFollowUpStore(storage.table('followUps')), table: storage.table('followUps'), fates }
  }

  it('is noted once for each need, also when it is over', async () => {
    const { store } = await openStore()
    expect([await store.note(followUp), await store.note({ ...followUp, tries: 9 })]).toEqual([true, false])
    const [kept] = await store.open()
    expect(kept?.value).toEqual(followUp)
    await store.save({ ...followUp, ended }, kept?.etag ?? '')
    expect(await store.note(followUp)).toBe(false)
    expect(await store.open()).toEqual([])
  })

  it('of two pairs may have the same id', async () => {
    const { store } = await openStore()
    expect([await store.note(followUp), await store.note({ ...followUp, pairId: 'other' })]).toEqual([true, true])
    expect((await store.ofPair('other')).map(({ pairId }) => pairId)).toEqual(['other'])
  })

  it('of a pair is told open and over, oldest first', async () => {
    const { store } = await openStore()
    await store.note({ ...followUp, id: 'b', createdAt: 2 })
    await store.note({ ...followUp, id: 'a', createdAt: 1 })
    const newest = (await store.open()).find(({ value }) => value.id === 'b')
    await store.save({ ...followUp, id: 'b', createdAt: 2, ended }, newest?.etag ?? '')
    expect((await store.ofPair('personal')).map(({ id, ended: over }) => [id, over?.how])).toEqual([
      ['a', undefined],
      ['b', 'restored'],
    ])
  })

  it('is saved by whoever read it last', async () => {
    const { store } = await openStore()
    await store.note(followUp)
    const [kept] = await store.open()
    const saved = await store.save({ ...followUp, tries: 1 }, kept?.etag ?? '')
    expect(saved).toBeTypeOf('string')
    expect(await store.save({ ...followUp, ended }, kept?.etag ?? '')).toBeUndefined()
    expect(await store.save({ ...followUp, tries: 2 }, saved ?? '')).toBeTypeOf('string')
    expect((await store.open()).map(({ value }) => value.tries)).toEqual([2])
  })

  it('that was cut off on its way out is put away by the next who looks, and noted no second time', async () => {
    const { store, table, fates } = await openStore()
    await store.note(followUp)
    const [kept] = await store.open()
    // The save arrives; everything behind it does not.
    fates.push(undefined, 'before', 'before', 'before', 'before', 'before', 'before')
    await expect(store.save({ ...followUp, ended }, kept?.etag ?? '')).rejects.toThrow()
    fates.length = 0
    expect(await store.note(followUp)).toBe(false)
    expect(await store.open()).toEqual([])
    expect(await table.query('open')).toEqual([])
    expect(await store.note(followUp)).toBe(false)
    expect((await store.ofPair('personal')).map(({ ended: over }) => over?.how)).toEqual(['restored'])
  })

  it('that is damaged is named, and does not hide the rest', async () => {
    const { store, table } = await openStore()
    await store.note(followUp)
    await table.insert({ pk: 'open', rk: 'bad', value: { ...followUp, kind: 'formatDisk' } as never })
    const told: string[] = []
    const kept = await store.open(({ message }) => told.push(message))
    expect(kept.map(({ value }) => value.id)).toEqual([followUp.id])
    expect(told).toEqual([expect.stringMatching(/"bad".*followUps.*kind/)])
    await expect(store.open()).rejects.toThrow(/"bad"/)
  })
})

describe.each(storageWorlds())('what was told from outside, on $name', ({ open }) => {
  it('is added once, come what may, and leaves the open ones when it is over', async () => {
    const table = (await open()).storage.table('siteRecoveryEvents')
    const store = createEventStore(table)
    expect([await store.add(event), await store.add({ ...event, receivedAt: 1 })]).toEqual([true, false])
    const [kept] = await store.open()
    expect(kept?.value).toEqual(event)
    await store.save({ ...event, settled: ['vm-1'], ended }, kept?.etag ?? '')
    expect([await store.add(event), await store.open()]).toEqual([false, []])
    await table.insert({ pk: 'open', rk: 'bad', value: { ...event, vms: 'all' } as never })
    await expect(store.open()).rejects.toThrow(/"bad".*siteRecoveryEvents.*vms/)
  })
})
