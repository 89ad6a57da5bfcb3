import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../../sim/clock.ts'
import { createRandom } from '../../../sim/random.ts'
import type { StorageFaults } from '../../../sim/storage/link.ts'
import { createMemoryStorage } from '../../../sim/storage/memory-storage.ts'
import { StorageAway } from '../../../src/lib/storage/errors.ts'

const start = 1_800_000_000_123

/** Inserts `count` rows one after the other in virtual time; tells what came of each and how long it all took. */
async function insertAll(seed: number, faults: StorageFaults, count = 300) {
  const clock = createVirtualClock(start)
  const storage = createMemoryStorage(clock, createRandom(seed), faults)
  const results: string[] = []
  const work = async () => {
    for (let n = 0; n < count; n++) {
      const row = { pk: 'p', rk: `r${n}`, value: { n } }
      const etag = await storage
        .table('operations')
        .insert(row)
        .catch((error: unknown) => error)
      results.push(etag instanceof StorageAway ? 'away' : typeof etag)
    }
  }
  const done = work()
  await clock.run(() => results.length === count)
  await done
  return { results, counts: storage.faultCounts(), took: clock.now() - start, storage, clock }
}

describe('the twin of a storage', () => {
  it('does nothing wrong and takes no time unless told to', async () => {
    const { results, counts, took } = await insertAll(1, {})
    expect(new Set(results)).toEqual(new Set(['string']))
    const none = { before: 0, after: 0, latency: 0, outages: 0, remove: 0, transact: 0 }
    expect({ counts, took }).toEqual({ counts: none, took: 0 })
  })

  it('loses requests and answers as often as told, counts them, and never tells an insert that its own row is in the way', async () => {
    const { results, counts } = await insertAll(2, { before: 0.2, after: 0.2, latency: [5, 15] })
    expect(results).not.toContain('undefined')
    expect(results).toContain('away')
    const calls = counts.latency
    expect(counts.before / calls).toBeCloseTo(0.2, 1)
    expect(counts.after / (calls - counts.before)).toBeCloseTo(0.2, 1)
  })

  it('gives the same world for the same seed, and another for another', async () => {
    const faults: StorageFaults = { before: 0.1, after: 0.1, latency: [5, 15] }
    const [one, same, other] = [await insertAll(3, faults), await insertAll(3, faults), await insertAll(4, faults)]
    expect([same.results, same.counts, same.took]).toEqual([one.results, one.counts, one.took])
    expect(other.took).not.toBe(one.took)
  })

  it('takes its time for each call, and keeps a lost answer back until the deadline now and then', async () => {
    const { took } = await insertAll(5, { latency: [10, 10] }, 100)
    expect(took).toBe(1_000)
    const silent = await insertAll(5, { latency: [10, 10], after: 1 }, 10)
    expect(silent.results).toEqual(Array(10).fill('away'))
    expect(silent.took).toBeGreaterThan(20_000)
  })

  it('is away during an outage and keeps what it had', async () => {
    let now = start
    const outage = { from: start + 1_000, until: start + 2_000 }
    const storage = createMemoryStorage({ now: () => now }, undefined, { outages: [outage] })
    const table = storage.table('operations')
    await table.insert({ pk: 'p', rk: 'a', value: { n: 1 } })
    now = outage.from
    await expect(table.get('p', 'a')).rejects.toThrow(StorageAway)
    await expect(storage.queue('task-ticks').send({ n: 1 }, 0)).rejects.toThrow(StorageAway)
    now = outage.until
    expect((await table.get('p', 'a'))?.value).toEqual({ n: 1 })
    expect(storage.faultCounts().outages).toBe(2)
    expect(storage.queue('task-ticks').peekAll()).toEqual([])
  })

  it('refuses faults without a seed', () => {
    expect(() => createMemoryStorage({ now: () => 0 }, undefined, { before: 0.5 })).toThrow(/need a seeded generator/)
  })

  it('is one storage for several hosts, each with its own write ids, faults and clock', async () => {
    const random = createRandom(6)
    const one = createMemoryStorage({ now: () => start }, random)
    const two = one.connect(random)
    // Written by a third, so that the two below write with the first id of each.
    const etag =
      (await one
        .connect()
        .table('pairs')
        .insert({ pk: 'p', rk: 'r', value: { by: 1 } })) ?? ''
    const [first, second] = [one, two].map((host, n) =>
      host.table('pairs').replace({ pk: 'p', rk: 'r', value: { by: n } }, etag),
    )
    expect([typeof (await first), await second]).toEqual(['string', undefined])
    expect(two.clock.isStale()).toBe(false)
    expect(one.connect().clock.isStale()).toBe(true)
  })

  it('tells time no better than the Date header of a real storage', async () => {
    const storage = createMemoryStorage({ now: () => start })
    await storage.refreshClock()
    expect([storage.clock.now(), storage.clock.latest()]).toEqual([1_800_000_000_000, 1_800_000_001_000])
  })

  it('shows what is hidden in a queue and when it becomes visible', async () => {
    let now = start
    const queue = createMemoryStorage({ now: () => now }).queue('task-ticks-poison')
    await queue.send({ n: 1 }, 5_000)
    await queue.put('raw text')
    expect(queue.nextVisibleAt()).toBe(start)
    const [received] = await queue.receive(32, 600_000)
    expect(received).toMatchObject({ text: 'raw text', dequeueCount: 1, insertedAt: start })
    expect(queue.peekAll().map(({ visibleAt }) => visibleAt - start)).toEqual([5_000, 600_000])
    expect(queue.nextVisibleAt()).toBe(start + 5_000)
    const renewed = await queue.update(received?.id ?? '', received?.popReceipt ?? '', 1_000)
    expect(renewed).toEqual(expect.any(String))
    expect(await queue.update(received?.id ?? '', received?.popReceipt ?? '', 1_000)).toBeUndefined()
    expect(queue.nextVisibleAt()).toBe(start + 1_000)
    now += 1_000
    expect((await queue.receive(32, 1_000))[0]).toMatchObject({ text: 'raw text', dequeueCount: 2 })
  })

  it('stays fast with 20,000 hidden messages and 2,000 rows', async () => {
    const storage = createMemoryStorage({ now: () => start })
    const begun = performance.now()
    for (let n = 0; n < 20_000; n++) await storage.queue('task-ticks').send({ n }, 60_000)
    await storage.queue('task-ticks').send({ n: -1 }, 0)
    for (let n = 0; n < 1_000; n++) await storage.queue('task-ticks').receive(32, 0)
    for (let n = 0; n < 2_000; n++) await storage.table('operations').insert({ pk: 'p', rk: `r${n}`, value: { n } })
    for (let n = 0; n < 20; n++) expect(await storage.table('operations').query('p', [], 'index')).toHaveLength(2_000)
    expect(performance.now() - begun).toBeLessThan(5_000)
  })
})
