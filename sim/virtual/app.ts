/** One app process in virtual time: the real engine, the real SDK clients, storage in memory, and a life that can end. */
import { createBudget, limitless } from '../../src/lib/azure/budget.ts'
import { createAzureClients } from '../../src/lib/azure/clients.ts'
import { createGateways } from '../../src/lib/azure/gateways.ts'
import type { Log } from '../../src/lib/core/log.ts'
import type { Millis } from '../../src/lib/core/time.ts'
import type { Engine } from '../../src/lib/execution/engine.ts'
import { createFleetView } from '../../src/lib/execution/fleet-view.ts'
import { createSpecCache } from '../../src/lib/execution/spec-cache.ts'
import type { DrPlan } from '../../src/lib/plan/schema.ts'
import type { Gateways } from '../../src/lib/ports/gateways.ts'
import type { Table } from '../../src/lib/ports/storage.ts'
import type { World } from '../../src/lib/ports/world.ts'
import { steps } from '../../src/lib/steps/index.ts'
import { createActiveStore } from '../../src/lib/storage/active-store.ts'
import { createEventStore } from '../../src/lib/storage/event-store.ts'
import { createFindingStore } from '../../src/lib/storage/finding-store.ts'
import { createFollowUpStore } from '../../src/lib/storage/follow-up-store.ts'
import { createHostStore } from '../../src/lib/storage/host-store.ts'
import { createListingStore } from '../../src/lib/storage/listing-store.ts'
import { createOperationStore } from '../../src/lib/storage/operation-store.ts'
import { createPairStore } from '../../src/lib/storage/pair-store.ts'
import { createPastStore } from '../../src/lib/storage/past-store.ts'
import type { MemoryStorage } from '../storage/memory-storage.ts'
import type { Life } from './life.ts'
import type { SimHttpClient, VirtualRegion } from './region.ts'

export type AppOptions = {
  readonly region: VirtualRegion
  readonly storage: MemoryStorage
  readonly plan: DrPlan
  readonly life: Life
  readonly principal: string
  /** Sends whatever it likes: for somebody else than the app, or to plant the fault. */
  readonly isWithoutBudget?: boolean
  readonly log?: Log
  /** Replaces parts of the world, to plant a fault. */
  readonly plant?: (world: World) => World
}

export const silentLog: Log = { with: () => silentLog, info: () => {}, warn: () => {}, error: () => {} }

export function createVirtualApp(options: AppOptions): Engine {
  const { storage, plan, life, log = silentLog, plant, region } = options
  const endanger = <T extends object>(calls: T): T => life.endanger(calls)
  const pacers = endanger(storage.table('pacers'))
  const listings = endanger(createListingStore(storage.table('pacers'), storage.blobs('listings')))
  const gateways = endangered(createVirtualGateways(options, pacers), endanger)
  const specs = endanger(storage.blobs('specs'))
  const world: World = {
    clock: storage.clock,
    log,
    operations: endanger(createOperationStore(storage.table('operations'))),
    pairs: endanger(createPairStore(storage.table('pairs'))),
    hosts: endanger(createHostStore(storage.table('hosts'))),
    findings: endanger(createFindingStore(storage.table('findings'))),
    followUps: endanger(createFollowUpStore(storage.table('followUps'))),
    events: endanger(createEventStore(storage.table('siteRecoveryEvents'))),
    active: endanger(createActiveStore(storage.table('active'))),
    pacers,
    listings,
    taskTicks: endanger({ send: storage.queue('task-ticks').send }),
    operationTicks: endanger({ send: storage.queue('operation-ticks').send }),
    notifications: endanger({ send: storage.queue('notifications').send }),
    specs,
    inventory: endanger(storage.blobs('inventory')),
    reports: endanger(storage.blobs('reports')),
    past: endanger(createPastStore(storage.table('pacers'))),
    readiness: endanger(storage.blobs('readiness')),
    gateways,
    fleet: createFleetView({
      gateways: gateways.for?.('urgent') ?? gateways,
      clock: storage.clock,
      listings,
      log,
      holder: storage.name,
    }),
    steps,
    newId: () => region.random.uuid(),
  }
  return { world: plant ? plant(world) : world, plan, specOf: createSpecCache(specs) }
}

const endangered = (gateways: Gateways, endanger: Life['endanger']): Gateways => ({
  avd: endanger(gateways.avd),
  compute: endanger(gateways.compute),
  room: endanger(gateways.room),
  extensions: endanger(gateways.extensions),
  deployments: endanger(gateways.deployments),
  siteRecovery: endanger(gateways.siteRecovery),
  access: endanger(gateways.access),
  estate: endanger(gateways.estate),
  ...(gateways.for && { for: (purpose) => endangered(gateways.for?.(purpose) ?? gateways, endanger) }),
})

function createVirtualGateways({ region, principal, storage, isWithoutBudget }: AppOptions, pacers: Table): Gateways {
  const httpClient: SimHttpClient = region.httpClient
  const clients = createAzureClients({
    credential: {
      getToken: async () => ({ token: region.identity.token(principal), expiresOnTimestamp: Date.now() + 86_400_000 }),
    },
    endpoint: region.sim.origin,
    httpClient,
    monotonic: storage.clock.monotonic,
    deadline: (length: Millis) => {
      const controller = new AbortController()
      region.clock.at(region.clock.now() + length, () => controller.abort())
      return controller.signal
    },
    budget: isWithoutBudget ? limitless : createBudget(pacers, storage.clock),
  })
  return createGateways(clients, storage.clock.now)
}
