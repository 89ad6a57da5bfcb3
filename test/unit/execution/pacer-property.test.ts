/** Many holders, each with its own way to storage and its own idea of the time, and everything that can go wrong between. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createVirtualClock, type VirtualClock } from '../../../sim/clock.ts'
import { createRandom } from '../../../sim/random.ts'
import { createMemoryStorage, type MemoryStorage } from '../../../sim/storage/memory-storage.ts'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { acquire, answered, callDeadline, giveBack, grantLife, type Limiter } from '../../../src/lib/execution/pacer.ts'
import { StorageAway } from '../../../src/lib/storage/errors.ts'

const interval = minutes(1)
const faults = { before: 0.03, after: 0.1, latency: [0, 300] } as const
type Fate = 'answered' | 'lost' | 'refused' | 'dies before' | 'dies after'
const fates: readonly Fate[] = ['answered', 'answered', 'answered', 'lost', 'refused', 'dies before', 'dies after']

type Run = { readonly seed: number; readonly holders: number; readonly batchSize: number }

async function accepted({ seed, holders, batchSize }: Run): Promise<readonly number[]> {
  const random = createRandom(seed)
  const clock = createVirtualClock(1_800_000_000_137)
  const storage = createMemoryStorage(clock, random)
  const limiter: Limiter = { key: 'starts:sub/uksouth', batchSize, batchInterval: interval }
  const moments: number[] = []
  let left = holders
  const hold = async (name: string, home: number) => {
    const own = random.fork(name)
    const way = storage.connect(own, faults, clock.monotonic)
    // Every third one begins for several machines at once.
    const count = home % 3 === 2 ? Math.min(2, batchSize) : 1
    for (let turn = 0; turn < 12; turn++) {
      await clock.sleep(own.between(0, seconds(4)))
      const moment = await unlessAway(() => begin(clock, way, limiter, { name, home, random: own, count }))
      if (moment !== undefined) moments.push(...Array.from({ length: count }, () => moment))
    }
    left--
  }
  for (let i = 0; i < holders; i++) void hold(`holder-${i}`, homeOf(i, batchSize))
  await clock.run(() => left === 0)
  return moments.sort((a, b) => a - b)
}

/** Two share each home. */
const homeOf = (i: number, batchSize: number): number => Math.floor(i / 2) % batchSize

type Holder = {
  readonly name: string
  readonly home: number
  readonly random: ReturnType<typeof createRandom>
  readonly count: number
}

/** The moment at which Azure accepted the begin, if it did. */
async function begin(clock: VirtualClock, way: MemoryStorage, limiter: Limiter, { name, home, random, count }: Holder) {
  const table = way.table('pacers')
  await way.refreshClock()
  const startedAt = clock.monotonic()
  const granted = await acquire(table, way.clock, limiter, name, home, count)
  if (granted.kind === 'full') {
    await clock.sleep(Math.max(granted.freeAt - way.clock.now(), seconds(1)))
    return undefined
  }
  const fate = random.pick(fates)
  if (fate === 'dies before') return undefined
  // The fence lets a begin go out as late as this; the call may take as long as its deadline.
  await clock.sleep(startedAt + random.between(0, grantLife) - clock.monotonic())
  if (fate === 'refused' || clock.monotonic() > startedAt + grantLife) {
    await giveBack(table, granted.grant)
    return undefined
  }
  await clock.sleep(random.between(0, callDeadline))
  const moment = clock.now()
  if (fate === 'answered') await unlessAway(() => answered(table, way.clock, granted.grant))
  return moment
}

async function unlessAway<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StorageAway) return undefined
    throw error
  }
}

it('never has more than a batch accepted within any interval', async () => {
  let most = 0
  await fc.assert(
    fc.asyncProperty(
      fc.record({ seed: fc.nat(), holders: fc.integer({ min: 2, max: 8 }), batchSize: fc.integer({ min: 1, max: 4 }) }),
      async (run) => {
        const moments = await accepted(run)
        most = Math.max(most, moments.length)
        const crowds = moments.map((from) => moments.filter((at) => from <= at && at < from + interval).length)
        expect(Math.max(0, ...crowds)).toBeLessThanOrEqual(run.batchSize)
      },
    ),
    { numRuns: 40, seed: 20_260_314 },
  )
  // A pacer that grants nothing would pass as well.
  expect(most).toBeGreaterThan(15)
})
