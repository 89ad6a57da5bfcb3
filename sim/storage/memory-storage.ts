import { randomUUID } from 'node:crypto'
import type { Millis } from '../../src/lib/core/time.ts'
import type { Blobs } from '../../src/lib/ports/storage.ts'
import type { RawTable } from '../../src/lib/storage/raw-table.ts'
import type { Storage } from '../../src/lib/storage/storage.ts'
import { createStorageClock } from '../../src/lib/storage/storage-clock.ts'
import {
  containerNames,
  poisonQueueOf,
  queueNames,
  type TableName,
  tableNames,
} from '../../src/lib/storage/storage-names.ts'
import { createTable } from '../../src/lib/storage/table.ts'
import type { Random } from '../arm/types.ts'
import { createLink, type Link, type LinkClock, type StorageFaults } from './link.ts'
import { createMemoryBlobs } from './memory-blobs.ts'
import { createMemoryQueue, type MemoryQueue } from './memory-queue.ts'
import { createMemoryTable } from './memory-table.ts'

export type MemoryStorage = Omit<Storage, 'queue'> & {
  /** Unlike that of any other way to the same storage. */
  readonly name: string
  /** Poison queues too, by their full name. */
  readonly queue: (name: string) => MemoryQueue
  /** The rows as stored, for judging a run. */
  readonly rawTable: (name: TableName) => RawTable
  /** How often each fault struck this way to storage. */
  readonly faultCounts: Link['counts']
  /** Another host's way to the same storage, with faults and a clock of its own. */
  readonly connect: (random?: Random, faults?: StorageFaults, monotonic?: () => Millis) => MemoryStorage
}

type Stores = {
  readonly tables: ReadonlyMap<string, (link: Link) => RawTable>
  readonly queues: ReadonlyMap<string, (link: Link) => MemoryQueue>
  readonly containers: ReadonlyMap<string, (link: Link) => Blobs>
  /** How many ways there are: each draws its own numbers, or two hosts would take each other's writes for their own. */
  ways: number
}

/**
 * Everything `createStorage` gives, in memory and in the time of `clock`. Nothing goes wrong unless `faults` say so.
 * `random` is forked, never drawn from; without it ids are real UUIDs and faults are refused.
 */
export function createMemoryStorage(clock: LinkClock, random?: Random, faults?: StorageFaults): MemoryStorage {
  const queues = [...queueNames, ...queueNames.map(poisonQueueOf)]
  const stores: Stores = {
    tables: new Map(tableNames.map((name) => [name, createMemoryTable(name)])),
    queues: new Map(queues.map((name) => [name, createMemoryQueue(clock, name)])),
    containers: new Map(containerNames.map((name) => [name, createMemoryBlobs(name)])),
    ways: 0,
  }
  return connect(stores, clock, random, faults)
}

function connect(
  stores: Stores,
  clock: LinkClock,
  random?: Random,
  faults?: StorageFaults,
  monotonic: () => Millis = () => clock.now(),
): MemoryStorage {
  const storageClock = createStorageClock(monotonic)
  const name = `way ${stores.ways++} to storage`
  const way = random?.fork(name)
  const link = createLink(clock, storageClock, way?.fork('faults'), faults)
  const ids = way?.fork('write ids')
  const newWriteId = () => ids?.uuid() ?? randomUUID()
  const rawTable = (name: TableName) => open(stores.tables, name)(link)
  return {
    name,
    table: (name) => createTable(rawTable(name), newWriteId),
    rawTable,
    queue: (name) => open(stores.queues, name)(link),
    blobs: (container) => open(stores.containers, container)(link),
    ensure: () => link.call(() => undefined),
    clock: storageClock,
    refreshClock: () => link.call(() => undefined),
    faultCounts: link.counts,
    connect: (...own) => connect(stores, clock, ...own),
  }
}

function open<T>(stores: ReadonlyMap<string, T>, name: string): T {
  const store = stores.get(name)
  if (store === undefined) throw new Error(`there is no ${name} in storage`)
  return store
}
