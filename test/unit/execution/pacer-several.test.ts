/** One begin for several machines takes several slots. */
import { describe, expect, it } from 'vitest'
import { createMemoryStorage } from '../../../sim/storage/memory-storage.ts'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { acquire, answered, callDeadline, grantLife, type Limiter } from '../../../src/lib/execution/pacer.ts'
import type { Table } from '../../../src/lib/ports/storage.ts'

const interval = minutes(10)
const start = 1_800_000_000_000
const noAnswerCounts = grantLife + callDeadline

function desk(batchSize: number) {
  let now = start
  const table = createMemoryStorage({ now: () => now }).table('pacers')
  const limiter: Limiter = { key: 'failovers:sub/ukwest', batchSize, batchInterval: interval }
  const clock = { now: () => now, latest: () => now, monotonic: () => now - start }
  const ask = (holder: string, home = 0) => acquire(table, clock, limiter, holder, home)
  return {
    table,
    limiter,
    clock,
    ask,
    grant: ask,
    at: (moment: number) => {
      now = start + moment
    },
  }
}

describe('a begin for several machines', () => {
  it('gives several slots or none', async () => {
    const { table, clock, limiter, at, ask } = desk(4)
    const several = (count: number) => acquire(table, clock, limiter, 'group', 0, count)
    expect(await several(3)).toMatchObject({ kind: 'granted', grant: { slots: [{}, {}, {}] } })
    expect(await several(2)).toEqual({ kind: 'full', freeAt: start + noAnswerCounts + interval })
    expect((await ask('a')).kind).toBe('granted')
    at(noAnswerCounts + interval)
    expect((await several(4)).kind).toBe('granted')
    await expect(several(5)).rejects.toThrow('wants 5 slots of 4')
  })

  it('tells several when enough slots are free, and frees all of them after the answer', async () => {
    const { table, clock, limiter, at, grant, ask } = desk(3)
    await grant('a', 0)
    at(seconds(30))
    await grant('b', 1)
    at(minutes(1))
    const several = () => acquire(table, clock, limiter, 'group', 0, 2)
    expect(await several()).toEqual({ kind: 'full', freeAt: start + noAnswerCounts + interval })
    at(noAnswerCounts + interval)
    const granted = await several()
    if (granted.kind !== 'granted') throw new Error('full')
    expect(await ask('c')).toMatchObject({ kind: 'full' })
    await answered(table, clock, granted.grant)
    at(noAnswerCounts + interval + interval)
    expect((await several()).kind).toBe('granted')
  })

  it('gives back what several took in vain', async () => {
    const { table, clock, limiter } = desk(3)
    let left = 1
    const stolen: Table = { ...table, insert: async (row) => (left-- > 0 ? table.insert(row) : undefined) }
    expect(await acquire(stolen, clock, limiter, 'group', 0, 3)).toEqual({ kind: 'full', freeAt: start + seconds(1) })
    expect((await acquire({ ...table }, clock, limiter, 'group', 0, 3)).kind).toBe('granted')
  })
})
