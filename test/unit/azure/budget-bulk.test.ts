/** Long lists and small reads share what forward work leaves. */
import { describe, expect, it } from 'vitest'
import { budgets, reserve, rowAt, spareRests } from '../../../src/lib/azure/budget-row.ts'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { openWorld, type Process } from './budget-world.ts'

const bucket = 'reads' as const
const { size, perSecond } = budgets[bucket]
type World = ReturnType<typeof openWorld>

/** Takes without a break until the end; how many, and the longest wait for one. */
async function press({ clock }: World, take: () => ReturnType<Process['take']>, until: number) {
  let count = 0
  let longest = 0
  for (let since = clock.now(); clock.now() < until; ) {
    const taken = await take()
    longest = Math.max(longest, clock.now() - since)
    if (taken.kind === 'taken') {
      count++
      since = clock.now()
    }
    await clock.sleep(taken.kind === 'taken' ? 20 : Math.max(taken.retryAfter, 20))
  }
  return { count, longest }
}

const usedUp = async ({ settled }: World, process: Process, purpose: Parameters<Process['take']>[1]) => {
  let taken = 0
  while ((await settled(process.take(bucket, purpose, 'soon'))).kind === 'taken') taken++
  return taken
}

describe('pages of long lists', () => {
  it('leave something to those who can do without, and that to forward work', async () => {
    const world = openWorld()
    const process = await world.settled(world.start())
    expect(await usedUp(world, process, 'bulk')).toBe(size - reserve(bucket, 'bulk'))
    expect(await usedUp(world, process, 'spare')).toBe(reserve(bucket, 'bulk') - reserve(bucket, 'spare'))
    expect(await usedUp(world, process, 'forward')).toBe(reserve(bucket, 'spare') - reserve(bucket, 'forward'))
  })

  it('make nobody from the line wait', async () => {
    const world = openWorld()
    const process = await world.settled(world.start())
    await usedUp(world, process, 'bulk')
    await usedUp(world, process, 'spare')
    expect((await world.settled(process.take(bucket))).kind).toBe('taken')
  })

  it.each([1, 4])('go on when small reads in %i other processes want all there is', async (others) => {
    const world = openWorld({ faults: { latency: [5, 20] } })
    const length = minutes(3)
    const work = async () => {
      const [reader, ...rest] = await Promise.all(Array.from({ length: 1 + others }, () => world.start()))
      const until = world.clock.now() + length
      const small = rest.flatMap((process) =>
        Array.from({ length: 8 }, () => press(world, () => process.take(bucket, 'spare', 'soon'), until)),
      )
      const pages = press(world, () => reader?.take(bucket, 'bulk', 'soon') ?? Promise.reject(new Error('none')), until)
      return { pages: await pages, small: (await Promise.all(small)).reduce((sum, { count }) => sum + count, 0) }
    }
    const { pages, small } = await world.settled(work())
    const refill = (perSecond * length) / 1_000
    // A page is given up after 5 s, and with it the list.
    expect(pages.longest).toBeLessThan(seconds(4))
    expect(pages.count / refill).toBeGreaterThan(0.3)
    expect(small / refill).toBeGreaterThan(0.2)
    expect((pages.count + small) / refill).toBeGreaterThan(0.9)
  })
})

describe('the row', () => {
  const now = 1_800_000_000_000
  const row = (spareFrom: unknown) => rowAt({ tokens: 5, at: now, spareFrom: spareFrom as number }, bucket, now)

  it('says until when nothing is spare', () => {
    expect(row(now + spareRests).spareFrom).toBe(now + spareRests)
  })

  it.each([
    ['over', now],
    ['longer than anybody writes', now + minutes(5)],
    ['not a time', 'soon'],
  ])('holds nobody with a rest that is %s', (_, spareFrom) => {
    expect(row(spareFrom)).not.toHaveProperty('spareFrom')
  })
})
