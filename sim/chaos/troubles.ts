/** The kinds of trouble a run may have. Base rates are what a bad night looks like, harsh ones what a lost bet does. */
import type { FaultOptions } from '../arm/faults.ts'
import type { StorageFaults } from '../storage/link.ts'
import type { LifeFaults } from '../virtual/life.ts'
import type { EstateTroubles } from './estate-troubles.ts'
import type { OutageChances } from './outages.ts'
import type { QueueFaults } from './unreliable-queue.ts'

export type Trouble = {
  readonly http?: FaultOptions
  readonly storage?: StorageFaults
  readonly life?: LifeFaults
  readonly queue?: QueueFaults
  /** Traits of the estate, each with the share of nights that have it. */
  readonly estate?: EstateTroubles
  /** What is away as a whole for a while, each with the share of nights that have it. */
  readonly outages?: OutageChances
}

export type TroubleName = 'calm' | 'base' | 'harsh' | 'withoutLoss'

const http = {
  throttledWithWait: 0.03,
  throttledWithoutWait: 0.01,
  errorBefore: 0.02,
  errorAfter: 0.02,
  resetBefore: 0.01,
  resetAfter: 0.02,
  hangBefore: 0.003,
  hangAfter: 0.003,
  noConnection: 0.005,
  slow: 0.01,
  conflict: 0.01,
  anotherOperation: 0.01,
  principalNotFound: 0.02,
  unauthorizedOnce: 0.002,
  forbiddenOnce: 0.002,
  htmlBody: 0.003,
  truncatedBody: 0.003,
  foreignPollingHost: 0.01,
  oddBody: 0.02,
}

const lists = { pageRepeated: 0.01, pageEmpty: 0.01, entryTwice: 0.01, entryMissing: 0.01 }

const operations = {
  AllocationFailed: 0.02,
  ZonalAllocationFailed: 0.005,
  OverconstrainedZonalAllocationRequest: 0.003,
  OperationNotAllowed: 0.003,
  SkuNotAvailable: 0.003,
  '28031': 0.02,
  '28092': 0.01,
  '70038': 0.03,
  late: 0.01,
  stuck: 0.002,
}

const times = <K extends string>(rates: Readonly<Record<K, number>>, factor: number) =>
  Object.fromEntries(Object.entries<number>(rates).map(([kind, rate]) => [kind, rate * factor])) as Record<K, number>

const estate: EstateTroubles = {
  smallPages: 0.7,
  unreplicated: 0.25,
  critical: 0.2,
  lapsed: 0.15,
  activity: 0.6,
  autoscale: 0.5,
  regionLost: 0.12,
}

const outages: OutageChances = { storage: 0.15, azure: 0.08, desktopService: 0.08, identity: 0.15 }

export const calm: Trouble = {}

export const base: Trouble = {
  http: { http, lists, operations },
  storage: { before: 0.005, after: 0.005, latency: [2, 60] },
  life: { crash: 0.004, stall: 0.001, freeze: 0.0005, drain: 0.001 },
  queue: { lost: 0.02, doubled: 0.1, fourfold: 0.2, late: 0.1, veryLate: 0.01, poisoned: 0.01, forged: 0.02 },
  estate,
  outages,
}

export const harsh: Trouble = {
  http: {
    http: times(http, 3),
    lists: times(lists, 3),
    operations: { ...times(operations, 3), AllocationFailed: 0.1, '70038': 0.1 },
  },
  storage: { before: 0.02, after: 0.02, latency: [2, 200] },
  life: { crash: 0.015, stall: 0.004, freeze: 0.001, drain: 0.004 },
  queue: { lost: 0.1, doubled: 0.2, fourfold: 0.3, late: 0.3, veryLate: 0.03, poisoned: 0.05, forged: 0.05 },
  estate: times({ ...estate } as Record<keyof EstateTroubles, number>, 1.4),
  outages: times({ ...outages } as Record<keyof OutageChances, number>, 2),
}

/** Without the sweep: nothing is lost for good, but everything dies, doubles and comes late. */
export const withoutLoss: Trouble = {
  ...base,
  storage: { before: 0.005, after: 0.005, latency: [2, 60] },
  life: { crash: 0.004, stall: 0.001 },
  queue: { doubled: 0.2, fourfold: 0.2, late: 0.3, veryLate: 0.01, forged: 0.02 },
  outages: {},
}
