import type { World } from '../ports/world.ts'
import { createActiveStore } from './active-store.ts'
import { createEventStore } from './event-store.ts'
import { createFindingStore } from './finding-store.ts'
import { createFollowUpStore } from './follow-up-store.ts'
import { createHostStore } from './host-store.ts'
import { createListingStore } from './listing-store.ts'
import { createOperationStore } from './operation-store.ts'
import { createPairStore } from './pair-store.ts'
import { createPastStore } from './past-store.ts'
import type { Storage } from './storage.ts'

export type Stores = Omit<World, 'log' | 'gateways' | 'fleet' | 'steps' | 'newId'>

/** The engine's part of storage, in Azure or in memory. */
export const createStores = (storage: Pick<Storage, 'table' | 'queue' | 'blobs' | 'clock'>): Stores => ({
  clock: storage.clock,
  operations: createOperationStore(storage.table('operations')),
  pairs: createPairStore(storage.table('pairs')),
  hosts: createHostStore(storage.table('hosts')),
  findings: createFindingStore(storage.table('findings')),
  active: createActiveStore(storage.table('active')),
  followUps: createFollowUpStore(storage.table('followUps')),
  events: createEventStore(storage.table('siteRecoveryEvents')),
  pacers: storage.table('pacers'),
  listings: createListingStore(storage.table('pacers'), storage.blobs('listings')),
  taskTicks: storage.queue('task-ticks'),
  operationTicks: storage.queue('operation-ticks'),
  notifications: storage.queue('notifications'),
  specs: storage.blobs('specs'),
  inventory: storage.blobs('inventory'),
  reports: storage.blobs('reports'),
  past: createPastStore(storage.table('pacers')),
  readiness: storage.blobs('readiness'),
})
