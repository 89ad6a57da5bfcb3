import { describe, expect, it } from 'vitest'
import { createSpecCache, hashOf, specName } from '../../../src/lib/execution/spec-cache.ts'
import type { Blobs } from '../../../src/lib/ports/storage.ts'
import { hostSpec, openEngine } from '../../support/engine-world.ts'
import { hostSubject } from '../../support/step-things.ts'

/** Specs of so many plans, and which of them were read, in order. */
async function open(plans = 1, limit?: number) {
  const { world } = openEngine()
  const read: string[] = []
  const specs = Array.from({ length: plans }, (_, i) => hostSpec({ planName: `plan ${i}` }))
  const hashes = specs.map((spec) => hashOf(JSON.stringify(spec)))
  for (const [i, spec] of specs.entries()) await world.specs.put(specName(hashes[i] ?? ''), JSON.stringify(spec))
  const blobs: Blobs = {
    ...world.specs,
    get: (name) => {
      read.push(name)
      return world.specs.get(name)
    },
  }
  const specOf = createSpecCache(blobs, limit)
  const ask = async (i: number) => (await specOf(hashes[i] ?? '')).spec.planName
  const timesRead = (i: number) => read.filter((name) => name === specName(hashes[i] ?? '')).length
  return { specOf, ask, timesRead, specs, hash: hashes[0] ?? '', blobs: world.specs, read }
}

describe('a spec', () => {
  it('is named by the SHA-256 of its content', () => {
    // FIPS 180-2, appendix B.1.
    expect(hashOf('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(specName('abc')).toBe('abc.json')
  })

  it('is found with its stages and their subjects, and nothing that is not in it', async () => {
    const { specOf, specs, hash } = await open()
    const { spec, stage, subject } = await specOf(hash)
    expect(spec).toEqual(specs[0])
    expect(stage('capacity')).toEqual(specs[0]?.stages[0])
    expect(stage('grant')).toBeUndefined()
    expect(subject('capacity', hostSubject.key)).toEqual(hostSubject)
    expect(subject('capacity', 'stranger')).toBeUndefined()
    expect(subject('grant', hostSubject.key)).toBeUndefined()
  })

  it('that is not there is an error that names it', async () => {
    const { specOf } = await open()
    await expect(specOf('f'.repeat(64))).rejects.toThrow(`There is no spec ${'f'.repeat(64)}`)
  })

  it('whose content is not what was approved is never carried out', async () => {
    const { specOf, hash, blobs } = await open()
    await blobs.put(specName(hash), JSON.stringify(hostSpec({ planName: 'forged' })))
    await expect(specOf(hash)).rejects.toThrow(/not what was approved/)
  })
})

describe('specs that were read', () => {
  it('are not read again, not even while the first reading goes on', async () => {
    const { ask, timesRead } = await open()
    expect(await Promise.all([ask(0), ask(0)])).toEqual(['plan 0', 'plan 0'])
    await ask(0)
    expect(timesRead(0)).toBe(1)
  })

  it('are read again when they could not be read', async () => {
    const { specOf, blobs, hash } = await open()
    const content = (await blobs.get(specName(hash))) ?? ''
    await blobs.put(specName(hash), '')
    await expect(specOf(hash)).rejects.toThrow()
    await blobs.put(specName(hash), content)
    expect((await specOf(hash)).spec.planName).toBe('plan 0')
  })

  it.each([
    ['as many as are told', 2],
    ['sixteen', undefined],
  ])('are kept, %s, the newest ones', async (_, limit) => {
    const kept = limit ?? 16
    const { ask, timesRead } = await open(kept + 1, limit)
    for (let i = 0; i < kept; i++) await ask(i)
    await ask(0)
    expect(timesRead(0)).toBe(1)
    await ask(kept)
    for (let i = 1; i < kept; i++) await ask(i)
    expect(Array.from({ length: kept + 1 }, (_, i) => timesRead(i))).toEqual(Array(kept + 1).fill(1))
    await ask(0)
    expect(timesRead(0)).toBe(2)
  })
})
