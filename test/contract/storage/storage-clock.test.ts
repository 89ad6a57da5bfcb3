import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Storage } from '../../../src/lib/storage/storage.ts'
import { createStorageClock } from '../../../src/lib/storage/storage-clock.ts'
import { storageWorlds } from '../../support/storage-worlds.ts'

const second = (at: number) => Math.floor(at / 1_000) * 1_000
/** Storage's clock stands at `start` when the monotonic one stands at 0. */
const start = 1_800_000_000_700

/** A clock fed by answers that take `there` and `back` milliseconds, and the true storage time. */
function clockWith(drift = 1) {
  let monotonic = 0
  const truth = () => start + monotonic * drift
  const clock = createStorageClock(() => monotonic)
  return {
    clock,
    truth,
    pass: (length: number) => {
      monotonic += length
    },
    ask: (there: number, back: number) => {
      const sent = monotonic
      monotonic += there
      const date = second(truth())
      monotonic += back
      clock.observe({ sent, received: monotonic, date })
    },
  }
}

describe("storage's time", () => {
  it('is unknown before storage has answered', () => {
    const { clock } = clockWith()
    expect(() => clock.now()).toThrow(/storage has not answered yet/)
    expect(() => clock.latest()).toThrow(/storage has not answered yet/)
    expect(clock.isStale()).toBe(true)
  })

  it('lies, after one answer, between its whole second and a second and the whole call later', () => {
    const { clock, ask } = clockWith()
    ask(30, 70)
    // Sent at 0, answered at 100, and 1_800_000_000_000 named: then it was .000 to .999 somewhere in between.
    expect(clock.now()).toBe(1_800_000_000_000)
    expect(clock.latest()).toBe(1_800_000_001_100)
  })

  it('gets sharper when an answer falls on the turn of a second', () => {
    const { clock, ask, pass, truth } = clockWith()
    ask(1, 1)
    pass(297)
    ask(1, 1)
    expect(clock.latest() - clock.now()).toBeLessThan(310)
    expect(clock.now()).toBeLessThanOrEqual(truth())
    expect(clock.latest()).toBeGreaterThanOrEqual(truth())
  })

  it('is stale 60 s after the last answer, and goes on all the same', () => {
    const { clock, ask, pass, truth } = clockWith()
    ask(5, 5)
    pass(60_000)
    expect(clock.isStale()).toBe(false)
    pass(1)
    expect(clock.isStale()).toBe(true)
    expect(clock.now()).toBeLessThanOrEqual(truth())
    expect(clock.latest()).toBeGreaterThanOrEqual(truth())
    ask(5, 5)
    expect(clock.isStale()).toBe(false)
  })

  it('follows the newest answer when older ones contradict it', () => {
    const { clock, ask, pass } = clockWith()
    ask(5, 5)
    pass(500)
    clock.observe({ sent: 510, received: 512, date: start - 3_600_000 - 700 })
    expect(clock.now()).toBeLessThan(start - 3_500_000)
    expect(clock.latest()).toBeLessThan(start - 3_500_000)
  })

  it('learns nothing from an answer that came before its question', () => {
    const { clock } = clockWith()
    clock.observe({ sent: 10, received: 9, date: start })
    expect(clock.isStale()).toBe(true)
  })

  it('is never outside its bounds, whatever the calls take and however the clocks drift', () => {
    const call = fc.record({ pause: fc.nat(90_000), there: fc.nat(9_000), back: fc.nat(9_000) })
    fc.assert(
      fc.property(
        fc.array(call, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: -100, max: 100 }),
        (asked, ppm) => {
          const { clock, ask, pass, truth } = clockWith(1 + ppm / 1e6)
          for (const { pause, there, back } of asked) {
            ask(there, back)
            pass(pause)
            expect(clock.now()).toBeLessThanOrEqual(truth())
            expect(clock.latest()).toBeGreaterThanOrEqual(truth())
          }
        },
      ),
      { numRuns: 2_000, seed: 7 },
    )
  })

  it.each([-100, 100])(
    'stays within its bounds for a minute when the clocks drift apart by %d parts per million',
    (ppm) => {
      const { clock, ask, pass, truth } = clockWith(1 + ppm / 1e6)
      // One answer just at the turn of a second and one just before the next: hardly any room is left.
      pass(300 / (1 + ppm / 1e6))
      ask(0, 0)
      pass(999)
      ask(0, 0)
      expect(clock.latest() - clock.now()).toBeLessThan(5)
      pass(59_000)
      expect(clock.now()).toBeLessThanOrEqual(truth())
      expect(clock.latest()).toBeGreaterThanOrEqual(truth())
    },
  )

  it('costs little however many answers there are', () => {
    const { clock, ask } = clockWith()
    const begun = performance.now()
    for (let n = 0; n < 50_000; n++) ask(1, 0)
    for (let n = 0; n < 50_000; n++) clock.now()
    expect(performance.now() - begun).toBeLessThan(3_000)
  })
})

describe.each(storageWorlds())('the clock of a storage ($name)', ({ open }) => {
  let storage: Storage
  beforeEach(async () => {
    storage = (await open()).reconnect()
  })

  it.each<[string, () => Promise<unknown>]>([
    ['a refresh', () => storage.refreshClock()],
    ['a table', () => storage.table('hosts').query('p')],
    [
      'a transaction',
      () => storage.table('hosts').transact('p', [{ kind: 'upsert', row: { pk: 'p', rk: 'r', value: {} } }]),
    ],
    ['a queue', () => storage.queue('task-ticks').send({ n: 1 }, 0)],
    ['a container', () => storage.blobs('audit').put('a', 'text')],
  ])('learns from %s', async (_, ask) => {
    const { clock } = storage
    expect(clock.isStale()).toBe(true)
    await ask()
    expect(clock.isStale()).toBe(false)
    expect(clock.latest() - clock.now()).toBeGreaterThanOrEqual(1_000)
    expect(clock.latest() - clock.now()).toBeLessThan(10_000)
  })
})
