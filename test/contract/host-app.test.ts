import { AsyncLocalStorage } from 'node:async_hooks'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { readHostJson } from '../../sim/host/host-json.ts'
import { loadApp } from '../../sim/host/load-app.ts'
import type { HostLogEntry } from '../../sim/host/log.ts'
import { createLocalHost } from '../../sim/host.ts'
import { behaviour } from './host-fixtures/behaviour.ts'

describe('host.json', () => {
  test('has the defaults of the real host', () => {
    expect(readHostJson(undefined, 2)).toEqual({
      routePrefix: 'api',
      functionTimeout: 300_000,
      queues: {
        batchSize: 16,
        newBatchThreshold: 16,
        maxDequeueCount: 5,
        visibilityTimeout: 0,
        maxPollingInterval: 60_000,
        messageEncoding: 'base64',
      },
    })
    expect(readHostJson({ extensions: { queues: { batchSize: 5 } } }, 1).queues.newBatchThreshold).toBe(2)
    expect(readHostJson({ functionTimeout: '-1' }, 1).functionTimeout).toBe(Number.POSITIVE_INFINITY)
  })

  test.each([
    [{ batchSize: 33 }, 'batchSize'],
    [{ batchSize: 0 }, 'batchSize'],
    [{ newBatchThreshold: -1 }, 'newBatchThreshold'],
    [{ maxDequeueCount: 0 }, 'maxDequeueCount'],
    [{ maxPollingInterval: '00:00:00.05' }, 'maxPollingInterval'],
    [{ visibilityTimeout: 30 }, 'visibilityTimeout'],
    // .NET reads it as 24 days.
    [{ visibilityTimeout: '24:00:00' }, 'visibilityTimeout'],
    [{ messageEncoding: 'utf8' }, 'messageEncoding'],
  ])('with queues %o is refused by name', (queues, name) => {
    expect(() => readHostJson({ extensions: { queues } }, 1)).toThrow(name)
  })
})

describe('an app', () => {
  test('with what the local host cannot run as Azure does is refused, everything at once', async () => {
    const host = createLocalHost({ importApp: () => import('./host-fixtures/bad-app.ts'), settings: {} })
    const error = await host.start().then(
      () => '',
      (reason: Error) => reason.message,
    )
    for (const [name, reason] of [
      ['span', 'time span'],
      ['setting', "'%MISSING%' does not resolve"],
      ['name', 'not a queue name'],
      ['slash', 'must not begin with a slash'],
      ['output', 'binding of type "queue"'],
      ['retry', 'retry policies'],
      ['events', 'trigger of type "eventGridTrigger"'],
    ]) {
      expect(error).toMatch(new RegExp(`"${name}": .*${reason}`))
    }
  })

  test('that Node imported before registers nothing, and the error says so', async () => {
    await loadApp(() => import('./host-fixtures/counter.ts'))
    await expect(loadApp(() => import('./host-fixtures/counter.ts'))).rejects.toThrow('registered no function')
  })

  test('has its hooks run around start, invocation, log and end', async () => {
    const order: unknown[] = []
    behaviour.run = async ({ value }) => order.push(value)
    const log: HostLogEntry[] = []
    const importApp = () => import('./host-fixtures/hook-app.ts')
    const host = createLocalHost({ importApp, settings: {}, log: (entry) => log.push(entry) })
    await host.start()
    const answer = await host.request('GET', '/api/hooked')
    const failed = await host.request('GET', '/api/hooked?fail')
    await host.stop({ drain: true })
    expect([answer.status, await answer.text()]).toEqual([201, 'done'])
    expect([failed.status, await failed.text()]).toEqual([418, 'hello'])
    expect(order).toEqual(['appStart', 'appTerminate'])
    expect(log[0]).toMatchObject({ level: 'warning', category: 'user', message: '[seen GET]', functionName: 'hooked' })
  })
})

test('a host that was stopped can start again', async () => {
  const { app } = await import('@azure/functions')
  const importApp = async () => app.http('again', { handler: () => ({ body: 'here' }) })
  const host = createLocalHost({ importApp, settings: {} })
  await host.start()
  await expect(host.start()).rejects.toThrow('started already')
  await host.stop({ drain: true })
  await host.start()
  expect((await host.request('GET', '/api/again')).status).toBe(200)
  await host.stop({ drain: true })
})

describe('several hosts in one process', () => {
  test('may share one app and give each invocation a context of its own', async () => {
    const instance = new AsyncLocalStorage<string>()
    const { app } = await import('@azure/functions')
    const loaded = await loadApp(async () =>
      app.http('who', { handler: async () => ({ body: instance.getStore() ?? 'nobody' }) }),
    )
    const hosts = ['first', 'second'].map((name) =>
      createLocalHost({ app: loaded, settings: {}, around: (run) => instance.run(name, run) }),
    )
    const answers = await Promise.all(
      hosts.map(async (host) => {
        await host.start()
        return (await host.request('GET', '/api/who')).text()
      }),
    )
    expect(answers).toEqual(['first', 'second'])
    await Promise.all(hosts.map((host) => host.stop({ drain: true })))
  })

  test('may have an instance of the whole app each, under plain Node', async () => {
    const script = fileURLToPath(new URL('./host-fixtures/two-hosts.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [script])
    expect(JSON.parse(stdout)).toEqual([1, 2, 1])
  })
})
