import { describe, expect, it } from 'vitest'
import { createMemoryStorage } from '../../../sim/storage/memory-storage.ts'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import {
  acquire,
  answered,
  callDeadline,
  type Grant,
  giveBack,
  grantLife,
  type Limiter,
} from '../../../src/lib/execution/pacer.ts'
import type { Table } from '../../../src/lib/ports/storage.ts'

const interval = minutes(10)
const start = 1_800_000_000_000
const limiterOf = (batchSize: number): Limiter => ({ key: 'starts:sub/uksouth', batchSize, batchInterval: interval })

/** The pacer's table with the calls it gets, at a moment the test sets. */
function desk(batchSize = 2, uncertainty = 0) {
  let now = start
  const calls: string[] = []
  const stored = createMemoryStorage({ now: () => now }).table('pacers')
  const limiter = limiterOf(batchSize)
  const table: Table = {
    ...stored,
    get: (...key) => noted('get', stored.get(...key)),
    query: (...key) => noted('query', stored.query(...key)),
    insert: (row) => noted('insert', stored.insert(row)),
    replace: (row, etag) => noted('replace', stored.replace(row, etag)),
  }
  const noted = <T>(call: string, result: T): T => {
    calls.push(call)
    return result
  }
  const clock = { now: () => now, latest: () => now + uncertainty, monotonic: () => now - start }
  return {
    table,
    stored,
    limiter,
    clock,
    calls,
    at: (moment: number) => {
      now = start + moment
    },
    ask: (holder: string, home = 0) => acquire(table, clock, limiter, holder, home),
    grant: async (holder: string, home = 0) => {
      const granted = await acquire(table, clock, limiter, holder, home)
      if (granted.kind !== 'granted') throw new Error(`${holder} gets nothing before ${granted.freeAt - start}`)
      return granted.grant
    },
  }
}

const slotOf = ({ slots }: Grant) => slots.map(({ slot }) => slot).join()

const noAnswerCounts = grantLife + callDeadline

describe('the pacer', () => {
  it('lists its slots once a second, however many wait for one', async () => {
    const { ask, at, calls, grant } = desk(1)
    await grant('a')
    at(seconds(1))
    for (const holder of ['b', 'c', 'd']) expect(await ask(holder)).toMatchObject({ kind: 'full' })
    expect(calls.filter((call) => call === 'query')).toHaveLength(1)
    at(seconds(2))
    await ask('e')
    expect(calls.filter((call) => call === 'query')).toHaveLength(2)
  })

  it('gives what is free by a listing to nobody when another process has taken it since', async () => {
    const { ask, clock, grant, limiter, stored } = desk(3)
    await grant('a', 0)
    await grant('b', 0)
    const others = { ...stored }
    expect(await acquire(others, clock, limiter, 'c', 2)).toMatchObject({ kind: 'granted' })
    expect(await ask('d', 0)).toEqual({ kind: 'full', freeAt: start + seconds(1) })
    expect(await ask('e', 0)).toEqual({ kind: 'full', freeAt: start + noAnswerCounts + interval })
  })

  it('knows at once of a slot that was given back in the same process', async () => {
    const { ask, grant, limiter, table } = desk(2)
    const first = await grant('a', 0)
    await grant('b', 0)
    expect(await ask('c', 0)).toMatchObject({ kind: 'full' })
    await giveBack(table, first)
    expect(await ask('d', 1)).toMatchObject({
      kind: 'granted',
      grant: { slots: first.slots.map(({ slot }) => ({ slot })), limiter },
    })
  })

  it('grants every slot once, and tells when the first is free again', async () => {
    const { ask, at, grant } = desk(2)
    await grant('a', 0)
    at(seconds(3))
    await grant('b', 1)
    expect(await ask('c')).toEqual({ kind: 'full', freeAt: start + noAnswerCounts + interval })
  })

  it('costs one read and one write where the own place is free', async () => {
    const { calls, grant, at } = desk(100)
    await grant('a', 42)
    at(noAnswerCounts + interval)
    await grant('a', 42)
    expect(calls).toEqual(['get', 'insert', 'get', 'replace'])
  })

  it('gives the place beyond the last slot one from the beginning', async () => {
    const { grant } = desk(3)
    expect(slotOf(await grant('a', 4))).toBe(slotOf(await desk(3).grant('b', 1)))
  })

  it('takes another slot when its own is busy', async () => {
    const { grant } = desk(3)
    const first = await grant('a', 0)
    expect(slotOf(await grant('b', 0))).not.toBe(slotOf(first))
  })

  it('counts limiters apart', async () => {
    const { table, clock, grant, ask } = desk(1)
    await grant('a')
    const other = { key: 'failovers:sub/uksouth', batchSize: 1, batchInterval: interval }
    expect((await acquire(table, clock, other, 'b', 0)).kind).toBe('granted')
    expect((await ask('c')).kind).toBe('full')
  })

  it('gives way to whoever takes the slot at the same moment', async () => {
    const { ask } = desk(1)
    const both = await Promise.all([ask('a'), ask('b')])
    expect(both.map(({ kind }) => kind).sort()).toEqual(['full', 'granted'])
  })

  it('gives thirty askers at once no more than there is', async () => {
    const { ask } = desk(5)
    const all = await Promise.all(Array.from({ length: 30 }, (_, i) => ask(`holder-${i}`, i)))
    expect(all.filter(({ kind }) => kind === 'granted')).toHaveLength(5)
  })

  it('asks an unlucky one to come back in a second', async () => {
    const { table, clock, limiter, ask } = desk(3)
    const stolen: Table = { ...table, insert: async () => undefined }
    expect(await acquire(stolen, clock, limiter, 'a', 0)).toEqual({ kind: 'full', freeAt: start + seconds(1) })
    expect((await ask('b')).kind).toBe('granted')
  })

  it('spreads those who have lost their own place over the free ones, whatever their names have in common', async () => {
    const holders = Array.from({ length: 12 }, (_, i) => [`op-${i} capacity avd-1`, `op-1 capacity avd-${i}`]).flat()
    const slots: string[][] = [[], []]
    for (const [i, holder] of holders.entries()) {
      const { grant } = desk(100)
      await grant('somebody else')
      slots[i % 2]?.push(slotOf(await grant(holder)))
    }
    for (const some of slots) expect(new Set(some).size).toBeGreaterThan(8)
  })

  it.each([
    ['each of three free slots', 3],
    ['eight of a hundred', 100],
  ])('tries %s once where others are always quicker, and its own first', async (_, batchSize) => {
    for (const holder of ['a', 'b', 'c', 'd']) {
      const { table, clock, limiter } = desk(batchSize)
      const tried: string[] = []
      const insert: Table['insert'] = async ({ rk }) => {
        tried.push(rk)
        return undefined
      }
      await acquire({ ...table, insert }, clock, limiter, holder, 0)
      const others = tried.slice(1)
      expect([tried[0], others.length]).toEqual(['slot-00000', Math.min(batchSize, 8)])
      expect(new Set(others).size).toBe(others.length)
    }
  })

  it('tries nothing that it took itself a moment ago', async () => {
    const { ask, calls, grant } = desk(2)
    await grant('a')
    await grant('b')
    calls.length = 0
    expect(await ask('c')).toEqual({ kind: 'full', freeAt: start + noAnswerCounts + interval })
    expect(calls).toEqual(['get'])
  })

  it('lists anew when the listing did not arrive', async () => {
    const { table, clock, limiter, grant } = desk(2)
    await grant('a')
    let isAway = true
    const query: Table['query'] = (pk) => (isAway ? Promise.reject(new Error('away')) : table.query(pk))
    const shaky = { ...table, query }
    await expect(acquire(shaky, clock, limiter, 'b', 0)).rejects.toThrow('away')
    isAway = false
    expect(await acquire(shaky, clock, limiter, 'b', 0)).toMatchObject({ kind: 'granted' })
  })

  it.each([
    ['another limiter', { key: 'starts:sub/ukwest', batchSize: 2 }],
    ['the same limiter in a plan with larger batches', { batchSize: 3 }],
  ])('does not answer from the listing of %s', async (_, other) => {
    const { ask, clock, grant, limiter, stored, table } = desk(1)
    await grant('a')
    expect((await ask('b')).kind).toBe('full')
    const theirs = { ...limiter, ...other }
    await acquire({ ...stored }, clock, theirs, 'c', 0)
    expect(await acquire(table, clock, theirs, 'd', 0)).toMatchObject({ kind: 'granted' })
  })

  it('keeps a slot nobody can read', async () => {
    const { stored, limiter, ask, at } = desk(1)
    await stored.insert({ pk: limiter.key, rk: 'slot-00000', value: { freeAt: 'soon' } })
    at(interval * 100)
    expect(await ask('a')).toEqual({ kind: 'full', freeAt: Number.MAX_SAFE_INTEGER })
  })
})

describe('a slot', () => {
  it.each<[title: string, busyUntil: number, settle: (world: ReturnType<typeof desk>) => Promise<void>]>([
    ['is free at once when its begin was given back', 0, async (w) => giveBack(w.table, await w.grant('a'))],
    [
      'is busy for an interval after its own answer',
      seconds(7) + interval,
      async (w) => {
        const grant = await w.grant('a')
        w.at(seconds(7))
        await answered(w.table, w.clock, grant)
      },
    ],
    [
      'rounds the answer up to the whole second storage tells',
      seconds(8) + interval,
      async (w) => {
        const grant = await w.grant('a')
        w.at(seconds(7) + 1)
        await answered(w.table, w.clock, grant)
      },
    ],
    [
      'counts an answer that never came from the last moment the begin could have been accepted',
      noAnswerCounts + interval,
      async (w) => {
        await w.grant('a')
      },
    ],
    [
      'rounds the grant up as well',
      seconds(1) + noAnswerCounts + interval,
      async (w) => {
        w.at(1)
        await w.grant('a')
      },
    ],
  ])('%s', async (_, busyUntil, settle) => {
    const world = desk(1)
    await settle(world)
    if (busyUntil > 0) {
      world.at(busyUntil - 1)
      expect(await world.ask('b')).toEqual({ kind: 'full', freeAt: start + busyUntil })
    }
    world.at(busyUntil)
    expect((await world.ask('b')).kind).toBe('granted')
  })

  it('goes by the latest moment it may be, not by the earliest', async () => {
    const world = desk(1, 400)
    const grant = await world.grant('a')
    world.at(seconds(6) + 700)
    await answered(world.table, world.clock, grant)
    expect(await world.ask('b')).toEqual({ kind: 'full', freeAt: start + seconds(8) + interval })
  })

  it('is not shortened by a late word of a holder who lost it', async () => {
    const world = desk(1)
    const first = await world.grant('a')
    world.at(noAnswerCounts + interval)
    await world.grant('b')
    await giveBack(world.table, first)
    expect((await world.ask('c')).kind).toBe('full')
  })
})
