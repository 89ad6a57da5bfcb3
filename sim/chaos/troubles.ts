/** The kinds of trouble a run may have. Base rates are what a bad night looks like, harsh ones what a lost bet does. */
import type { Trouble } from './run.ts'

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
  slow: 0.01,
  conflict: 0.01,
  oddBody: 0.02,
}

export const calm: Trouble = {}

export const base: Trouble = {
  http: { http, operations: { AllocationFailed: 0.02, '28031': 0.02, '70038': 0.03 } },
  storage: { before: 0.005, after: 0.005, latency: [2, 60] },
  life: { crash: 0.004, stall: 0.001 },
  queue: { lost: 0.02, doubled: 0.1, late: 0.1 },
}

export const harsh: Trouble = {
  http: {
    http: Object.fromEntries(Object.entries(http).map(([kind, rate]) => [kind, rate * 3])),
    operations: { AllocationFailed: 0.1, '28031': 0.05, '70038': 0.1 },
  },
  storage: { before: 0.02, after: 0.02, latency: [2, 200] },
  life: { crash: 0.015, stall: 0.004 },
  queue: { lost: 0.1, doubled: 0.2, late: 0.3 },
}

/** Without the sweep: nothing is lost for good, but everything dies, doubles and comes late. */
export const withoutLoss: Trouble = { ...base, queue: { doubled: 0.2, late: 0.3 } }
