import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { cutOff, openProcesses, startOf } from '../../support/listing-processes.ts'

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

  test('is as old as its age may be at most', async () => {
    const world = openProcesses()
    const other = world.open({ unsure: [300, 400] })
    await world.told(world.open().ask())
    await world.pass(seconds(9.55))
    await world.told(other.ask())
    expect(other.asked).toHaveLength(1)
  })

  test.each([
    [14, 28],
    [20, 30],
    [40, 60],
  ])('that took %i s stays fresh for %i s after its start and no longer', async (takes, fresh) => {
    const world = openProcesses()
    world.state.takes = seconds(takes)
    await world.told(world.open().ask())
    const [early, late] = [world.open(), world.open()]
    await world.pass(seconds(fresh - takes - 0.1))
    await world.told(early.ask())
    expect(early.asked).toEqual([])
    await world.pass(seconds(0.1))
    void late.ask()
    await world.pass(1)
    expect(late.asked).toHaveLength(1)
  })

  test.each([
    ['came', undefined],
    ['failed', throttled],
  ])('that %s after a very long time answers all in the process who waited for it', async (_, fail) => {
    const world = openProcesses()
    world.state.takes = seconds(40)
    const azure = async () => {
      const hosts = await world.listed()
      return fail ? fail(0) : hosts
    }
    const one = world.open({ azure })
    const looks = [one.ask(), one.ask(), one.ask()]
    for (const look of looks) await world.told(look)
    expect(one.asked).toHaveLength(1)
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

  test("is made again after 2 s by the process that made the last one, however unsure of storage's time", async () => {
    const world = openProcesses()
    const one = world.open({ unsure: [300, 400] })
    await world.told(one.ask())
    await world.pass(seconds(2) - world.state.takes)
    await world.told(one.ask(world.clock.now()))
    expect(one.asked).toHaveLength(2)
  })

  test('told as the latest is the newest of all that are known', async () => {
    const world = openProcesses()
    const [one, other] = [world.open(), world.open()]
    await world.told(other.ask())
    await world.pass(seconds(5))
    const newest = startOf(await world.told(one.ask(world.clock.now())))
    await world.pass(seconds(1))
    expect(startOf(await world.told(other.ask(world.clock.now())))).toBe(newest)
  })

  test('asked for by two at the same moment is made by one; the other tells the one before', async () => {
    const world = openProcesses()
    const [one, other] = [world.open(), world.open()]
    const first = startOf(await world.told(one.ask()))
    await world.told(other.ask())
    await world.pass(seconds(5))
    const wanted = world.clock.now()
    const [made, told] = [one.ask(wanted), other.ask(wanted)]
    expect(startOf(await world.told(told))).toBe(first)
    expect(startOf(await world.told(made))).toBe(wanted)
    expect(other.asked).toEqual([])
  })

  test('that is under way elsewhere holds nobody up: the older one answers, and the new one as soon as it is there', async () => {
    const world = openProcesses()
    const [one, other] = [world.open(), world.open()]
    const first = startOf(await world.told(one.ask()))
    await world.told(other.ask())
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

  test('that Azure refused is remembered by who was refused, by itself and through storage', async () => {
    const world = openProcesses()
    const isAway = { now: false }
    const one = world.open({
      around: cutOff(/pacers\.replace/, () => isAway.now),
      azure: () => {
        isAway.now = true
        return throttled(minutes(40))
      },
    })
    await world.told(world.open().ask())
    await world.pass(seconds(20))
    await world.told(one.ask())
    isAway.now = false
    await world.pass(minutes(9))
    expect(startOf(await world.told(one.ask()))).toBe('throttled')
    const asked = one.asked.length
    const other = world.open({ azure: () => throttled(minutes(40)) })
    await world.told(other.ask())
    await world.pass(minutes(20))
    await world.told(other.ask())
    expect([asked, other.asked.length]).toEqual([1, 1])
  })
})
