import { describe, expect, it } from 'vitest'
import type { PastOfPair } from '../../../src/lib/model/past.ts'
import { createPastStore } from '../../../src/lib/storage/past-store.ts'
import { storageWorlds } from '../../support/storage-worlds.ts'

const at = 1_800_000_000_000
const sample = { count: 400, deciles: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((n) => n * 60_001) }
const runs = ['failover', 'failback', 'keepAlive', 'reprotect'] as const
const parts = ['secure', 'hostReady', 'desktopReady', 'revoke', 'signOut', 'grant', 'failover', 'commit', 'extension']

/** As much as is ever kept of one pair. */
const past: PastOfPair = {
  pairId: 'pooled',
  strategy: 'pooledStandby',
  last: { failover: { operationId: 'op-1', at, outcome: 'partial', duration: 1, primaryIsDown: true, arrived: 400 } },
  measured: runs.flatMap((kind) =>
    [1, 2, 3, 4, 5].map((n) => ({
      operationId: `${kind}-pooled-mmsav5gg-d3ed326${n}`,
      kind,
      at: at + n,
      parts: Object.fromEntries(parts.map((part) => [part, sample])),
    })),
  ),
}

describe.each(storageWorlds())('what is known of earlier operations on $name', ({ open }) => {
  it('comes back as it was saved, alone and with that of other pairs', async () => {
    const store = createPastStore((await open()).storage.table('pacers'))
    const other: PastOfPair = { pairId: 'elsewhere', strategy: 'personalReplicated', last: {}, measured: [] }
    await store.save(past)
    await store.save(other)
    expect((await store.load('pooled'))?.value).toEqual(past)
    expect(await store.all()).toEqual([other, past])
    expect(await store.load('nobody')).toBeUndefined()
  })

  it('is written by whoever read it last', async () => {
    const store = createPastStore((await open()).storage.table('pacers'))
    const etag = await store.save(past)
    expect(await store.save(past)).toBeUndefined()
    expect(await store.save({ ...past, measured: [] }, etag)).toBeTypeOf('string')
    expect(await store.save(past, etag)).toBeUndefined()
    expect((await store.load('pooled'))?.value.measured).toEqual([])
  })

  it('that is damaged counts as missing, and is written anew', async () => {
    const table = (await open()).storage.table('pacers')
    const store = createPastStore(table)
    await table.insert({ pk: 'past', rk: 'pooled', value: { pairId: 'pooled', last: 'never' } })
    expect(await store.all()).toEqual([])
    const stored = await store.load('pooled')
    expect(stored?.value).toEqual({ pairId: 'pooled', strategy: '', last: {}, measured: [] })
    expect(await store.save(past, stored?.etag)).toBeTypeOf('string')
    expect((await store.load('pooled'))?.value).toEqual(past)
  })
})
