import { expect, test } from 'vitest'
import { createAgenda } from '../../sim/arm/agenda.ts'
import { createLagged, createLaggedBy } from '../../sim/arm/lagged.ts'
import { accepted, createAsyncOperations } from '../../sim/arm/lro.ts'
import { listAnswer } from '../../sim/arm/paging.ts'
import { toSimRequest } from '../../sim/arm/request.ts'
import { createScaledClock, createVirtualClock } from '../../sim/clock.ts'
import { createRandom } from '../../sim/random.ts'
import { createWorld, start } from './kernel-world.ts'

test('timers fire in order of time, those of one moment in the order in which they were set', async () => {
  const clock = createVirtualClock(1_000)
  const fired: string[] = []
  for (const [name, when] of [
    ['c', 30],
    ['a', 10],
    ['b1', 20],
    ['b2', 20],
    ['past', -5],
  ] as const) {
    clock.at(1_000 + when, () => fired.push(`${name}@${clock.now() - 1_000}`))
  }
  await clock.run(1_020)
  expect([fired, clock.now()]).toEqual([['past@0', 'a@10', 'b1@20', 'b2@20'], 1_020])
  await clock.run(1_100)
  expect([fired.at(-1), clock.now(), clock.monotonic()]).toEqual(['c@30', 1_100, 100])
})

test('work goes on as far as it can before time jumps, through promises and turns of the event loop', async () => {
  const clock = createVirtualClock(0)
  const seen: string[] = []
  const work = async () => {
    await clock.sleep(10)
    for (let i = 0; i < 50; i += 1) await Promise.resolve()
    await new Promise((resolve) => setImmediate(resolve))
    seen.push(`work@${clock.now()}`)
    await clock.sleep(5)
    seen.push(`end@${clock.now()}`)
  }
  clock.at(20, () => seen.push('later@20'))
  const done = work()
  await clock.run(30)
  await done
  expect(seen).toEqual(['work@10', 'end@15', 'later@20'])
})

test('time stands still while real work is held', async () => {
  const clock = createVirtualClock(0)
  const real = clock.hold(new Promise((resolve) => setTimeout(resolve, 20))).then(() => clock.now())
  clock.at(1_000, () => undefined)
  await clock.run(1_000)
  expect(await real).toBe(0)
})

test('a world with nothing left to wait for says so instead of hanging', async () => {
  const clock = createVirtualClock(Date.UTC(2026, 2, 14))
  await expect(clock.run(() => false)).rejects.toThrow('nothing is left to wait for at 2026-03-14T00:00:00.000Z')
  const cancel = clock.at(Date.UTC(2027, 0), () => undefined)
  cancel()
  await expect(clock.run(() => false)).rejects.toThrow('nothing is left')
})

test('a timer that was called off neither fires nor moves time', async () => {
  const clock = createVirtualClock(0)
  let isFired = false
  const cancel = clock.at(500, () => {
    isFired = true
  })
  clock.at(10, cancel)
  clock.at(20, () => undefined)
  await clock.run(() => clock.now() >= 20)
  expect([isFired, clock.now()]).toEqual([false, 20])
})

test('an error in a timer ends the run', async () => {
  const clock = createVirtualClock(0)
  clock.at(5, () => {
    throw new Error('planted')
  })
  await expect(clock.run(10)).rejects.toThrow('planted')
  await expect(clock.run(20)).resolves.toBeUndefined()
})

test('a timer costs at most some turns of the event loop', async () => {
  const count = 20_000
  const timed = async (work: () => Promise<void>) => {
    const begin = performance.now()
    await work()
    return performance.now() - begin
  }
  const clock = createVirtualClock(0)
  let left = count
  const worker = async () => {
    while (left > 0) {
      left -= 1
      await clock.sleep(10)
    }
  }
  const turns = await timed(async () => {
    for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve))
  })
  const timers = await timed(async () => {
    for (let i = 0; i < 100; i += 1) void worker()
    await clock.run(() => left === 0)
  })
  // Measured in the same run, so that a busy machine slows both: two turns a timer, and room for the rest.
  expect(timers / turns).toBeLessThan(10)
})

test('scaled time runs faster than real time by its speed, from a common epoch', async () => {
  const clock = createScaledClock({ speed: 1_000, epochReal: Date.now(), epochSim: start })
  const begin = clock.monotonic()
  await clock.sleep(20_000)
  expect(clock.now() - start).toBeGreaterThanOrEqual(19_000)
  expect(clock.monotonic() - begin).toBeGreaterThanOrEqual(19_000)
  expect(clock.now() - start).toBeLessThan(2_000_000)
})

test('effects run in order of time when somebody looks, each at its own moment, chained ones too', () => {
  let real = 0
  const { now, agenda } = createAgenda(() => real)
  const seen: string[] = []
  agenda.at(50, () => seen.push(`second@${now()}`))
  agenda.at(20, () => {
    seen.push(`first@${now()}`)
    agenda.at(30, () => seen.push(`chained@${now()}`))
    agenda.at(5, () => seen.push(`past@${now()}`))
    agenda.settle()
  })
  real = 100
  agenda.settle()
  expect([seen, now()]).toEqual([['first@20', 'past@20', 'chained@30', 'second@50'], 100])
  agenda.at(200, () => seen.push('not yet'))
  agenda.settle()
  expect(seen).toHaveLength(4)
})

test('readers see a change after its lag; a newer change that shows first hides the older one for good', () => {
  let now = 0
  const lags = [10, 50, 5]
  const value = createLaggedBy(
    () => now,
    () => lags.shift() ?? 0,
    'a',
  )
  value.set('b')
  expect([value.now(), value.seen()]).toEqual(['b', 'a'])
  now = 10
  expect(value.seen()).toBe('b')
  value.set('c')
  value.set('d')
  now = 15
  expect(value.seen()).toBe('d')
  now = 100
  expect([value.now(), value.seen()]).toEqual(['d', 'd'])
})

test('the lag is sampled from the timings of the world', () => {
  const { sim } = createWorld({ providers: [], timings: { readLag: [0, 0] } })
  const value = createLagged(sim, 1)
  value.set(2)
  expect(value.seen()).toBe(2)
})

function operationsWorld() {
  const { sim, clock } = createWorld({ providers: [] })
  return {
    sim,
    clock,
    operations: createAsyncOperations(sim),
    settleAt: async (at: number) => {
      await clock.run(at)
      sim.agenda.settle()
    },
  }
}
const polling = { status: '/o/1?api-version=1', location: '/o/1?monitor=true', retryAfterSeconds: 10 }

test('a long operation is accepted with absolute polling URLs, runs, and ends with its result', async () => {
  const { sim, operations, settleAt } = operationsWorld()
  const { id } = operations.begin(30_000, () => undefined, { result: () => ({ done: true }) })
  expect(accepted(sim, polling)).toEqual({
    status: 202,
    headers: {
      'azure-asyncoperation': `${sim.origin}/o/1?api-version=1`,
      location: `${sim.origin}/o/1?monitor=true`,
      'retry-after': '10',
    },
  })
  expect(operations.statusAnswer(id).body).toEqual({
    startTime: '2026-03-14T21:00:00.0000000+00:00',
    status: 'InProgress',
    name: id,
  })
  expect(operations.locationAnswer(id, polling).status).toBe(202)
  await settleAt(start + 30_000)
  expect(operations.statusAnswer(id.toUpperCase()).body).toMatchObject({
    status: 'Succeeded',
    endTime: '2026-03-14T21:00:30.0000000+00:00',
  })
  expect(operations.locationAnswer(id, polling)).toEqual({ status: 200, body: { done: true } })
})

test('a failure arrives inside the status document of an operation that was accepted', async () => {
  const { operations, settleAt } = operationsWorld()
  const error = { code: 'AllocationFailed', message: 'no room' }
  const { id } = operations.begin(1_000, () => error)
  await settleAt(start + 1_000)
  expect(operations.statusAnswer(id)).toMatchObject({ status: 200, body: { status: 'Failed', error } })
  expect(operations.locationAnswer(id, polling)).toMatchObject({ status: 409, body: { error } })
})

test('an operation is forgotten an hour after its end', async () => {
  const { operations, settleAt } = operationsWorld()
  const { id } = operations.begin(1_000, () => undefined)
  await settleAt(start + 3_600_000)
  expect(operations.statusAnswer(id).status).toBe(200)
  await settleAt(start + 3_601_000)
  expect([operations.statusAnswer(id).status, operations.locationAnswer(id, polling).status]).toEqual([404, 404])
})

test('a list comes in pages whose next link is absolute, keeps the query and ends', () => {
  const sim = { origin: 'https://arm.example' }
  const items = Array.from({ length: 250 }, (_, i) => i)
  const built: number[] = []
  const pages: unknown[][] = []
  let url: string | undefined = 'https://arm.example/things?api-version=1&%24filter=a%20eq%20%27b%27'
  while (url !== undefined) {
    const request = toSimRequest({ method: 'GET', url, headers: {} })
    const { body } = listAnswer(sim, request, items, (item) => built.push(item), { pageSize: 100 })
    const page = body as { value: unknown[]; nextLink?: string }
    pages.push(page.value)
    url = page.nextLink
    if (url) expect(new URL(url).searchParams.get('$filter')).toBe("a eq 'b'")
  }
  expect(pages.map(({ length }) => length)).toEqual([100, 100, 50])
  expect(built).toEqual(items)
})

test('a list that fills its last page exactly has no next link, and a made-up token is refused', () => {
  const sim = { origin: 'https://arm.example' }
  const ask = (url: string) =>
    listAnswer(sim, toSimRequest({ method: 'GET', url, headers: {} }), [1, 2], (item) => item, {
      pageSize: 2,
      tokenName: 'skipToken',
    })
  expect(ask('/things').body).toEqual({ value: [1, 2] })
  expect(ask('/things?skiptoken=bogus').status).toBe(400)
})

test('random numbers keep their promises, and forks do not disturb their parent', () => {
  const [one, two] = [createRandom('seed'), createRandom('seed')]
  one.fork('x').next()
  expect([one.next(), one.uuid()]).toEqual([two.next(), two.uuid()])
  expect(one.fork('a').next()).not.toBe(one.fork('b').next())
  const numbers = Array.from({ length: 10_000 }, () => one.next())
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...numbers)).toBeLessThan(1)
  expect(numbers.reduce((sum, n) => sum + n, 0) / numbers.length).toBeCloseTo(0.5, 1)
  const ids = new Set(Array.from({ length: 5_000 }, () => one.uuid()))
  expect(ids.size).toBe(5_000)
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
