import { QueueServiceClient } from '@azure/storage-queue'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type LoadedApp, loadApp } from '../../sim/host/load-app.ts'
import { createLocalHost, type LocalHost } from '../../sim/host.ts'
import { type Azurite, startAzurite } from '../../tools/azurite.ts'
import { behaviour, type Call } from './host-fixtures/behaviour.ts'
import { base64 } from './host-fixtures/virtual-queue.ts'

let azurite: Azurite
let service: QueueServiceClient
let app: LoadedApp
let count = 0
const hosts: LocalHost[] = []

beforeAll(async () => {
  azurite = await startAzurite()
  service = QueueServiceClient.fromConnectionString(azurite.connectionString)
  app = await loadApp(() => import('./host-fixtures/queue-app.ts'))
})
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop({ drain: true })))
})
afterAll(() => azurite.stop())

async function world(queues: object = {}) {
  count += 1
  const name = `work-${count}`
  const seen: (Call & { readonly at: number })[] = []
  const newHost = async () => {
    const host = createLocalHost({
      app,
      hostJson: { extensions: { queues: { maxPollingInterval: '00:00:00.2', ...queues } } },
      settings: { QUEUE: name, Storage: azurite.connectionString },
    })
    hosts.push(host)
    await host.start()
  }
  behaviour.run = async (call) => {
    seen.push({ ...call, at: Date.now() })
  }
  const queue = service.getQueueClient(name)
  const poison = service.getQueueClient(`${name}-poison`)
  return { name, seen, newHost, queue, poison }
}

async function withQueue(queues: object = {}) {
  const made = await world(queues)
  await made.queue.create()
  return made
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + 40_000
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error(`did not come true: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
const peek = async (queue: Awaited<ReturnType<typeof world>>['poison']) =>
  (await queue.peekMessages()).peekedMessageItems
const isEmpty = async (queue: Awaited<ReturnType<typeof world>>['poison']) =>
  (await queue.getProperties()).approximateMessagesCount === 0

describe('a message', () => {
  test('reaches the handler parsed as JSON if it parses, else as text, and is deleted', async () => {
    const { seen, newHost, queue } = await withQueue()
    const texts = [
      '{"a":1}',
      'plain text',
      '{bad json',
      '123',
      '"quoted"',
      'true',
      'null',
      '[1,2]',
      '',
      '9007199254740993',
      '{"d":"2020-01-01T00:00:00Z"}',
    ]
    for (const text of texts) await queue.sendMessage(base64(text))
    await newHost()
    await until(() => seen.length === texts.length)
    expect(seen.map(({ value }) => value)).toEqual(
      expect.arrayContaining([
        { a: 1 },
        'plain text',
        '{bad json',
        123,
        'quoted',
        true,
        null,
        [1, 2],
        '',
        9007199254740992,
        { d: '2020-01-01T00:00:00Z' },
      ]),
    )
    await until(() => isEmpty(queue))
  })

  test('brings its metadata and its own properties, which shadow none of it', async () => {
    const { seen, newHost, queue } = await withQueue()
    await queue.sendMessage(base64('{"taskId":"t1","deep":{"Inner":1},"DequeueCount":99,"id":"mine","none":null}'))
    await newHost()
    await until(() => seen.length === 1)
    const metadata = seen[0]?.context.triggerMetadata ?? {}
    expect(Object.keys(metadata).sort()).toEqual(
      ['queueTrigger id dequeueCount insertionTime expirationTime nextVisibleTime popReceipt', 'taskId deep none']
        .flatMap((keys) => keys.split(' '))
        .sort(),
    )
    expect(metadata).toMatchObject({ dequeueCount: 1, taskId: 't1', deep: { inner: 1 }, none: null })
    expect(metadata.queueTrigger).toMatchObject({ taskId: 't1' })
    expect(metadata.id).toMatch(/^[0-9a-f-]{36}$/)
    expect(metadata.expirationTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)
    const invisible = Date.parse(String(metadata.nextVisibleTime)) - Date.parse(String(metadata.insertionTime))
    expect(Math.abs(invisible - 600_000)).toBeLessThanOrEqual(2_000)
  })
})

describe('a message that keeps failing', () => {
  test('is gone to the poison queue after five tries in half a second', async () => {
    const { seen, newHost, queue, poison } = await withQueue()
    const body = base64('{"a":1}')
    const sent = await queue.sendMessage(body)
    behaviour.run = async (call) => {
      seen.push({ ...call, at: Date.now() })
      throw new Error('planned')
    }
    await newHost()
    await until(() => poison.exists())
    await until(async () => (await peek(poison)).length === 1)
    const [moved] = await peek(poison)
    expect(seen.map(({ context }) => context.triggerMetadata?.dequeueCount)).toEqual([1, 2, 3, 4, 5])
    expect((seen[4]?.at ?? 0) - (seen[0]?.at ?? 0)).toBeLessThan(5_000)
    expect(moved).toMatchObject({ messageText: body, dequeueCount: 0 })
    expect(moved?.messageId).not.toBe(sent.messageId)
    const life = (moved?.expiresOn.getTime() ?? 0) - (moved?.insertedOn.getTime() ?? 0)
    expect(life).toBe(7 * 86_400_000)
    await until(() => isEmpty(queue))
  })

  test('waits visibilityTimeout before each further try', async () => {
    const { seen, newHost, queue, poison } = await withQueue({ visibilityTimeout: '00:00:02', maxDequeueCount: 2 })
    await queue.sendMessage(base64('{}'))
    behaviour.run = async (call) => {
      seen.push({ ...call, at: Date.now() })
      throw new Error('planned')
    }
    await newHost()
    await until(async () => (await poison.exists()) && (await peek(poison)).length === 1)
    expect(seen).toHaveLength(2)
    // Azurite, like Azure, counts in whole seconds.
    expect((seen[1]?.at ?? 0) - (seen[0]?.at ?? 0)).toBeGreaterThan(1_000)
  })

  test('goes to the poison queue without a call when it arrives above the maximum', async () => {
    const { seen, newHost, queue, poison } = await withQueue({ maxDequeueCount: 1 })
    await queue.sendMessage(base64('{}'))
    const { receivedMessageItems } = await queue.receiveMessages({ visibilityTimeout: 1 })
    expect(receivedMessageItems).toHaveLength(1)
    await newHost()
    await until(async () => (await poison.exists()) && (await peek(poison)).length === 1)
    expect(seen).toEqual([])
  })
})

describe('a message that cannot be read', () => {
  test('because it is not base64 goes to the poison queue as it is, at the first try, without a call', async () => {
    const { seen, newHost, queue, poison } = await withQueue()
    const raw = 'not base64 !!! {"a":1}'
    await queue.sendMessage(raw)
    await newHost()
    await until(async () => (await poison.exists()) && (await peek(poison)).length === 1)
    expect((await peek(poison))[0]?.messageText).toBe(raw)
    expect(seen).toEqual([])
    await until(() => isEmpty(queue))
  })

  test('because its bytes are not UTF-8 is retried to the maximum without a call, then goes to the poison queue', async () => {
    const { seen, newHost, queue, poison } = await withQueue({ visibilityTimeout: '00:00:01', maxDequeueCount: 2 })
    await queue.sendMessage('//6A')
    const started = Date.now()
    await newHost()
    await until(async () => (await poison.exists()) && (await peek(poison)).length === 1)
    expect(Date.now() - started).toBeGreaterThan(200)
    expect((await peek(poison))[0]?.messageText).toBe('//6A')
    expect(seen).toEqual([])
  })
})

describe('a queue that does not exist', () => {
  test('is not created, and is found soon after somebody makes it', async () => {
    const { seen, newHost, queue } = await world()
    await newHost()
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await queue.exists()).toBe(false)
    await queue.create()
    await queue.sendMessage(base64('{}'))
    await until(() => seen.length === 1)
  })
})

describe('the storage account of a trigger', () => {
  test('is named by an app setting; without it the host does not start', async () => {
    const host = createLocalHost({ app, settings: { QUEUE: 'work' } })
    await expect(host.start()).rejects.toThrow("neither 'Storage' nor 'Storage__queueServiceUri'")
  })

  test('may be named by its address, then with a credential', async () => {
    const settings = { QUEUE: 'work', Storage__queueServiceUri: 'https://example.queue.core.windows.net' }
    const start = createLocalHost({ app, settings }).start()
    await expect(start).rejects.toThrow('give the local host a `credential`')
  })
})
