/** A list that takes half a minute: nobody but who makes it waits for it. */
import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { openProcesses, startOf } from '../../support/listing-processes.ts'

/** Half a minute later a first listing is there, and known to have taken 30 s. */
async function slowWorld() {
  const world = openProcesses()
  const first = world.clock.now()
  world.state.takes = seconds(30)
  const one = world.open()
  await world.told(one.ask())
  await world.pass(seconds(1))
  return { ...world, one, first }
}

type World = Awaited<ReturnType<typeof slowWorld>>

/** Answered without any time going by. */
async function atOnce({ clock, told }: World, asking: Parameters<World['told']>[0]) {
  const before = clock.now()
  const seen = await told(asking)
  expect(clock.now() - before).toBe(0)
  return seen
}

describe('a listing that takes half a minute', () => {
  test('is waited for by who makes it; all others have the older one at once, and are told when to come again', async () => {
    const world = await slowWorld()
    const { one, first, clock } = world
    const wanted = clock.now()
    const made = one.ask(wanted)
    await world.pass(seconds(10))
    const other = await atOnce(world, one.ask(wanted))
    expect(other).toMatchObject({ startedAt: first, newerAfter: seconds(20.5) })
    await world.pass(seconds(20.5))
    expect(startOf(await atOnce(world, one.ask(wanted)))).toBe(wanted)
    expect(startOf(await world.told(made))).toBe(wanted)
    expect(one.asked).toHaveLength(2)
  })

  test('that was started too early for some is followed by one that two of them are told to make', async () => {
    const world = await slowWorld()
    const { one } = world
    void one.ask(world.clock.now())
    await world.pass(seconds(10))
    const wanted = world.clock.now()
    const told = [one, one, one].map((each) => each.ask(wanted))
    const after = (await Promise.all(told)).map((seen) => ('newerAfter' in seen ? seen.newerAfter : 0))
    expect(after).toEqual([seconds(20.5), seconds(20.5), seconds(50.5)])
  })

  test('is leased for as long as it takes: no other process sets out to make it as well', async () => {
    const world = await slowWorld()
    const other = world.open()
    const wanted = world.clock.now()
    void world.one.ask(wanted)
    for (let i = 0; i < 28; i++) {
      await world.pass(seconds(1))
      expect(startOf(await atOnce(world, other.ask(wanted)))).toBe(world.first)
    }
    expect(other.asked).toEqual([])
  })

  test('in another process is told of with when it is expected', async () => {
    const world = await slowWorld()
    const other = world.open()
    void world.one.ask(world.clock.now())
    await world.pass(seconds(10))
    expect(await atOnce(world, other.ask(world.clock.now() - seconds(10)))).toMatchObject({ newerAfter: seconds(20.5) })
  })

  test('and whose maker has died is made by another one within 45 s', async () => {
    const world = await slowWorld()
    const dead = world.open({ azure: () => new Promise<never>(() => undefined) })
    const wanted = world.clock.now()
    void dead.ask(wanted)
    await world.pass(seconds(44))
    void world.one.ask(wanted)
    await world.pass(seconds(2))
    void world.one.ask(wanted)
    await world.pass(1)
    expect(world.one.asked).toHaveLength(2)
  })

  test('and is the very first one could not be looked at, by who comes while it takes its time', async () => {
    const world = openProcesses()
    world.state.takes = seconds(30)
    const one = world.open()
    void one.ask()
    await world.pass(seconds(12))
    expect(await world.told(one.ask())).toEqual({
      fault: {
        code: 'unavailable',
        message: 'A listing is being made, which takes long',
        retryable: true,
        retryAfter: seconds(6.5),
      },
    })
  })
})

describe('what has to leave soon', () => {
  test('is told what there is, and makes no listing that takes long', async () => {
    const world = await slowWorld()
    expect(startOf(await atOnce(world, world.one.askAtOnce(world.clock.now())))).toBe(world.first)
    await world.pass(minutes(2))
    expect(startOf(await atOnce(world, world.one.askAtOnce(world.first)))).toBe(world.first)
    expect(world.one.asked).toHaveLength(1)
  })

  test('makes one that takes no time', async () => {
    const world = openProcesses()
    const one = world.open()
    await world.told(one.ask())
    await world.pass(seconds(20))
    const wanted = world.clock.now()
    expect(startOf(await world.told(one.askAtOnce(wanted)))).toBe(wanted)
  })

  test('could not look where there is nothing at all', async () => {
    const world = await slowWorld()
    await world.pass(minutes(5))
    await world.told(world.one.askSessions())
    expect(startOf(await atOnce(world, world.one.askAtOnce(world.clock.now())))).toBe('unavailable')
  })
})

test('a list that nobody asked for within a minute is let go, and read from storage when somebody does', async () => {
  const world = openProcesses()
  const reads: string[] = []
  const one = world.open({
    around: (name, call) => {
      reads.push(name)
      return call()
    },
  })
  await world.told(one.ask())
  await world.pass(seconds(61))
  await world.told(one.askSessions())
  reads.length = 0
  expect(startOf(await world.told(one.askAtOnce(0)))).toBeTypeOf('number')
  expect(reads).toContain('pacers.get')
})
