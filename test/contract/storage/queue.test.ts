import { beforeEach, describe, expect, it } from 'vitest'
import { hours, seconds } from '../../../src/lib/core/time.ts'
import type { Queue } from '../../../src/lib/ports/storage.ts'
import { StorageAway } from '../../../src/lib/storage/errors.ts'
import { type Message, type StorageWorld, storageWorlds } from '../../support/storage-worlds.ts'

const jsonIn = ({ messageText }: Message): unknown => JSON.parse(Buffer.from(messageText, 'base64').toString('utf8'))

describe.each(storageWorlds())('a queue ($name)', ({ open }) => {
  let world: StorageWorld
  let queue: Queue
  const receive = (visibility = seconds(60), max = 32) => world.receive('task-ticks', max, visibility)
  beforeEach(async () => {
    world = await open()
    queue = world.storage.queue('task-ticks')
  })

  it('carries JSON as base64, every character kept', async () => {
    const message = { v: 1, task: '/a/b', text: 'ü€😀<&>\u0000', list: [1, null] }
    await queue.send(message, 0)
    const received = await receive()
    expect(received.map(jsonIn)).toEqual([message])
    expect(received[0]?.messageText).toMatch(/^[A-Za-z0-9+/]+=*$/)
  })

  it('shows a message no earlier than its delay, rounded up to a second', async () => {
    await queue.send({ when: 'later' }, 1_001)
    await queue.send({ when: 'now' }, 0)
    expect((await receive()).map(jsonIn)).toEqual([{ when: 'now' }])
    await world.pass(1_050)
    expect(await receive()).toEqual([])
    await world.pass(1_050)
    expect((await receive()).map(jsonIn)).toEqual([{ when: 'later' }])
  })

  it('delivers again when a receiver does not finish, counts, and takes the old receipt no more', async () => {
    await queue.send({ n: 1 }, 0)
    const [first] = await receive(seconds(1))
    expect(first?.dequeueCount).toBe(1)
    expect(await receive()).toEqual([])
    await world.pass(1_100)
    const [second] = await receive()
    expect([second?.dequeueCount, second && jsonIn(second)]).toEqual([2, { n: 1 }])
    expect(first && (await world.remove('task-ticks', first))).toBe(false)
    expect(second && (await world.remove('task-ticks', second))).toBe(true)
    expect(second && (await world.remove('task-ticks', second))).toBe(false)
  })

  it('gives no more than asked for', async () => {
    for (let n = 0; n < 5; n++) await queue.send({ n }, 0)
    expect(await receive(seconds(60), 3)).toHaveLength(3)
    expect(await receive(seconds(60), 3)).toHaveLength(2)
  })

  it('sends one message per call; after a lost answer the message is there all the same', async () => {
    world.fates.push('after', 'before')
    await expect(queue.send({ n: 1 }, 0)).rejects.toThrow(StorageAway)
    await expect(queue.send({ n: 2 }, 0)).rejects.toThrow(StorageAway)
    expect(world.requests()).toBe(2)
    expect((await receive()).map(jsonIn)).toEqual([{ n: 1 }])
  })

  it('refuses what is too large or too far off, and sends nothing', async () => {
    await expect(queue.send({ big: 'x'.repeat(49_143) }, 0)).rejects.toThrow(/49153 bytes, at most 49152/)
    await expect(queue.send({ n: 1 }, hours(6) + 1)).rejects.toThrow(/21601 s, at most 21600 s/)
    await expect(queue.send({ n: 1 }, Number.NaN)).rejects.toThrow(/not a number/)
    expect(world.requests()).toBe(0)
    await queue.send({ big: 'x'.repeat(49_142) }, 0)
    await queue.send({ n: 1 }, hours(6))
    await queue.send({ n: 2 }, -5_000)
    expect(await receive()).toHaveLength(2)
  })
})
