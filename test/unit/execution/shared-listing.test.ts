import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { leaseLength } from '../../../src/lib/execution/listing-lease.ts'
import { cutOff, openProcesses, startOf } from '../../support/listing-processes.ts'

const never = () => new Promise<never>(() => undefined)
const throttled = async (retryAfter: number) => ({
  kind: 'refused' as const,
  fault: { code: 'throttled' as const, message: 'too many', retryable: true, retryAfter },
})

describe('a listing that several processes share', () => {
  test('is made once, whoever asks, and has everywhere the moment it was started at', async () => {
    const world = openProcesses()
    const start = world.clock.now()
    const processes = Array.from({ length: 8 }, () => world.open())
    const looks = processes.flatMap((each) => [each.ask(), each.ask()])
    await world.pass(seconds(1))
    await Promise.all(looks)
    for (const each of processes) {
      expect(await world.told(each.ask())).toEqual({ startedAt: start, trueAt: start })
    }
    expect(processes.flatMap(({ asked }) => asked)).toEqual([start])
  })

  test('answers who needs it newer only when it was started late enough', async () => {
    const world = openProcesses()
    const [one, other] = [world.open(), world.open()]
    const first = startOf(await world.told(one.ask()))
    await world.pass(seconds(4))
    const wanted = world.clock.now()
    expect(startOf(await world.told(other.ask(wanted - seconds(5))))).toBe(first)
    expect(other.asked).toEqual([])
    const newer = startOf(await world.told(other.ask(wanted)))
    expect(newer).toBe(wanted)
    expect(startOf(await world.told(one.ask(wanted)))).toBe(newer)
    expect([one.asked.length, other.asked.length]).toEqual([1, 1])
  })

  test('is taken over from another process for 10 s and then made anew', async () => {
    const world = openProcesses()
    const [one, other] = [world.open(), world.open()]
    await world.told(one.ask())
    await world.pass(seconds(9.8))
    await world.told(other.ask())
    expect(other.asked).toEqual([])
    await world.pass(seconds(0.1))
    await world.told(other.ask())
    expect(other.asked).toHaveLength(1)
  })

  test('that takes longer than it stays fresh is taken over all the same', async () => {
    const world = openProcesses()
    world.state.takes = seconds(13)
    const [one, other] = [world.open(), world.open()]
    const first = startOf(await world.told(one.ask()))
    expect(startOf(await world.told(other.ask()))).toBe(first)
    expect(other.asked).toEqual([])
  })

  test('is not asked for again within 2 s, whichever process asks: the older one is told as what it is', async () => {
    const world = openProcesses()
    const [one, other] = [world.open(), world.open({ unsure: [300, 400] })]
    const first = startOf(await world.told(one.ask()))
    await world.pass(seconds(1.8))
    expect(startOf(await world.told(other.ask(world.clock.now())))).toBe(first)
    await world.pass(seconds(0.6))
    await world.told(other.ask(world.clock.now()))
    expect(other.asked).toHaveLength(1)
    await world.pass(seconds(1.8))
    await world.told(one.ask(world.clock.now()))
    expect(one.asked).toHaveLength(1)
  })

  test('that is under way elsewhere holds nobody up: the older one answers, and the new one as soon as it is there', async () => {
    const world = openProcesses()
    const [one, other] = [world.open(), world.open()]
    const first = startOf(await world.told(one.ask()))
    await world.pass(seconds(20))
    world.state.takes = seconds(3)
    const wanted = world.clock.now()
    const listing = one.ask(wanted)
    await world.pass(seconds(2.2))
    const asked = world.clock.now()
    expect(startOf(await world.told(other.ask(wanted)))).toBe(first)
    expect(world.clock.now()).toBe(asked)
    await world.pass(seconds(1))
    expect(startOf(await world.told(other.ask(wanted)))).toBe(wanted)
    await listing
    expect(other.asked).toEqual([])
  })

  test('that nobody has made yet could not be looked at, and is never taken for an empty one', async () => {
    const world = openProcesses()
    const [one, other] = [world.open(), world.open()]
    const listing = one.ask()
    await world.pass(50)
    expect(startOf(await world.told(other.ask()))).toBe('unavailable')
    await world.told(listing)
    await world.pass(seconds(0.5))
    expect(startOf(await world.told(other.ask()))).not.toBe('unavailable')
  })

  test('that Azure refused is asked for by no process before the moment Azure named', async () => {
    const world = openProcesses()
    const [one, other] = [world.open({ azure: () => throttled(seconds(30)), unsure: [200, 200] }), world.open()]
    await world.told(one.ask())
    await world.pass(seconds(10))
    expect(await world.told(other.ask())).toMatchObject({ fault: { code: 'throttled', retryAfter: seconds(20.2) } })
    await world.pass(seconds(20.1))
    await world.told(other.ask())
    expect(other.asked).toEqual([])
    await world.pass(seconds(0.1))
    expect(startOf(await world.told(other.ask()))).toBe(world.clock.now() - world.state.takes)
  })
})

describe('a process that lists', () => {
  test('and dies is waited for until its lease is over, by everybody, and one of them lists then', async () => {
    const world = openProcesses()
    const dead = world.open({ azure: never })
    const others = [world.open(), world.open()]
    void dead.ask()
    await world.pass(leaseLength - 1)
    for (const each of others) expect(startOf(await world.told(each.ask()))).toBe('unavailable')
    await world.pass(seconds(0.5))
    for (const each of others) await world.told(each.ask())
    await world.pass(seconds(0.5))
    for (const each of others) expect(startOf(await world.told(each.ask()))).toBeTypeOf('number')
    expect(others.flatMap(({ asked }) => asked)).toHaveLength(1)
  })

  test.each([
    ['before it stores', /pacers\.replace|listings\.put/, 0],
    ['right before the list is put', /listings\.put/, 0],
    ['right before it is put, for so long that its place was used again', /listings\.put/, 4],
    ['right before the row is saved', /pacers\.replace/, 1],
  ])('and is paused %s never replaces what was started later', async (_, where, between) => {
    const world = openProcesses()
    let isPaused = false
    const paused = world.open({
      around: async (name, call) => {
        if (isPaused && where.test(name)) {
          isPaused = false
          await world.clock.sleep(minutes(2))
        }
        return call()
      },
      azure: () => {
        isPaused = true
        return world.listed()
      },
    })
    const other = world.open()
    const late = paused.ask()
    await world.pass(leaseLength + 1)
    for (let i = 0; i <= between; i++) {
      await world.told(other.ask(world.clock.now()))
      await world.pass(seconds(3))
    }
    await world.pass(minutes(2))
    const newest = startOf(await world.told(other.ask(world.clock.now())))
    await world.told(late)
    const asked = world.clock.now()
    expect(startOf(await world.told(world.open().ask(asked - seconds(1))))).toBe(newest)
  })

  test('and is paused stores late what nobody has made since', async () => {
    const world = openProcesses()
    const start = world.clock.now()
    world.state.takes = leaseLength + seconds(1)
    await world.told(world.open().ask())
    const other = world.open()
    expect(startOf(await world.told(other.ask()))).toBe(start)
    expect(other.asked).toEqual([])
  })

  test('for longer than its lease lasts shares what it lists, although others have set out to list too', async () => {
    const world = openProcesses()
    world.state.takes = seconds(20)
    const processes = [world.open(), world.open(), world.open()]
    for (let i = 0; i < 40; i++) {
      for (const each of processes) void each.ask(world.clock.now() - seconds(30))
      await world.pass(seconds(2))
    }
    // Without sharing each would list all the time: 80 s ÷ 20 s, three times.
    expect(processes.flatMap(({ asked }) => asked).length).toBeLessThanOrEqual(80 / 15 + 1)
  })

  test('and hears nothing of its lease goes on with it', async () => {
    const world = openProcesses()
    let isDeaf = false
    const one = world.open({
      around: async (name, call) => {
        if (name !== 'pacers.insert') return cutOff(/pacers/, () => isDeaf)(name, call)
        await call()
        isDeaf = true
        return cutOff(/./)(name, call)
      },
    })
    expect(startOf(await world.told(one.ask()))).toBe('unavailable')
    isDeaf = false
    await world.pass(seconds(2))
    expect(startOf(await world.told(one.ask()))).toBeTypeOf('number')
  })
})

describe('a stored listing', () => {
  const broken: readonly (readonly [string, (text: string) => string])[] = [
    ['is cut short', (text) => text.slice(0, -3)],
    ['is empty', () => ''],
    ['is no list', (text) => text.replace(/"value":.*$/, '"value":{}}')],
    ['has a host without a name', (text) => text.replace('"name":"vm-1",', '')],
    ['is of another version', (text) => text.replace('"v":1', '"v":2')],
    ['is of another list', (text) => text.replace('"sessionHosts"', '"userSessions"')],
    ['is of another pool', (text) => text.replace('hp-primary"', 'hp-other"')],
    ['is of tomorrow', (text) => text.replace(/"startedAt":\d+/, '"startedAt":1900086400000')],
  ]

  test.each(broken)('that %s does not count: the list is made again', async (_, damage) => {
    const world = openProcesses()
    await world.told(world.open().ask())
    const blobs = world.storage.blobs('listings')
    const names = await blobs.list('')
    for (const name of names) await blobs.put(name, damage((await blobs.get(name)) ?? ''))
    await world.pass(seconds(3))
    const other = world.open()
    const asked = world.clock.now()
    expect(startOf(await world.told(other.ask()))).toBe(asked)
    expect(names).toHaveLength(1)
  })

  test.each([
    ['not what it should be', { turn: 'x' }],
    ['leased for a year', { turn: 3, notBefore: 0, holder: 'gone', leasedUntil: 1_931_536_000_000 }],
    ['closed for a year', { turn: 3, notBefore: 1_931_536_000_000 }],
  ])('whose row is %s holds nobody up', async (_, value) => {
    const world = openProcesses()
    await world.told(world.open().ask())
    const pacers = world.storage.table('pacers')
    const [row] = await pacers.query('listings')
    if (row) await pacers.replace({ ...row, value }, row.etag)
    await world.pass(seconds(20))
    const other = world.open()
    expect(startOf(await world.told(other.ask()))).toBe(world.clock.now() - world.state.takes)
  })

  test('out of reach is made again, by one process after the other and no more often than one would', async () => {
    const world = openProcesses()
    const processes = [0, 1, 2, 3].map(() => world.open({ around: cutOff(/listings\./) }))
    for (let i = 0; i < 200; i++) {
      void processes[(i * 7) % 4]?.ask(world.clock.now())
      await world.pass(100 + ((i * 53) % 97))
    }
    const asked = processes.flatMap((each) => each.asked).sort((a, b) => a - b)
    expect(asked.length).toBeGreaterThan(10)
    expect(asked.every((at, i) => at - (asked[i - 1] ?? 0) >= seconds(2))).toBe(true)
    expect(processes.every((each) => each.asked.length > 1)).toBe(true)
  })

  test('whose row is out of reach is not made by anybody, and could not be looked at', async () => {
    const world = openProcesses()
    let isAway = false
    const processes = [0, 1].map(() => world.open({ around: cutOff(/pacers\./, () => isAway) }))
    for (const each of processes) await world.told(each.ask())
    await world.pass(seconds(20))
    isAway = true
    for (const each of processes) expect(startOf(await world.told(each.ask()))).toBe('unavailable')
    isAway = false
    await world.pass(seconds(1))
    const back = world.clock.now()
    for (const each of processes) expect(startOf(await world.told(each.ask()))).toBe(back)
    expect(processes.flatMap(({ asked }) => asked)).toHaveLength(2)
  })
})

test('a bug in a gateway keeps no other process from listing', async () => {
  const world = openProcesses()
  const broken = world.open({ azure: async () => Promise.reject(new Error('bug')) })
  await expect(world.told(broken.ask())).rejects.toThrow('bug')
  await world.pass(seconds(2))
  expect(startOf(await world.told(world.open().ask()))).toBeTypeOf('number')
})
