/** The app as Azure would run it: the real functions on the local host, on a real emulator, with nobody behind Azure's address. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TableClient } from '@azure/data-tables'
import { BlobServiceClient } from '@azure/storage-blob'
import { QueueServiceClient } from '@azure/storage-queue'
import { afterAll, beforeAll } from 'vitest'
import { optionsOf } from '../../../sim/fleets/fleet-options.ts'
import { planTextFor } from '../../../sim/fleets/plan-text.ts'
import { loadApp } from '../../../sim/host/load-app.ts'
import type { HostLogEntry } from '../../../sim/host/log.ts'
import { createLocalHost, type LocalHost } from '../../../sim/host.ts'
import { collectInventory } from '../../../src/lib/inventory/collect.ts'
import { poisonQueueOf, queueNames, tableNames } from '../../../src/lib/storage/storage-names.ts'
import { type Azurite, startAzurite } from '../../../tools/azurite.ts'
import { functionKeys } from '../../../tools/function-keys.ts'
import { planOf } from '../../support/plans.ts'
import { simulated } from '../gateways/simulated.ts'

export const keys = { reading: 'a-key-for-reading', changing: 'a-key-for-changing' }

export type ServedApp = {
  /** JSON unless the body is text already; with the key for changing unless another one is given. */
  readonly ask: (method: string, path: string, options?: Ask) => Promise<Answer>
  /** Rows, messages and documents: every name with what tells one version from the next. */
  readonly everything: () => Promise<readonly string[]>
  readonly storage: () => Storage
  /** What the platform was told, and what the app wrote. */
  readonly log: readonly HostLogEntry[]
  readonly host: () => LocalHost
}

export type Ask = { readonly body?: unknown; readonly key?: string | null; readonly headers?: Record<string, string> }
export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: Record<string, unknown>
}
type Storage = {
  readonly blobs: BlobServiceClient
  readonly queues: QueueServiceClient
  readonly table: (name: string) => TableClient
}

/** `plan`: the text of the plan file, where it is to be another one. */
export function serveApp(options: { readonly plan?: string } = {}): ServedApp {
  const log: HostLogEntry[] = []
  let azurite: Azurite | undefined
  let host: LocalHost | undefined
  const running = () => {
    if (!host) throw new Error('the app runs only while the tests of this file do')
    return host
  }
  const storage = () => storageOf(azurite?.connectionString ?? '')

  beforeAll(async () => {
    azurite = await startAzurite()
    const { inventory, planText } = await seen()
    Object.assign(process.env, environment(azurite.connectionString, options.plan ?? planText))
    const app = await loadApp(() => import('../../../src/functions/index.ts'))
    host = createLocalHost({
      app,
      hostJson: new URL('../../../host.json', import.meta.url).pathname,
      keys: functionKeys(app, keys),
      log: (entry) => log.push(entry),
    })
    await host.start()
    // The first request makes tables, queues and containers, and sweeps.
    await host.request('GET', '/api/health', { headers: { 'x-functions-key': keys.reading } })
    await storage()
      .blobs.getContainerClient('inventory')
      .uploadBlockBlob('latest.json', inventory, Buffer.byteLength(inventory))
    await until(async () => (await everythingIn(storage())).some((line) => line.includes('leases/sweep')))
  })
  afterAll(async () => {
    await host?.stop({ drain: true })
    await azurite?.stop()
  })
  return {
    ask: (method, path, ask) => send(running(), method, path, ask),
    everything: () => everythingIn(storage()),
    storage,
    log,
    host: running,
  }
}

async function send(host: LocalHost, method: string, path: string, { body, key, headers }: Ask = {}): Promise<Answer> {
  const isText = typeof body === 'string' || body instanceof Uint8Array
  const response = await host.request(method, path, {
    headers: {
      ...(key !== null && { 'x-functions-key': key ?? keys.changing }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: isText ? (body as string | Uint8Array) : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
  }
}

/** An inventory of the simulated Azure's tiny fleet, and the plan that fits it. */
async function seen(): Promise<{ readonly inventory: string; readonly planText: string }> {
  const { clock, ids, gateways, settled } = simulated(optionsOf('tiny'))
  const planText = planTextFor(ids)
  const inventory = await settled(
    collectInventory({ gateways, plan: planOf(planText), now: clock.now(), before: undefined }),
  )
  return { inventory: JSON.stringify({ ...inventory, takenAt: Date.now() }), planText }
}

function environment(connectionString: string, plan: string): Record<string, string> {
  const planFile = join(mkdtempSync(join(tmpdir(), 'plan-')), 'plan.yaml')
  writeFileSync(planFile, plan)
  return {
    Storage: connectionString,
    PLAN_FILE: planFile,
    AZURE_CLOUD: 'custom',
    // The discard port: nobody answers.
    ARM_ENDPOINT: 'https://127.0.0.1:9',
    IDENTITY_ENDPOINT: 'http://127.0.0.1:9/msi/token',
    IDENTITY_HEADER: 'none',
    SWEEP_SCHEDULE: '0 0 0 1 1 *',
    INVENTORY_SCHEDULE: '0 0 0 1 1 *',
    KEEP_ALIVE_SCHEDULE: '0 0 0 1 1 *',
    FOLLOW_UP_SCHEDULE: '0 0 0 1 1 *',
    LOG_LEVEL: 'error',
  }
}

const storageOf = (connectionString: string): Storage => ({
  blobs: BlobServiceClient.fromConnectionString(connectionString),
  queues: QueueServiceClient.fromConnectionString(connectionString),
  table: (name) => TableClient.fromConnectionString(connectionString, name, { allowInsecureConnection: true }),
})

async function everythingIn({ table, queues, blobs }: Storage): Promise<readonly string[]> {
  const lines: string[] = []
  for (const name of tableNames)
    for await (const row of table(name).listEntities())
      lines.push(`row ${name} ${row.partitionKey}/${row.rowKey} ${row.etag}`)
  for (const name of [...queueNames, ...queueNames.map(poisonQueueOf)]) {
    const { approximateMessagesCount } = await queues.getQueueClient(name).getProperties()
    lines.push(`messages ${name} ${approximateMessagesCount}`)
  }
  for await (const container of blobs.listContainers())
    for await (const blob of blobs.getContainerClient(container.name).listBlobsFlat())
      lines.push(`blob ${container.name}/${blob.name} ${blob.properties.etag}`)
  return lines
}

/** Polls in real time: the emulator lives in it. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('it never came about')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
