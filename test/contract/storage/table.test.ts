import { beforeAll, describe, expect, it } from 'vitest'
import type { Change, Row, Table } from '../../../src/lib/ports/storage.ts'
import { storageWorlds } from '../../support/storage-worlds.ts'

const worlds = storageWorlds()
const row = (pk: string, rk: string, value: Row['value'] = { n: 1 }, index?: Row['index']): Row =>
  index === undefined ? { pk, rk, value } : { pk, rk, value, index }
const keysOf = (rows: readonly { rk: string }[]) => rows.map(({ rk }) => rk)

describe.each(worlds)('a table ($name)', ({ open }) => {
  let table: Table
  beforeAll(async () => {
    table = (await open()).storage.table('operations')
  })

  it('gives back what was inserted, and nothing for a key that is not there', async () => {
    const etag = await table.insert(
      row('get', 'a', { name: 'one', list: [1, null, true] }, { dueAt: 1.8e12, on: true }),
    )
    const stored = await table.get('get', 'a')
    expect(stored).toEqual({
      pk: 'get',
      rk: 'a',
      value: { name: 'one', list: [1, null, true] },
      index: { dueAt: 1.8e12, on: true },
      etag,
    })
    expect(await table.get('get', 'b')).toBeUndefined()
  })

  it('inserts a key once', async () => {
    expect(await table.insert(row('insert', 'a', { by: 'first' }))).toEqual(expect.any(String))
    expect(await table.insert(row('insert', 'a', { by: 'second' }))).toBeUndefined()
    expect((await table.get('insert', 'a'))?.value).toEqual({ by: 'first' })
  })

  it('replaces the whole row when the etag still holds, and not otherwise', async () => {
    const first = (await table.insert(row('replace', 'a', { a: 1 }, { old: 'x' }))) ?? ''
    const second = await table.replace(row('replace', 'a', { b: 2 }), first)
    expect(second).toEqual(expect.any(String))
    expect(second).not.toBe(first)
    expect(await table.replace(row('replace', 'a', { c: 3 }), first)).toBeUndefined()
    expect(await table.replace(row('replace', 'gone', { c: 3 }), first)).toBeUndefined()
    const { value, index } = (await table.get('replace', 'a')) ?? {}
    expect({ value, index }).toEqual({ value: { b: 2 }, index: {} })
  })

  it('leaves nothing of the row that was replaced', async () => {
    const long = row('whole', 'a', { text: 'x'.repeat(70_000) }, { old: 'x' })
    const etag = (await table.insert(long)) ?? ''
    const [second] =
      (await table.transact('whole', [{ kind: 'replace', row: { ...long, index: { older: 1 } }, etag }])) ?? []
    await table.replace(row('whole', 'a', { text: 'short' }), second ?? '')
    expect((await table.get('whole', 'a'))?.value).toEqual({ text: 'short' })
    expect(await table.query('whole', [{ property: 'old', is: 'eq', value: 'x' }])).toEqual([])
    expect(await table.query('whole', [{ property: 'older', is: 'eq', value: 1 }])).toEqual([])
  })

  it('lets exactly one of twenty concurrent replacements win', async () => {
    const etag = (await table.insert(row('race', 'a', { winner: -1 }))) ?? ''
    const tries = Array.from({ length: 20 }, (_, n) => table.replace(row('race', 'a', { winner: n }), etag))
    const winners = (await Promise.all(tries)).flatMap((won, n) => (won === undefined ? [] : [n]))
    expect(winners).toHaveLength(1)
    expect((await table.get('race', 'a'))?.value).toEqual({ winner: winners[0] })
  })

  it('removes under an etag, without one, and takes an absent row for removed', async () => {
    const old = (await table.insert(row('remove', 'a'))) ?? ''
    const fresh = await table.replace(row('remove', 'a', { n: 2 }), old)
    expect(await table.remove('remove', 'a', old)).toBe(false)
    expect(await table.remove('remove', 'a', fresh)).toBe(true)
    expect(await table.remove('remove', 'a', fresh)).toBe(true)
    await table.insert(row('remove', 'b'))
    expect(await table.remove('remove', 'b')).toBe(true)
    expect(await table.get('remove', 'b')).toBeUndefined()
    expect(await table.remove('remove', 'b')).toBe(true)
  })

  it.each([
    ['an ARM id', '/subscriptions/0/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm-1'],
    ['what storage forbids', 'a/b\\c#d?e\u0000f\u001fg\u007fh'],
    ['what quoting and encoding trip over', `it's "100%" a!2Fb%2F b+c&d=e|f~(g)*`],
    ['other scripts', 'Zürich-東京-😀'],
  ])('keeps keys with %s', async (_, key) => {
    const etag = (await table.insert(row(key, key))) ?? ''
    expect(await table.get(key, key)).toMatchObject({ pk: key, rk: key })
    expect(keysOf(await table.query(key, [{ property: 'rk', is: 'eq', value: key }]))).toEqual([key])
    const replaced = await table.replace(row(key, key, { n: 2 }), etag)
    expect(await table.transact(key, [{ kind: 'replace', row: row(key, key), etag: replaced ?? '' }])).toHaveLength(1)
    expect(await table.remove(key, key)).toBe(true)
  })

  it('keeps a document of 200 KB and every sort of character', async () => {
    const value = { big: 'x'.repeat(200_000), text: 'ü€😀"\\\u0000\u2028', lone: '\uD800' }
    await table.insert(row('big', 'a', value))
    expect((await table.get('big', 'a'))?.value).toEqual(value)
    expect(await table.transact('big', [{ kind: 'insert', row: row('big', 'b', value) }])).toHaveLength(1)
    expect((await table.get('big', 'b'))?.value).toEqual(value)
  })

  it('refuses, by name, what does not fit', async () => {
    await expect(table.insert(row('limits', 'a', { big: 'x'.repeat(600_000) }))).rejects.toThrow(
      /row a takes \d+ bytes/,
    )
    await expect(table.insert(row('limits', ''))).rejects.toThrow(/must not be empty/)
    await expect(table.insert(row('limits', '/'.repeat(171)))).rejects.toThrow(/513 characters, at most 512/)
    await expect(table.insert(row('limits', 'a', {}, { v: 1 }))).rejects.toThrow(/"v" cannot be the name/)
    await expect(table.insert(row('limits', 'a', {}, { long: 'x'.repeat(32_769) }))).rejects.toThrow(/at most 32768/)
    const many = Array.from({ length: 101 }, (_, n): Change => ({ kind: 'insert', row: row('limits', `r${n}`) }))
    await expect(table.transact('limits', many)).rejects.toThrow(/101 changes, at most 100/)
    const heavy = many
      .slice(0, 100)
      .map(({ row: r }): Change => ({ kind: 'insert', row: { ...r, value: { x: 'x'.repeat(50_000) } } }))
    await expect(table.transact('limits', heavy)).rejects.toThrow(/at most 4194304/)
    expect(await table.query('limits')).toEqual([])
  })

  it('takes the largest row and the largest transaction that fit', async () => {
    expect(await table.insert(row('largest', 'a', { big: 'x'.repeat(520_000) }))).toEqual(expect.any(String))
    const full = Array.from(
      { length: 100 },
      (_, n): Change => ({
        kind: 'insert',
        row: row('largest', `r${n}`, { x: 'x'.repeat(40_000) }),
      }),
    )
    expect(await table.transact('largest', full)).toHaveLength(100)
  })
})

describe.each(worlds)('transactions of a table ($name)', ({ open }) => {
  let table: Table
  beforeAll(async () => {
    table = (await open()).storage.table('operations')
  })

  it('change all rows or none', async () => {
    const etag = (await table.insert(row('all', 'a'))) ?? ''
    const changes: readonly Change[] = [
      { kind: 'replace', row: row('all', 'a', { n: 2 }), etag },
      { kind: 'insert', row: row('all', 'b') },
      { kind: 'upsert', row: row('all', 'c') },
    ]
    const etags = await table.transact('all', changes)
    expect(etags).toEqual((await table.query('all')).map((stored) => stored.etag))
    const again: readonly Change[] = [{ kind: 'upsert', row: row('all', 'd') }, ...changes]
    expect(await table.transact('all', again)).toBeUndefined()
    expect(await table.get('all', 'd')).toBeUndefined()
    expect(await table.transact('all', [{ kind: 'replace', row: row('all', 'a', { n: 3 }), etag }])).toBeUndefined()
    expect((await table.get('all', 'a'))?.value).toEqual({ n: 2 })
    const exists: readonly Change[] = [
      { kind: 'upsert', row: row('all', 'c', { n: 9 }) },
      { kind: 'insert', row: row('all', 'b') },
    ]
    expect(await table.transact('all', exists)).toBeUndefined()
    expect((await table.get('all', 'c'))?.value).toEqual({ n: 1 })
    const missing: Change = { kind: 'replace', row: row('all', 'nowhere'), etag }
    expect(await table.transact('all', [{ kind: 'upsert', row: row('all', 'e') }, missing])).toBeUndefined()
    expect(keysOf(await table.query('all'))).toEqual(['a', 'b', 'c'])
  })

  it('overwrite with upsert and do nothing when empty', async () => {
    await table.insert(row('upsert', 'a', { n: 1 }, { gone: true }))
    const [etag] = (await table.transact('upsert', [{ kind: 'upsert', row: row('upsert', 'a', { n: 2 }) }])) ?? []
    expect(await table.get('upsert', 'a')).toEqual({ pk: 'upsert', rk: 'a', value: { n: 2 }, index: {}, etag })
    expect(await table.transact('upsert', [])).toEqual([])
  })

  it('stay within one partition and name a row once', async () => {
    const stray: Change = { kind: 'insert', row: row('other', 'a') }
    await expect(table.transact('one', [stray])).rejects.toThrow(/partition one has a row of partition other/)
    const twice: Change = { kind: 'upsert', row: row('one', 'a') }
    await expect(table.transact('one', [twice, twice])).rejects.toThrow(/same row twice/)
  })
})
