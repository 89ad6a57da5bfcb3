/** All that the engine reaches the outside with. `app.ts` builds the one that is used. */

import type { Log } from '../core/log.ts'
import type { Clock } from '../core/time.ts'
import type { StepName } from '../machine/spec.ts'
import type { FindingStore } from './findings.ts'
import type { EventStore, FollowUpStore } from './follow-ups.ts'
import type { Gateways } from './gateways.ts'
import type { HostStore } from './hosts.ts'
import type { ListingStore } from './listings.ts'
import type { ActiveStore, OperationStore, PairStore } from './operations.ts'
import type { PastStore } from './past.ts'
import type { FleetView, Step } from './steps.ts'
import type { Blobs, Queue, Table } from './storage.ts'

export type World = {
  readonly clock: Clock
  readonly log: Log
  readonly operations: OperationStore
  readonly pairs: PairStore
  readonly hosts: HostStore
  /** What drift rules found. */
  readonly findings: FindingStore
  /** Work that waits for its pair to be free. */
  readonly followUps: FollowUpStore
  /** What was told from outside. */
  readonly events: EventStore
  readonly active: ActiveStore
  /** Slots of the pacer and leases, by limiter. */
  readonly pacers: Table
  /** What was listed of Azure, for all processes. */
  readonly listings: ListingStore
  readonly taskTicks: Queue
  readonly operationTicks: Queue
  readonly notifications: Queue
  /** Specs and previews, by content hash. */
  readonly specs: Blobs
  readonly inventory: Blobs
  readonly reports: Blobs
  /** What earlier operations tell of the pairs. */
  readonly past: PastStore
  /** Whether each pair could fail over, now and on the days before. */
  readonly readiness: Blobs
  readonly gateways: Gateways
  readonly fleet: FleetView
  readonly steps: Readonly<Record<StepName, Step>>
  /** Unique in the world, e.g. a UUID. */
  readonly newId: () => string
}
