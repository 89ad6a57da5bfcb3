import { beforeEach, describe, expect, it } from 'vitest'
import { createLink } from '../../../sim/storage/link.ts'
import { createMemoryTable } from '../../../sim/storage/memory-table.ts'
import type { Change, Table } from '../../../src/lib/ports/storage.ts'
import { StorageAway } from '../../../src/lib/storage/errors.ts'
import { createStorageClock } from '../../../src/lib/storage/storage-clock.ts'
import { createTable } from '../../../src/lib/storage/table.ts'
import { type StorageWorld, storageWorlds } from '../../support/storage-worlds.ts'

let rows = 0
const newKey = () => `r${rows++}`
const row = (rk: string, n: number) => ({ pk: 'own', rk, value: { n } })

describe.each(storageWorlds())('a table whose answers get lost ($name)', ({ open }) => {
  let opened: Promise<StorageWorld> | undefined
  let world: StorageWorld
  let table: Table
  beforeEach(async () => {
    opened ??= open()
    world = await opened
    world.fates.length = 0
    table = world.storage.table('operations')
  })

  it('knows its insert again, by one read and without a second write', async () => {
    const rk = newKey()
    world.fates.push('after')
    const before = world.requests()
    const etag = await table.insert(row(rk, 1))
    expect(world.requests() - before).toBe(2)
    expect(etag).toBe((await table.get('own', rk))?.etag)
  })

  it('knows its replacement again', async () => {
    const rk = newKey()
    const first = (await table.insert(row(rk, 1))) ?? ''
    world.fates.push('after')
    const second = await table.replace(row(rk, 2), first)
    expect(second).toEqual(expect.any(String))
    expect(await table.replace(row(rk, 3), second ?? '')).toEqual(expect.any(String))
  })

  it('takes a row that is gone for removed', async () => {
    const rk = newKey()
    const etag = await table.insert(row(rk, 1))
    world.fates.push('after')
    expect(await table.remove('own', rk, etag)).toBe(true)
    expect(await table.get('own', rk)).toBeUndefined()
  })

  it('knows its transaction again, with every etag', async () => {
    const [a, b] = [newKey(), newKey()]
    const etag = (await table.insert(row(a, 1))) ?? ''
    world.fates.push('after')
    const changes: readonly Change[] = [
      { kind: 'replace', row: row(a, 2), etag },
      { kind: 'insert', row: row(b, 2) },
    ]
    const etags = await table.transact('own', changes)
    expect(etags).toEqual([(await table.get('own', a))?.etag, (await table.get('own', b))?.etag])
  })

  it.each<[string, (rk: string, etag: string) => Promise<unknown>]>([
    ['replacement', (rk, etag) => table.replace(row(rk, 2), etag)],
    ['removal', (rk, etag) => table.remove('own', rk, etag)],
    ['transaction', (rk, etag) => table.transact('own', [{ kind: 'replace', row: row(rk, 2), etag }])],
    ['insert', (rk) => table.insert(row(`${rk}-new`, 1))],
  ])('tries a %s once more when it did not arrive', async (_, write) => {
    const rk = newKey()
    const etag = (await table.insert(row(rk, 1))) ?? ''
    world.fates.push('before')
    const before = world.requests()
    expect(await write(rk, etag)).toBeTruthy()
    expect(world.requests() - before).toBe(3)
  })

  it.each<[string, (rk: string, etag: string) => Promise<unknown>]>([
    ['replacement', (rk, etag) => table.replace(row(rk, 2), etag)],
    ['removal', (rk, etag) => table.remove('own', rk, etag)],
    ['transaction', (rk, etag) => table.transact('own', [{ kind: 'replace', row: row(rk, 2), etag }])],
    ['insert', (rk) => table.insert(row(`${rk}-new`, 1))],
  ])('says that storage is away when a %s did not arrive twice', async (_, write) => {
    const rk = newKey()
    const etag = (await table.insert(row(rk, 1))) ?? ''
    world.fates.push('before', undefined, 'before')
    await expect(write(rk, etag)).rejects.toThrow(StorageAway)
    expect((await table.get('own', rk))?.value).toEqual({ n: 1 })
    expect(await table.get('own', `${rk}-new`)).toBeUndefined()
  })

  it('knows its second try again when the answer to that one is lost too', async () => {
    const rk = newKey()
    world.fates.push('before', undefined, 'after')
    expect(await table.insert(row(rk, 1))).toEqual(expect.any(String))
  })

  it('says that storage is away when it cannot even read back, or read', async () => {
    const rk = newKey()
    world.fates.push('after', 'before')
    await expect(table.insert(row(rk, 1))).rejects.toThrow(StorageAway)
    world.fates.push('before')
    await expect(table.get('own', rk)).rejects.toThrow(StorageAway)
    world.fates.push('after')
    await expect(table.query('own')).rejects.toThrow(StorageAway)
    expect((await table.get('own', rk))?.value).toEqual({ n: 1 })
  })

  it("does not take somebody else's write for its own", async () => {
    const rk = newKey()
    const etag = (await table.insert(row(rk, 1))) ?? ''
    const theirs = await table.replace(row(rk, 7), etag)
    for (const fate of ['before', 'after'] as const) {
      world.fates.push(fate)
      expect(await table.replace(row(rk, 2), etag)).toBeUndefined()
      world.fates.push(fate)
      expect(await table.insert(row(rk, 2))).toBeUndefined()
      world.fates.push(fate)
      expect(await table.remove('own', rk, etag)).toBe(false)
      world.fates.push(fate)
      expect(await table.transact('own', [{ kind: 'replace', row: row(rk, 2), etag }])).toBeUndefined()
    }
    expect(await table.get('own', rk)).toMatchObject({ value: { n: 7 }, etag: theirs })
  })
})

describe('a transaction whose answer got lost', () => {
  it('is known again although somebody changed its first row since, and that row has no usable etag', async () => {
    const link = createLink(
      { now: () => 0 },
      createStorageClock(() => 0),
    )
    const raw = createMemoryTable('operations')(link)
    let ids = 0
    const theirs = createTable(raw, () => `theirs-${ids++}`)
    const ours = createTable(
      {
        ...raw,
        transact: async (pk, changes) => {
          await raw.transact(pk, changes)
          await theirs.transact(pk, [{ kind: 'upsert', row: row('a', 7) }])
          throw new StorageAway('lost')
        },
      },
      () => `ours-${ids++}`,
    )
    const [a, b] =
      (await ours.transact(
        'own',
        ['a', 'b'].map((rk) => ({ kind: 'insert', row: row(rk, 1) })),
      )) ?? []
    expect(b).toBe((await ours.get('own', 'b'))?.etag)
    expect(await ours.replace(row('a', 2), a ?? '')).toBeUndefined()
    expect((await ours.get('own', 'a'))?.value).toEqual({ n: 7 })
  })
})
