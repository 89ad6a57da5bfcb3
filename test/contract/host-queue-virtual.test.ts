import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createVirtualClock } from '../../sim/clock.ts'
import { type LoadedApp, loadApp } from '../../sim/host/load-app.ts'
import type { HostLogEntry } from '../../sim/host/log.ts'
import { createLocalHost, type LocalHost, type LocalHostOptions } from '../../sim/host.ts'
import { minutes, seconds } from '../../src/lib/core/time.ts'
import { behaviour } from './host-fixtures/behaviour.ts'
import { base64, createVirtualQueue } from './host-fixtures/virtual-queue.ts'

const start = Date.UTC(2026, 2, 15, 9, 30)
let app: LoadedApp
const hosts: LocalHost[] = []

beforeAll(async () => {
  app = await loadApp(() => import('./host-fixtures/queue-app.ts'))
})
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop({ drain: false })))
})

/** A started host of its own in virtual time; `visits` are the moments, since the start, at which the handler was called. */
async function world(
  options: { queues?: object; queueName?: string; messages?: readonly string[] } & LocalHostOptions,
) {
  const clock = createVirtualClock(start)
  const queue = createVirtualQueue(clock)
  const log: HostLogEntry[] = []
  const receives: { at: number; count: number }[] = []
  const source = {
    ...queue.source,
    receive: async (max: number, visibility: number) => {
      const messages = await queue.source.receive(max, visibility)
      receives.push({ at: clock.now() - start, count: messages?.length ?? 0 })
      return messages
    },
  }
  for (const message of options.messages ?? []) await queue.main.put(message)
  const { queues = {}, queueName = 'work', messages: _, ...rest } = options
  const newHost = async () => {
    const host = createLocalHost({
      app,
      clock,
      hostJson: { extensions: { queues } },
      settings: { QUEUE: queueName },
      queueSource: () => source,
      log: (entry) => log.push(entry),
      random: () => 0.5,
      cores: 2,
      ...rest,
    })
    hosts.push(host)
    await host.start()
    return host
  }
  return { clock, ...queue, log, receives, newHost }
}

const sleepThen = (clock: { sleep: (length: number) => Promise<void> }, length: number, end: () => unknown) => () =>
  clock.sleep(length).then(end)
const fail = () => {
  throw new Error('planned')
}

describe('batches', () => {
  const run70 = async (queues: object, count: number) => {
    const { clock, receives, newHost } = await world({ queues, messages: Array(count).fill(base64('{}')) })
    let running = 0
    let most = 0
    behaviour.run = async () => {
      running += 1
      most = Math.max(most, running)
      await clock.sleep(1_000 + running)
      running -= 1
    }
    await newHost()
    await clock.run(start + seconds(20))
    return { batches: receives.map(({ count }) => count).filter((count) => count > 0), most }
  }

  test('by default on two cores hold 16 messages, and at most 32 run at once', async () => {
    const { batches, most } = await run70({}, 70)
    expect(batches).toEqual([16, 16, 16, 16, 6])
    expect(most).toBe(32)
  })

  test('are fetched only when no more than newBatchThreshold messages run', async () => {
    const { batches, most } = await run70({ batchSize: 4, newBatchThreshold: 1 }, 12)
    expect(batches).toEqual([4, 4, 4])
    expect(most).toBe(5)
  })
})

describe('an empty queue', () => {
  test('is polled after 100 ms, then about twice as late each time, up to maxPollingInterval', async () => {
    const { clock, receives, newHost } = await world({ queues: { maxPollingInterval: '00:00:02' } })
    await newHost()
    await clock.run(start + seconds(12))
    const waits = receives.slice(1).map(({ at }, index) => at - (receives[index]?.at ?? 0))
    expect(waits).toEqual([100, 200, 300, 500, 900, 1_700, 2_000, 2_000, 2_000, 2_000])
  })

  test('is polled after 100 ms again once a message was found', async () => {
    const { clock, main, receives, newHost } = await world({})
    behaviour.run = async () => undefined
    await newHost()
    await clock.run(start + seconds(30))
    await main.put(base64('{}'))
    await clock.run(start + seconds(90))
    const found = receives.findIndex(({ count }) => count === 1)
    const [at, empty, again] = receives.slice(found).map((receive) => receive.at)
    expect([(empty ?? 0) - (at ?? 0), (again ?? 0) - (empty ?? 0)]).toEqual([0, 100])
  })

  test('spreads its polls by ±20 % of the doubling', async () => {
    const waitsWith = async (jitter: number) => {
      const { clock, receives, newHost } = await world({ random: () => jitter })
      await newHost()
      await clock.run(start + seconds(3))
      return receives.slice(1).map(({ at }, index) => Math.round(at - (receives[index]?.at ?? 0)))
    }
    expect((await waitsWith(0)).slice(0, 4)).toEqual([100, 180, 260, 420])
    expect((await waitsWith(1)).slice(0, 4)).toEqual([100, 220, 340, 580])
  })
})

describe('a message that runs', () => {
  test('is invisible for 600 s, renewed half-way for as long as it runs, and deleted when it succeeds', async () => {
    const { clock, main, poison, newHost } = await world({
      messages: [base64('{}')],
      hostJson: { functionTimeout: '-1' },
    })
    let visits = 0
    behaviour.run = sleepThen(clock, minutes(25), () => {
      visits += 1
    })
    await newHost()
    await clock.run(start + seconds(1))
    expect(main.nextVisibleAt()).toBe(start + minutes(10))
    await clock.run(start + minutes(5) + 1)
    expect(main.nextVisibleAt()).toBe(start + minutes(15))
    await clock.run(start + minutes(26))
    const left = { visits, main: main.peekAll().length, poison: poison.peekAll().length }
    expect(left).toEqual({ visits: 1, main: 0, poison: 0 })
  })

  test('stays invisible for the rest of its 10 minutes when its host is killed, and the kill counts as a try', async () => {
    const { clock, main, newHost } = await world({ messages: [base64('{}')] })
    const tries: [number, unknown][] = []
    behaviour.run = ({ context }) => {
      tries.push([clock.now() - start, context.triggerMetadata?.dequeueCount])
      return clock.sleep(tries.length === 1 ? minutes(60) : 0)
    }
    const first = await newHost()
    await clock.run(start + seconds(30))
    await first.stop({ drain: false })
    await newHost()
    await clock.run(start + minutes(9))
    expect(main.nextVisibleAt()).toBe(start + minutes(10))
    await clock.run(start + minutes(12))
    expect(tries.map(([, count]) => count)).toEqual([1, 2])
    expect(tries[1]?.[0]).toBeGreaterThanOrEqual(minutes(10))
    expect(tries[1]?.[0]).toBeLessThanOrEqual(minutes(11))
  })

  test('is finished and deleted when its host is drained', async () => {
    const { clock, main, newHost } = await world({ messages: [base64('{}')] })
    let isDone = false
    behaviour.run = sleepThen(clock, seconds(20), () => {
      isDone = true
    })
    const host = await newHost()
    await clock.run(start + seconds(1))
    const stopped = host.stop({ drain: true })
    await clock.run(start + seconds(30))
    await stopped
    expect({ isDone, left: main.peekAll().length }).toEqual({ isDone: true, left: 0 })
  })
})

describe('a function that runs into functionTimeout', () => {
  test('fails, together with everything that runs in its worker', async () => {
    const { clock, main, poison, log, newHost } = await world({
      messages: [base64('"slow"')],
      hostJson: { functionTimeout: '00:01:00', extensions: { queues: { maxDequeueCount: 1, newBatchThreshold: 1 } } },
    })
    behaviour.run = async ({ value }) => clock.sleep(value === 'slow' ? minutes(5) : seconds(45))
    await newHost()
    await clock.run(start + seconds(30))
    await main.put(base64('"neighbour"'))
    await clock.run(start + seconds(59))
    expect(log).toEqual([])
    // The neighbour would have ended at 75 to 120 s, within its own minute.
    await clock.run(start + seconds(61))
    expect(log[0]?.message).toMatch(/^Timeout value of 1 min 00 s exceeded by function 'work'/)
    expect(log.filter(({ message }) => message.includes('(Failed)'))).toHaveLength(2)
    expect(poison.peekAll()).toHaveLength(2)
  })
})

test('a function that ended in time is not called late afterwards', async () => {
  const { clock, log, newHost } = await world({ messages: [base64('{}')] })
  behaviour.run = () => clock.sleep(seconds(1))
  await newHost()
  await clock.run(start + minutes(20))
  expect(log).toEqual([])
})

describe('a message that keeps failing', () => {
  test('is tried maxDequeueCount times within half a second, then moved to the poison queue with the same text', async () => {
    const { clock, main, poison, newHost } = await world({ messages: [base64('{"a":1}')] })
    const tries: number[] = []
    behaviour.run = async () => {
      tries.push(clock.now() - start)
      await clock.sleep(5)
      fail()
    }
    await newHost()
    await clock.run(start + seconds(5))
    // Seen on the real host: 0, 114, 220, 331, 444.
    expect(tries).toEqual([0, 100, 200, 300, 400])
    expect(main.peekAll()).toEqual([])
    expect(poison.peekAll().map(({ text, dequeueCount }) => ({ text, dequeueCount }))).toEqual([
      { text: base64('{"a":1}'), dequeueCount: 0 },
    ])
  })

  test('is moved at once when its last try has failed, whatever visibilityTimeout says', async () => {
    const { clock, poison, newHost } = await world({
      queues: { maxDequeueCount: 1, visibilityTimeout: '01:00:00' },
      messages: [base64('{}')],
    })
    behaviour.run = async () => fail()
    await newHost()
    await clock.run(start + seconds(1))
    expect(poison.peekAll()).toHaveLength(1)
  })

  test('in a poison queue rests for 10 minutes and is then tried again, for ever', async () => {
    const { clock, poison, newHost } = await world({ queueName: 'work-poison', messages: [base64('{}')] })
    const tries: number[] = []
    behaviour.run = async () => {
      tries.push(clock.now() - start)
      fail()
    }
    await newHost()
    await clock.run(start + minutes(25))
    expect(tries.map((at) => Math.floor(at / minutes(10)))).toEqual([0, 1, 2])
    expect(poison.peekAll()).toEqual([])
  })

  test('and whose poison queue is away stays where it is', async () => {
    const clock = createVirtualClock(start)
    const { source, main } = createVirtualQueue(clock)
    await main.put(base64('{}'))
    const { log, newHost } = await world({
      clock,
      hostJson: { extensions: { queues: { maxDequeueCount: 1 } } },
      queueSource: () => ({ ...source, putPoison: () => Promise.reject(new Error('503')) }),
    })
    behaviour.run = async () => fail()
    await newHost()
    await clock.run(start + minutes(1))
    expect(main.peekAll()).toHaveLength(1)
    expect(log.at(-1)?.message).toContain('was not settled: 503')
  })
})
