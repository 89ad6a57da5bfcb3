import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { leaseLength } from '../../../src/lib/execution/listing-lease.ts'
import { cutOff, openProcesses, startOf } from '../../support/listing-processes.ts'

const never = () => new Promise<never>(() => undefined)

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
    ['while it lists', /azure/, 3, 0],
    ['before its first call to store', /pacers\.replace|listings\.put/, 0, 0],
    ['right before the list is put', /listings\.put/, 0, 0],
    ['right before it is put, for so long that its place was used again', /listings\.put/, 3, 1],
    ['right before the row is saved', /pacers\.replace/, 1, 0],
  ])('and is paused %s never replaces what was started later', async (_, where, between, listedAgain) => {
    const world = openProcesses()
    let isAsked = false
    const pause = async (name: string) => {
      if (!isAsked || !where.test(name)) return
      isAsked = false
      await world.clock.sleep(minutes(2))
    }
    const paused = world.open({
      around: async (name, call) => {
        await pause(name)
        return call()
      },
      azure: async () => {
        const hosts = await world.listed()
        isAsked = true
        await pause('azure')
        return hosts
      },
    })
    const other = world.open()
    const late = paused.ask()
    await world.pass(minutes(2) - seconds(5 * between + 1))
    for (let i = 0; i < between; i++) {
      await world.told(other.ask(world.clock.now()))
      await world.pass(seconds(5) - world.state.takes)
    }
    const newest = startOf(await world.told(other.ask(world.clock.now())))
    await world.told(late)
    await world.pass(seconds(2))
    const fresh = world.open()
    const seen = await world.told(fresh.ask(Number(newest)))
    expect(Number(startOf(seen))).toBeGreaterThanOrEqual(Number(newest))
    expect('startedAt' in seen && seen.trueAt).toBe(startOf(seen))
    expect(fresh.asked).toHaveLength(listedAgain)
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

  test('and is overtaken stores all the same, and leaves the lease to who has it now', async () => {
    const world = openProcesses()
    const start = world.clock.now()
    world.state.takes = seconds(20)
    const [slow, next, third] = [world.open(), world.open(), world.open()]
    void slow.ask()
    await world.pass(seconds(16))
    void next.ask()
    await world.pass(seconds(5))
    expect(startOf(await world.told(third.ask(world.clock.now())))).toBe(start)
    expect([next.asked.length, third.asked.length]).toEqual([1, 0])
  })

  test('and is overtaken tells all what Azure asked it to wait', async () => {
    const world = openProcesses()
    const fault = { code: 'throttled' as const, message: 'too many', retryable: true, retryAfter: minutes(1) }
    const refused = async () => {
      await world.listed()
      return { kind: 'refused' as const, fault }
    }
    world.state.takes = seconds(20)
    const [slow, next, third] = [world.open({ azure: refused }), world.open(), world.open()]
    void slow.ask()
    await world.pass(seconds(16))
    void next.ask()
    await world.pass(seconds(5))
    expect(startOf(await world.told(third.ask()))).toBe('throttled')
    expect([next.asked.length, third.asked.length]).toEqual([1, 0])
  })

  test('puts each listing in the next of four places, so that readers of the one before are not disturbed', async () => {
    const world = openProcesses()
    const one = world.open()
    const places: number[] = []
    for (let i = 0; i < 6; i++) {
      await world.told(one.ask(world.clock.now()))
      await world.pass(seconds(3))
      places.push((await world.storage.blobs('listings').list('')).length)
    }
    expect(places).toEqual([1, 2, 3, 4, 4, 4])
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

  test('that cannot be read is made again, by who cannot read it', async () => {
    const world = openProcesses()
    const first = startOf(await world.told(world.open().ask()))
    const blind = world.open({ around: cutOff(/listings\.get/) })
    expect(startOf(await world.told(blind.ask()))).toBe('unavailable')
    await world.pass(seconds(2))
    expect(startOf(await world.told(blind.ask()))).not.toBe(first)
    expect(blind.asked).toHaveLength(1)
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
