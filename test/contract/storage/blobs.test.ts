import { beforeEach, describe, expect, it } from 'vitest'
import type { Blobs } from '../../../src/lib/ports/storage.ts'
import { StorageAway } from '../../../src/lib/storage/errors.ts'
import { type StorageWorld, storageWorlds } from '../../support/storage-worlds.ts'

describe.each(storageWorlds())('a container ($name)', ({ open }) => {
  let world: StorageWorld
  let blobs: Blobs
  beforeEach(async () => {
    world = await open()
    blobs = world.storage.blobs('specs')
  })

  it('gives back the text, overwrites, and knows nothing of an absent name', async () => {
    const text = `${'x'.repeat(300_000)} ü€😀 \u0000\r\n`
    expect(await blobs.get('a')).toBeUndefined()
    await blobs.put('a', text)
    expect(await blobs.get('a')).toBe(text)
    await blobs.put('a', '')
    expect(await blobs.get('a')).toBe('')
  })

  it.each(['by/hash/0af', `odd name's "100%"?#&+ü😀!.json`, '2026-11-21T15:36:43Z'])(
    'keeps the name %s',
    async (name) => {
      await blobs.put(name, name)
      expect(await blobs.get(name)).toBe(name)
      expect(await blobs.list('')).toEqual([name])
    },
  )

  it('lists the names with a prefix, in order', async () => {
    for (const name of ['b/2', 'a/1', 'b/10', 'B/1', 'b']) await blobs.put(name, '')
    expect(await blobs.list('b/')).toEqual(['b/10', 'b/2'])
    expect(await blobs.list('')).toEqual(['B/1', 'a/1', 'b', 'b/10', 'b/2'])
    expect(await blobs.list('nothing')).toEqual([])
  })

  it('removes a name, and what is not there is removed already', async () => {
    await blobs.put('a', 'x')
    await blobs.put('b', 'y')
    await blobs.remove('a')
    await blobs.remove('a')
    expect([await blobs.get('a'), await blobs.get('b'), await blobs.list('')]).toEqual([undefined, 'y', ['b']])
  })

  it('says that storage is away; a document whose answer got lost is there all the same', async () => {
    world.fates.push('after', 'before', 'before', 'before')
    await expect(blobs.put('a', 'landed')).rejects.toThrow(StorageAway)
    await expect(blobs.put('b', 'lost')).rejects.toThrow(StorageAway)
    await expect(blobs.get('a')).rejects.toThrow(StorageAway)
    await expect(blobs.list('')).rejects.toThrow(StorageAway)
    expect([await blobs.get('a'), await blobs.get('b')]).toEqual(['landed', undefined])
  })

  it.each(['', 'a\\b', 'a/', 'a.', '/a', 'a//b', 'a/../b', 'a\u0001', 'x'.repeat(1_025)])(
    'refuses the name %j',
    async (name) => {
      await expect(blobs.put(name, '')).rejects.toThrow(/cannot be the name of a blob/)
      await expect(blobs.get(name)).rejects.toThrow(/cannot be the name of a blob/)
      await expect(blobs.remove(name)).rejects.toThrow(/cannot be the name of a blob/)
    },
  )
})
