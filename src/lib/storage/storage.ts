import { randomUUID } from 'node:crypto'
import type { Millis } from '../core/time.ts'
import type { Blobs, Queue, Table } from '../ports/storage.ts'
import { createAzureBlobs } from './azure-blobs.ts'
import { createAzureQueue } from './azure-queue.ts'
import { createAzureRawTable } from './azure-table.ts'
import { callStorage, type Deadline, realDeadline } from './call.ts'
import { createClients } from './clients.ts'
import { endpointsOf, type StorageConnection } from './connection.ts'
import { createStorageClock, type StorageClock } from './storage-clock.ts'
import {
  type ContainerName,
  containerNames,
  poisonQueueOf,
  type QueueName,
  queueNames,
  type TableName,
  tableNames,
} from './storage-names.ts'
import { createTable } from './table.ts'
import { type Around, dateObserver } from './wire.ts'

/** Everything the app keeps, and the clock that its answers feed. */
export type Storage = {
  readonly table: (name: TableName) => Table
  readonly queue: (name: QueueName) => Queue
  readonly blobs: (container: ContainerName) => Blobs
  /** Creates what is missing. */
  readonly ensure: () => Promise<void>
  readonly clock: StorageClock
  /** The cheapest read there is, for a clock that is stale or has not seen an answer yet. Throws `StorageAway`. */
  readonly refreshClock: () => Promise<void>
}

export type StorageOptions = {
  /** Never jumps; milliseconds. Default: the process's own. */
  readonly monotonic?: () => Millis
  /** Default: `AbortSignal.timeout`. */
  readonly deadline?: Deadline
  readonly newWriteId?: () => string
  /** Before every name, lower-case letters and digits: several worlds in one account. */
  readonly prefix?: string
  /** Around every request, outside of what feeds the clock. */
  readonly arounds?: readonly Around[]
}

/** The app's tables, queues and containers in an Azure storage account, by shared key or by identity. */
export function createStorage(connection: StorageConnection, options: StorageOptions = {}): Storage {
  const { deadline = realDeadline, newWriteId = randomUUID, prefix = '', arounds = [] } = options
  const clock = createStorageClock(options.monotonic ?? (() => performance.now()))
  const clients = createClients(endpointsOf(connection), [...arounds, dateObserver(clock)])
  const rawTable = (name: TableName) => createAzureRawTable(clients.table(prefix + name), deadline)
  const create = (name: string, request: (abortSignal: AbortSignal) => Promise<unknown>) =>
    callStorage(`create ${name}`, deadline, request)
  return {
    table: (name) => createTable(rawTable(name), newWriteId),
    queue: (name) => createAzureQueue(clients.queue(prefix + name), deadline),
    blobs: (name) => createAzureBlobs(clients.container(prefix + name), deadline),
    async ensure() {
      const queues = [...queueNames, ...queueNames.map(poisonQueueOf)]
      await Promise.all([
        ...tableNames.map((name) =>
          create(name, (abortSignal) => clients.table(prefix + name).createTable({ abortSignal })),
        ),
        ...queues.map((name) =>
          create(name, (abortSignal) => clients.queue(prefix + name).createIfNotExists({ abortSignal })),
        ),
        ...containerNames.map((name) =>
          create(name, (abortSignal) => clients.container(prefix + name).createIfNotExists({ abortSignal })),
        ),
      ])
    },
    clock,
    async refreshClock() {
      await rawTable('active').get('clock', 'clock')
    },
  }
}
