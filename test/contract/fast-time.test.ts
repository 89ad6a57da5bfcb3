import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { QueueServiceClient } from '@azure/storage-queue'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compute } from '../../sim/arm/compute.ts'
import { type HttpsServer, startHttpsServer } from '../../sim/arm/https-server.ts'
import { createSim } from '../../sim/arm/kernel.ts'
import { createScaledClock } from '../../sim/clock.ts'
import { fastTimeEnvironment, fastTimePreload } from '../../sim/fast-time/fast-time.ts'
import { fleetIds } from '../../sim/fleets/fleet-ids.ts'
import { createFleet } from '../../sim/fleets/fleets.ts'
import { idKey } from '../../src/lib/core/arm-id.ts'
import { type Azurite, startAzurite } from '../../tools/azurite.ts'

const run = promisify(execFile)
const speed = 60
/** Long before now, so that a clock that was left as it is cannot pass for a scaled one. */
const epochSim = Date.UTC(2001, 0, 1)
const time = { speed, epochReal: Date.now(), epochSim }
const env = { PATH: process.env.PATH, ...fastTimeEnvironment(time) }
const fixture = (name: string) => fileURLToPath(new URL(`fast-time-fixtures/${name}`, import.meta.url))

async function inFastTime<T>(program: string): Promise<T> {
  const { stdout } = await run(process.execPath, ['--require', fastTimePreload, fixture(program)], { env })
  return JSON.parse(stdout)
}

type Passed = { readonly real: number; readonly fast: number }

describe('waiting in fast time', () => {
  let waits: Readonly<Record<string, Passed>> = {}
  beforeAll(async () => {
    waits = await inFastTime('waits.ts')
  })

  it.each([
    'setTimeout',
    'setTimeout of node:timers',
    'setTimeout of node:timers/promises',
    'promisify(setTimeout)',
    'scheduler.wait',
    'setInterval',
    'setInterval of node:timers',
    'setInterval of node:timers/promises',
    'AbortSignal.timeout',
  ])('six seconds of %s are a tenth of a second', (name) => {
    const { real, fast } = waits[name] ?? { real: 0, fast: 0 }
    expect(fast).toBeGreaterThanOrEqual(6_000 - speed)
    expect(real).toBeGreaterThan(90)
    expect(real).toBeLessThan(3_000)
  })
})

describe('clocks in fast time', () => {
  type Read = {
    readonly real: number
    readonly passed: Readonly<Record<string, number>>
    readonly year: Readonly<Record<string, number | string>>
  }
  let clocks: Read | undefined
  beforeAll(async () => {
    clocks = await inFastTime('clocks.ts')
  })

  it.each([
    'Date.now',
    'new Date',
    'performance.now',
    'performance of node:perf_hooks',
    'process.hrtime',
    'process.hrtime.bigint',
    'process.uptime',
  ])('%s goes sixty times as fast', (name) => {
    const ratio = (clocks?.passed[name] ?? 0) / (clocks?.real ?? 1)
    // Wide, since a busy machine may stand still between the reading of two clocks.
    expect(ratio).toBeGreaterThan(0.5 * speed)
    expect(ratio).toBeLessThan(2 * speed)
  })

  it.each(['new Date', 'Date.now', 'Date as a function', 'performance.timeOrigin', 'Date header'])(
    '%s tells of the epoch that was given',
    (name) => {
      expect(Number(clocks?.year[name])).toBe(2001)
    },
  )

  it('leaves a moment that was named, and a header that was set, as they are', () => {
    expect(clocks?.year).toMatchObject({
      'new Date(0)': 1970,
      'own Date header': 1999,
      'Date header switched off': 'none',
    })
  })
})

describe('the emulator in fast time', () => {
  let azurite: Azurite | undefined
  beforeAll(async () => {
    azurite = await startAzurite({ preload: [fastTimePreload], env: fastTimeEnvironment(time) })
  })
  afterAll(() => azurite?.stop())

  it('tells the time in its Date header, and shows a message when its visibility timeout is over', async () => {
    const queue = QueueServiceClient.fromConnectionString(azurite?.connectionString ?? '').getQueueClient('fast')
    const { date } = await queue.create()
    expect(date?.getUTCFullYear()).toBe(2001)
    const begun = Date.now()
    await queue.sendMessage('later', { visibilityTimeout: 60 })
    let found = 0
    while (found === 0) found = (await queue.receiveMessages()).receivedMessageItems.length
    // A minute is a second; the emulator counts in whole seconds of its own.
    expect(Date.now() - begun).toBeGreaterThan(900)
    expect(Date.now() - begun).toBeLessThan(20_000)
  })
})

describe('a worker held between save and send', () => {
  let server: HttpsServer | undefined
  afterAll(() => server?.close())

  it('does not send when it goes on after fence and settle, although it was stopped and saw no time pass', async () => {
    const clock = createScaledClock(time)
    const { sim, handle } = createSim({ clock, seed: 1, providers: [compute], origin: () => server?.origin ?? '' })
    createFleet('tiny')(sim)
    server = await startHttpsServer({ handle, clock, sim, principal: 'worker' })
    const [atOnce = '', held = ''] = fleetIds('tiny').pooled.secondary.vms
    const news = await hold([atOnce, held], { ...server.environment, ARM_ENDPOINT: server.origin })
    expect(news).toMatchObject({ first: { kind: 'ok' }, second: { kind: 'refused', fault: { code: 'fenced' } } })
    expect(news.heldFor).toBeGreaterThan(fenceAndSettle)
    const accepted = sim.ledger.events().flatMap((event) => (event.kind === 'startAccepted' ? [event.vm] : []))
    expect(accepted.map(idKey)).toEqual([idKey(atOnce)])
  })
})

type News = { readonly first: unknown; readonly second: unknown; readonly heldFor: number }
/** Fast milliseconds: ten seconds of fence, a minute of settling. */
const fenceAndSettle = 70_000

/** Stops the worker while it waits for its token, as a machine that is moved or a laptop that is closed would. */
async function hold(vms: readonly string[], settings: Readonly<Record<string, string>>): Promise<News> {
  const worker = spawn(process.execPath, ['--require', fastTimePreload, fixture('fenced-worker.ts'), ...vms], {
    env: { ...env, ...settings },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  try {
    const [word] = await once(worker, 'message')
    expect(word).toBe('held')
    worker.kill('SIGSTOP')
    await new Promise((resolve) => setTimeout(resolve, (1.1 * fenceAndSettle) / speed))
    worker.send('go on')
    worker.kill('SIGCONT')
    const [news] = await once(worker, 'message')
    return news as News
  } finally {
    // Reaches a stopped process as well.
    worker.kill('SIGKILL')
  }
}
