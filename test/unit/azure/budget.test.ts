import { describe, expect, it } from 'vitest'
import { budgets, portionLife, reserve } from '../../../src/lib/azure/budget-row.ts'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { mostAboveHalf, openWorld, type Process, requestOf, scope } from './budget-world.ts'

type World = ReturnType<typeof openWorld>
const bucket = 'writes' as const
const { size, perSecond } = budgets[bucket]

/** Asks without a break until the end, each time when it was told to come again. */
async function press({ clock }: World, process: Process, until: number, isAlive = () => true): Promise<void> {
  while (clock.now() < until && isAlive()) {
    const taken = await process.take(bucket).catch(() => ({ kind: 'over', retryAfter: seconds(1) }) as const)
    await clock.sleep(taken.kind === 'taken' ? 20 : Math.max(taken.retryAfter, 20))
  }
}

const storageTrouble = { before: 0.02, after: 0.05, latency: [5, 400] } as const

describe('the budget', () => {
  it.each([1, 4, 32])('of %i processes that all want more is never above half, and is used up', async (count) => {
    const world = openWorld({ seed: count, faults: { latency: [5, 60] } })
    const length = minutes(3)
    await world.settled(pressFrom(world, count, 64, length))
    expect(
      mostAboveHalf(
        world.sent.map(({ at }) => at),
        bucket,
      ),
    ).toBeLessThanOrEqual(0)
    const permitted = size - reserve(bucket, 'forward') + (perSecond * length) / 1_000
    expect(world.sent.length / permitted).toBeGreaterThan(0.97)
  })

  it.each([1, 2, 3, 4, 5, 6])('stays below half when storage is slow and loses answers, seed %i', async (seed) => {
    const world = openWorld({ seed, faults: storageTrouble })
    await world.settled(pressFrom(world, 8, 64, minutes(2)))
    expect(
      mostAboveHalf(
        world.sent.map(({ at }) => at),
        bucket,
      ),
    ).toBeLessThanOrEqual(0)
    expect(world.sent.length).toBeGreaterThan(300)
  })

  it.each([1, 2, 3])('stays below half when all spend at once what they leased before, seed %i', async (seed) => {
    const world = openWorld({ seed })
    const burst = async () => {
      const all = await Promise.all(Array.from({ length: 12 }, world.start))
      for (const process of all) for (let i = 0; i < 5; i++) await process.take(bucket)
      await world.clock.sleep(seconds(30))
      for (const process of all) await process.take(bucket)
      await world.clock.sleep(portionLife - 10)
      await Promise.all(all.flatMap((process) => Array.from({ length: 30 }, () => process.take(bucket, 'urgent'))))
    }
    await world.settled(burst())
    const last = world.sent.slice(60).map(({ at }) => at)
    expect(last.length).toBeGreaterThan(80)
    expect(mostAboveHalf(last, bucket)).toBeLessThanOrEqual(0)
  })

  it('is above half when every process has one to itself: the meter sees it', async () => {
    const world = openWorld({ isShared: false })
    await world.settled(pressFrom(world, 4, 64, minutes(1)))
    expect(
      mostAboveHalf(
        world.sent.map(({ at }) => at),
        bucket,
      ),
    ).toBeGreaterThan(100)
  })

  it('loses little with processes that die', async () => {
    const world = openWorld({ faults: { latency: [5, 60] } })
    const length = minutes(2)
    const until = world.clock.now() + length
    const live = async () => {
      while (world.clock.now() < until) {
        const process = await world.start()
        const dies = world.clock.now() + world.random.between(seconds(1), seconds(8))
        const isAlive = () => world.clock.now() < dies
        await Promise.all(Array.from({ length: 16 }, () => press(world, process, until, isAlive)))
      }
    }
    await world.settled(Promise.all([live(), live(), live(), live()]))
    const permitted = size - reserve(bucket, 'forward') + (perSecond * length) / 1_000
    expect(world.sent.length / permitted).toBeGreaterThan(0.9)
    expect(
      mostAboveHalf(
        world.sent.map(({ at }) => at),
        bucket,
      ),
    ).toBeLessThanOrEqual(0)
  })
})

async function pressFrom(world: World, processes: number, workers: number, length: number): Promise<void> {
  const all = await Promise.all(Array.from({ length: processes }, world.start))
  const until = world.clock.now() + length
  await Promise.all(
    all.flatMap((process) =>
      Array.from({ length: Math.ceil(workers / processes) }, () => press(world, process, until)),
    ),
  )
}

describe('over budget', () => {
  it('is refused with the moment at which to come again, one after the other', async () => {
    const world = openWorld()
    const process = await world.settled(world.start())
    const turns = await world.settled(refusals(process, 200))
    const gaps = turns.slice(1).map((turn, i) => turn - (turns[i] ?? 0))
    expect(new Set(gaps.map(Math.round))).toEqual(new Set([1_000 / perSecond]))
  })

  it('puts the refused of all processes into one line, so that whoever comes at his turn gets through', async () => {
    const world = openWorld({ faults: { latency: [5, 20] } })
    const work = async () => {
      const processes = await Promise.all(Array.from({ length: 8 }, world.start))
      let asked = 0
      const come = async (i: number) => {
        for (;;) {
          asked++
          // A message goes to any process.
          const taken = await processes[(i + asked) % 8]?.take(bucket)
          if (!taken || taken.kind === 'taken') return
          await world.clock.sleep(Math.ceil(taken.retryAfter / 1_000) * 1_000 + world.random.between(0, seconds(2)))
        }
      }
      const from = world.clock.now()
      await Promise.all(Array.from({ length: 600 }, (_, i) => come(i)))
      return { asked, took: (world.clock.now() - from) / 1_000 }
    }
    const { asked, took } = await world.settled(work())
    const least = (600 - size + reserve(bucket, 'forward')) / perSecond
    expect(took / least).toBeLessThan(1.1)
    // Refused once at most: in the beginning everybody came at once.
    expect(asked / 600).toBeLessThan(2)
  })

  it('tells nobody to come later than in two minutes', async () => {
    const world = openWorld()
    const process = await world.settled(world.start())
    const turns = await world.settled(refusals(process, 2_000))
    expect(Math.max(...turns)).toBeLessThanOrEqual(minutes(2))
    expect(new Set(turns.slice(-4)).size).toBe(4)
  })

  it('lets nobody from the line go before who waits where he stands', async () => {
    const world = openWorld()
    const process = await world.settled(world.start())
    await world.settled(refusals(process, 1))
    const waits = await world.settled(process.take(bucket, 'forward', 'soon'))
    expect(waits).toEqual({ kind: 'over', retryAfter: expect.any(Number) })
    if (waits.kind === 'over') await world.clock.run(world.clock.now() + waits.retryAfter + 5)
    expect((await world.settled(process.take(bucket))).kind).toBe('over')
    expect((await world.settled(process.take(bucket, 'forward', 'soon'))).kind).toBe('taken')
  })
})

describe('what is kept back', () => {
  it('is there for abort and restore when forward work has used up the rest', async () => {
    const world = openWorld()
    const process = await world.settled(world.start())
    await world.settled(refusals(process, 10))
    for (let i = 0; i < reserve(bucket, 'forward'); i++)
      expect((await world.settled(process.take(bucket, 'urgent'))).kind).toBe('taken')
    expect((await world.settled(process.take(bucket, 'urgent'))).kind).toBe('over')
  })

  it('holds for processes that press on: what is urgent elsewhere waits for no line', async () => {
    const world = openWorld({ faults: { latency: [5, 20] } })
    const work = async () => {
      const [busy, other] = await Promise.all([world.start(), world.start()])
      const until = world.clock.now() + minutes(1)
      const pressing = Promise.all(Array.from({ length: 32 }, () => press(world, busy, until)))
      const waited: number[] = []
      while (world.clock.now() < until) {
        await world.clock.sleep(seconds(2))
        for (const from = world.clock.now(); ; ) {
          const taken = await other.take(bucket, 'urgent')
          if (taken.kind === 'taken') {
            waited.push(world.clock.now() - from)
            break
          }
          await world.clock.sleep(taken.retryAfter)
        }
      }
      await pressing
      return waited
    }
    expect(Math.max(...(await world.settled(work())))).toBeLessThan(200)
  })

  it('is half of it from what no operation waits for', async () => {
    const world = openWorld()
    const process = await world.settled(world.start())
    let taken = 0
    while ((await world.settled(process.take(bucket, 'background'))).kind === 'taken') taken++
    expect(taken).toBe(size - reserve(bucket, 'background'))
    expect((await world.settled(process.take(bucket, 'forward'))).kind).toBe('taken')
  })
})

describe('storage', () => {
  it('is asked once for many requests while there is plenty', async () => {
    const world = openWorld()
    const process = await world.settled(world.start())
    const work = async () => {
      for (let i = 0; i < 300; i++) {
        expect((await process.take('reads')).kind).toBe('taken')
        await world.clock.sleep(100)
      }
    }
    await world.settled(work())
    expect(world.calls.length / 300).toBeLessThan(0.5)
  })

  it('is asked seldom by those who are refused', async () => {
    const world = openWorld()
    const process = await world.settled(world.start())
    await world.settled(refusals(process, 1))
    world.calls.length = 0
    await world.settled(refusals(process, 400))
    expect(world.calls.length).toBeLessThanOrEqual(400 / 2 + 2)
  })

  it('away means that nothing can be taken, and that is an error', async () => {
    const world = openWorld({ faults: { outages: [{ from: 1_800_000_001_000, until: 1_800_000_100_000 }] } })
    const process = await world.settled(world.start())
    await world.clock.run(1_800_000_002_000)
    await expect(world.settled(process.take(bucket))).rejects.toThrow('503')
    await world.clock.run(1_800_000_101_000)
    expect((await world.settled(process.take(bucket))).kind).toBe('taken')
  })

  it('may hold a row nobody can read: it counts as empty and fills up again', async () => {
    const world = openWorld()
    await world.storage.table('pacers').insert({ pk: 'budget', rk: `${scope}/${bucket}`, value: { tokens: 'many' } })
    const process = await world.settled(world.start())
    expect((await world.settled(process.take(bucket))).kind).toBe('over')
    await world.clock.run(world.clock.now() + seconds(10))
    expect((await world.settled(process.take(bucket))).kind).toBe('taken')
  })

  it('has a line for each subscription and sort of call', async () => {
    const world = openWorld()
    const process = await world.settled(world.start())
    await world.settled(refusals(process, 1))
    expect((await world.settled(process.take('deletes'))).kind).toBe('taken')
    const elsewhere = { ...requestOf(bucket), scope: '' }
    expect((await world.settled(process.budget.take(elsewhere, 'line'))).kind).toBe('taken')
  })
})

describe('a portion', () => {
  it('is worth nothing after its life', async () => {
    const world = openWorld()
    const process = await world.settled(world.start())
    for (let i = 0; i < 12; i++) await world.settled(process.take(bucket))
    world.calls.length = 0
    await world.settled(process.take(bucket))
    expect(world.calls).toEqual([])
    await world.clock.run(world.clock.now() + portionLife)
    await world.settled(process.take(bucket))
    expect(world.calls).toEqual(['get', 'replace'])
  })
})

describe("Azure's own word", () => {
  it('that little is left makes room until it is more', async () => {
    const world = openWorld()
    const process = await world.settled(world.start())
    process.budget.heed(requestOf(bucket), 150)
    expect((await world.settled(process.take(bucket))).kind).toBe('taken')
    process.budget.heed(requestOf(bucket), 5)
    expect(await world.settled(process.take(bucket))).toEqual({ kind: 'over', retryAfter: 1_500 })
    await world.clock.run(world.clock.now() + 1_500)
    expect((await world.settled(process.take(bucket))).kind).toBe('taken')
  })

  it('to be left alone is obeyed by all who would use the same bucket', async () => {
    const world = openWorld()
    const process = await world.settled(world.start())
    process.budget.heed(requestOf(bucket), 0, seconds(17))
    expect(await world.settled(process.take(bucket, 'urgent'))).toEqual({ kind: 'over', retryAfter: seconds(17) })
    expect((await world.settled(process.take('reads'))).kind).toBe('taken')
  })
})

/** Uses up what there is and answers when the next ones, refused at the same moment, are told to come. */
async function refusals(process: Process, count: number): Promise<readonly number[]> {
  const turns: number[] = []
  while (turns.length < count) {
    const taken = await process.take(bucket)
    if (taken.kind === 'over') turns.push(taken.retryAfter)
  }
  return turns
}
