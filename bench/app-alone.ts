/** The app alone in its process: the bundle in the local host; storage and the simulated Azure are processes of their own. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { QueueClient } from '@azure/storage-queue'
import { build } from 'esbuild'
import { type Client, createClient } from '../sim/demo/client.ts'
import { type AppProcess, appSettings, newKeys, startApp, startStorage } from '../sim/demo/processes.ts'
import type { FastTime } from '../sim/fast-time/fast-time.ts'
import { fleetIds } from '../sim/fleets/fleet-ids.ts'
import { planTextFor } from '../sim/fleets/plan-text.ts'
import { buildApp } from '../tools/build.ts'
import type { EstateCounts, EstateNews, EstateWanted } from './app-alone-azure.ts'

export type AppAlone = {
  readonly client: Client
  readonly abort: (operationId: string) => Promise<void>
  /** Highest resident set of the app's process since it was started, in bytes; of the kernel's own count. */
  readonly peakRss: () => number
  /** What reached the simulated Azure so far. */
  readonly counts: () => Promise<EstateCounts>
  /** Throws when the app has ended. */
  readonly check: () => void
  /** Comes back when there is a message to a task in the queue. */
  readonly firstTick: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** With 120 MB it does not survive an inventory of ten thousand desktops. Left to itself V8 takes what the machine has before it clears up. */
const nodeOptions = '--max-old-space-size=250 --max-semi-space-size=4'

export type BatchLimits = { readonly batchSize: number; readonly batchInterval: string }

export async function startAppAlone(vms: number, limits: BatchLimits): Promise<AppAlone> {
  const stops: (() => Promise<void> | void)[] = []
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one()
  }
  try {
    const { app, connectionString, counts } = await startAll(vms, limits, stops)
    return { ...worldOf(app, stop), counts, firstTick: () => firstTick(connectionString) }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startAll(
  vms: number,
  limits: BatchLimits,
  stops: (() => Promise<void> | void)[],
): Promise<{ readonly app: AppProcess; readonly connectionString: string } & Pick<AppAlone, 'counts'>> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  stops.push(() => rmSync(folder, { recursive: true, force: true }))
  const now = Date.now()
  const time: FastTime = { speed: 1, epochReal: now, epochSim: now }
  const { azure, counts } = await startEstate({ vms, time }, stops)
  const storage = await startStorage(time)
  stops.push(storage.stop)
  const planFile = join(folder, 'plan.yaml')
  writeFileSync(
    planFile,
    planTextFor(fleetIds('thousand', { personalVms: vms, users: vms }), { ...limits, grace: '0 s' }),
  )
  const { bundle, program } = await bundled(folder)
  const settings = {
    NODE_OPTIONS: nodeOptions,
    ...appSettings(azure, storage.connectionString, planFile),
    APP_BUNDLE: bundle,
  }
  const app = await startApp(settings, time, join(folder, 'app.log'), { keys: newKeys(), program })
  stops.push(app.stop)
  return { app, connectionString: storage.connectionString, counts }
}

/** Host and app as plain JavaScript: stripping types would take memory that no deployed app needs. */
async function bundled(folder: string): Promise<{ readonly bundle: string; readonly program: string }> {
  const [bundle, program] = [join(folder, 'app.mjs'), join(folder, 'sim', 'processes', 'host.mjs')]
  await buildApp(bundle)
  await build({
    entryPoints: [fileURLToPath(new URL('../sim/processes/app-process.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['@azure/functions-core'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  })
  writeFileSync(join(folder, 'host.json'), readFileSync(new URL('../host.json', import.meta.url)))
  return { bundle, program }
}

async function startEstate(
  wanted: EstateWanted,
  stops: (() => Promise<void> | void)[],
): Promise<{ readonly azure: EstateNews } & Pick<AppAlone, 'counts'>> {
  const program = fileURLToPath(new URL('app-alone-azure.ts', import.meta.url))
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  stops.push(() => {
    child.kill('SIGKILL')
  })
  const ask = <T>(question: object) =>
    new Promise<T>((resolve, reject) => {
      child.once('message', (message) => resolve(message as T))
      child.once('exit', (code) => reject(new Error(`the simulated Azure ended with ${code}`)))
      child.send(question)
    })
  const azure = await ask<EstateNews>(wanted)
  return { azure, counts: () => ask<EstateCounts>({}) }
}

function worldOf(app: AppProcess, stop: () => Promise<void>): Omit<AppAlone, 'firstTick' | 'counts'> {
  return {
    client: createClient(app.url, app.keys),
    async abort(id) {
      const response = await fetch(`${app.url}/operations/${id}/control`, {
        method: 'POST',
        headers: { 'x-functions-key': app.keys.changing, 'content-type': 'application/json' },
        body: JSON.stringify({ command: 'abort' }),
      })
      if (!response.ok) throw new Error(`abort answered ${response.status}: ${await response.text()}`)
    },
    peakRss: () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${app.pid}/status`, 'utf8'))?.[1]) * 1_024,
    check() {
      const end = app.ended()
      if (end !== undefined) throw new Error(end)
    },
    stop,
  }
}

async function firstTick(connectionString: string): Promise<void> {
  const queue = new QueueClient(connectionString, 'task-ticks')
  for (;;) {
    const { approximateMessagesCount = 0 } = await queue.getProperties()
    if (approximateMessagesCount > 0) return
    await sleep(10)
  }
}
