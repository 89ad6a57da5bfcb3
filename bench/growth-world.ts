/** One operation over storage and an Azure made of maps: what is left of a run is the program's own work. */
import { createMemoryBlobs } from '../sim/storage/memory-blobs.ts'
import { createMemoryQueue, type MemoryQueue } from '../sim/storage/memory-queue.ts'
import { createMemoryTable } from '../sim/storage/memory-table.ts'
import { silentLog } from '../sim/virtual/app.ts'
import { hours, type Instant, type Millis, minutes, seconds } from '../src/lib/core/time.ts'
import { createEngine } from '../src/lib/execution/create-engine.ts'
import type { Engine } from '../src/lib/execution/engine.ts'
import { parseOperationTick, parseTaskTick } from '../src/lib/execution/messages.ts'
import { hashOf, specName } from '../src/lib/execution/spec-cache.ts'
import { sweep } from '../src/lib/execution/sweep.ts'
import { tickOperation } from '../src/lib/execution/tick-operation.ts'
import { tickTask } from '../src/lib/execution/tick-task.ts'
import { newOperation } from '../src/lib/machine/operation-state.ts'
import type { OperationSpec } from '../src/lib/machine/spec.ts'
import { createStores } from '../src/lib/storage/stores.ts'
import { createTable } from '../src/lib/storage/table.ts'
import { createMapAzure } from './map-azure.ts'
import type { Meter } from './meter.ts'

export type Growth = {
  readonly cpuSeconds: number
  /** Requests to tables, queues and blobs; a page of a listing is one. */
  readonly transactions: number
  readonly length: Millis
  readonly committed: number
}

const begins: Instant = Date.UTC(2026, 2, 14, 21)
const sweepEvery: Millis = seconds(30)
const lease: Millis = minutes(10)
/** What table storage answers at most at once. */
const pageSize = 1_000

export async function runOperation(spec: OperationSpec, meter: Meter): Promise<Growth> {
  let now = begins
  let transactions = 0
  const link = {
    async call<T>(effect: () => T): Promise<T> {
      const result = meter.outside(effect)
      transactions += Array.isArray(result) ? Math.max(1, Math.ceil(result.length / pageSize)) : 1
      return result
    },
    counts: () => ({ before: 0, after: 0, latency: 0, outages: 0 }),
  }
  const queues = new Map<string, MemoryQueue>()
  const queue = (name: string): MemoryQueue => {
    const known = queues.get(name) ?? createMemoryQueue({ now: () => now }, name)(link)
    queues.set(name, known)
    return known
  }
  let writes = 0
  const storage = {
    table: (name: string) => createTable(createMemoryTable(name)(link), () => `write-${++writes}`),
    queue,
    blobs: (name: string) => createMemoryBlobs(name)(link),
    clock: { now: () => now, latest: () => now, monotonic: () => now - begins },
  }
  const azure = createMapAzure(
    spec.stages.flatMap(({ tasks }) => tasks),
    () => now,
    meter.outside,
  )
  const engine = createEngine({
    ...createStores(storage as unknown as Parameters<typeof createStores>[0]),
    gateways: azure.gateways,
    log: silentLog,
    newId: () => `id-${++writes}`,
    plan: () => {
      throw new Error('nothing is planned here')
    },
  })
  await begin(engine, spec, now)
  transactions = 0
  meter.reset()
  const passTo = (moment: Instant) => {
    now = Math.max(now, moment)
  }
  await run(engine, [queue('task-ticks'), queue('operation-ticks')], () => now, passTo)
  return { cpuSeconds: meter.spent(), transactions, length: now - begins, committed: azure.committed() }
}

async function begin({ world }: Engine, spec: OperationSpec, now: Instant): Promise<void> {
  const text = JSON.stringify(spec)
  const specHash = hashOf(text)
  await world.specs.put(specName(specHash), text)
  const rest = { tick: 0, dueAt: now, listedAt: 0, requestedBy: 'bench', createdAt: now, timeline: [] }
  const record = {
    id: operationId,
    kind: spec.kind,
    pairId: 'bench',
    specHash,
    state: newOperation(spec, now),
    ...rest,
  }
  await world.operations.create(record, { at: now, act: 'start', by: 'bench', specHash })
  await world.active.add(operationId)
  await world.operationTicks.send({ v: 1, operationId, tick: 0 }, 0)
}

const operationId = 'bench-1'
const longest: Millis = hours(24)

/** One message after the other, each in the moment it becomes visible, until nothing is active any more. */
async function run(
  engine: Engine,
  queues: readonly MemoryQueue[],
  now: () => Instant,
  passTo: (moment: Instant) => void,
): Promise<void> {
  let nextSweep = now()
  while (now() < begins + longest) {
    const upcoming = queues.map((queue) => queue.nextVisibleAt() ?? Number.POSITIVE_INFINITY)
    const next = Math.min(...upcoming, nextSweep)
    passTo(next)
    if (next === nextSweep) {
      await sweep(engine)
      nextSweep = now() + sweepEvery
      if ((await engine.world.active.list()).length === 0) return
    }
    for (const queue of queues) await handle(engine, queue, now())
  }
  throw new Error('the operation did not end within a day')
}

async function handle(engine: Engine, queue: MemoryQueue, now: Instant): Promise<void> {
  if ((queue.nextVisibleAt() ?? Number.POSITIVE_INFINITY) > now) return
  // As the host does it (host.json): 16 at once.
  for (const { id, text, popReceipt } of await queue.receive(16, lease)) {
    const message: unknown = JSON.parse(Buffer.from(text, 'base64').toString('utf8'))
    const task = parseTaskTick(message)
    const operation = parseOperationTick(message)
    if (task) await tickTask(engine, task)
    else if (operation) await tickOperation(engine, operation)
    await queue.remove(id, popReceipt)
  }
}
