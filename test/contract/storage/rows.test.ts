import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryStorage } from '../../../sim/storage/memory-storage.ts'
import { UnreadableRow } from '../../../src/lib/storage/errors.ts'
import { decodeKey, encodeKey } from '../../../src/lib/storage/keys.ts'
import type { RawRow, RawStored } from '../../../src/lib/storage/raw-table.ts'
import { fromRaw, toRaw } from '../../../src/lib/storage/row-mapping.ts'

describe('a stored row', () => {
  it('carries its version, who wrote it, the index as properties of their own, and the document in pieces', () => {
    const { pk, rk, properties } = toRaw(
      { pk: 'p', rk: '/a b', value: { x: 'y'.repeat(40_000) }, index: { dueAt: 5 } },
      'me',
    )
    expect([pk, rk]).toEqual(['p', '!2Fa!20b'])
    expect(properties).toMatchObject({ v: 1, writeId: 'me', dueAt: 5, index: '{"dueAt":5}' })
    expect(Object.keys(properties).filter((name) => name.startsWith('d') && name !== 'dueAt')).toEqual(['d0', 'd1'])
    expect(properties.d0).toHaveLength(32_768)
  })

  it('comes back as it was, whatever its document and keys', () => {
    const key = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 })
    const document = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { maxKeys: 5 })
    fc.assert(
      fc.property(key, key, document, (pk, rk, given) => {
        const value = JSON.parse(JSON.stringify(given))
        const { value: back, ...keys } = fromRaw('t', { ...toRaw({ pk, rk, value }, 'me'), etag: 'e' })
        expect(JSON.stringify(back)).toBe(JSON.stringify(value))
        expect(keys).toEqual({ pk, rk, index: {}, etag: 'e' })
      }),
      { numRuns: 1_000, seed: 3 },
    )
  })

  const good: RawStored = { ...toRaw({ pk: 'p', rk: '/a', value: { n: 1 } }, 'me'), etag: 'e' }
  const damaged: readonly [string, Partial<RawRow>, string][] = [
    ['a newer version', { properties: { ...good.properties, v: 2 } }, 'its version is 2, this app reads 1'],
    ['no version', { properties: {} }, 'its version is missing'],
    ['a broken document', { properties: { ...good.properties, d0: '{"n":' } }, 'its document is not a JSON object'],
    ['no document', { properties: { v: 1, index: '{}' } }, 'its document is not a JSON object'],
    [
      'a document that is a list',
      { properties: { ...good.properties, d0: '[]' } },
      'its document is not a JSON object',
    ],
    ['a broken index', { properties: { ...good.properties, index: 'null' } }, 'its index is not a JSON object'],
    ['a key of somebody else', { rk: '!zz' }, 'its key is not one of ours'],
  ]
  it.each(damaged)('with %s is unreadable, and says which and why', (_, damage, reason) => {
    const read = () => fromRaw('operations', { ...good, ...damage })
    expect(read).toThrow(UnreadableRow)
    expect(read).toThrow(/of partition "p" in table operations is unreadable/)
    expect(read).toThrow(reason)
  })

  it('that is unreadable names itself through the port too', async () => {
    const storage = createMemoryStorage({ now: () => 0 })
    await storage.rawTable('pairs').insert({ pk: 'p', rk: '!2Fa', properties: { v: 2 } })
    const asked = [storage.table('pairs').get('p', '/a'), storage.table('pairs').query('p', [], 'index')]
    for (const answer of asked) await expect(answer).rejects.toMatchObject({ table: 'pairs', pk: 'p', rk: '/a' })
  })
})

describe('a key', () => {
  it.each(['a/b', 'a!2Fb', '100%', "it's", '😀', '\u0000'])(
    '%j survives, in characters every way of travel carries',
    (key) => {
      expect(encodeKey(key)).toMatch(/^[A-Za-z0-9!._-]+$/)
      expect(decodeKey(encodeKey(key))).toBe(key)
    },
  )

  it('is refused when it is not text', () => {
    expect(() => encodeKey('a\uD800')).toThrow(/not well-formed/)
  })
})
