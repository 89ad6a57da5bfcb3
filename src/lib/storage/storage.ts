import type { Blobs, Queue, Table } from '../ports/storage.ts'
import type { StorageClock } from './storage-clock.ts'
import type { ContainerName, QueueName, TableName } from './storage-names.ts'

/** Everything the app keeps, and the clock that its answers feed. */
export type Storage = {
  readonly table: (name: TableName) => Table
  readonly queue: (name: QueueName) => Queue
  readonly blobs: (container: ContainerName) => Blobs
  /** Creates what is missing. */
  readonly ensure: () => Promise<void>
  readonly clock: StorageClock
  /** The cheapest read there is, for when the clock is stale. */
  readonly refreshClock: () => Promise<void>
}
