/** Rows are read like foreign input: what does not have the shape of a record is named and never acted upon. */
import { z } from 'zod'
import { type OperationKind, rank } from '../machine/spec.ts'
import type { HostClock } from '../model/host-clock.ts'
import type { OperationRecord, PairRecord, TaskRecord } from '../ports/operations.ts'
import type { Stored } from '../ports/storage.ts'
import { UnreadableRow } from './errors.ts'

const operationKinds = Object.keys(rank) as [OperationKind, ...OperationKind[]]
const count = z.number().int().min(0)
const fault = z.looseObject({ code: z.string(), message: z.string(), retryable: z.boolean() })
const undo = z.array(z.object({ step: z.string(), side: z.enum(['primary', 'secondary']) })).max(50)
const timeline = z.array(z.object({ at: z.number(), step: z.string().optional(), text: z.string() })).max(200)

const openTask = z.looseObject({
  status: z.literal('open'),
  path: z.enum(['forward', 'back']),
  at: count,
  attempt: count,
  enteredAt: z.number(),
  begunAt: z.number().optional(),
  part: z.string().optional(),
  partSince: z.number().optional(),
  memo: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  undo,
  passedOver: z.array(z.string()),
  fault: fault.optional(),
})

const overTask = z.looseObject({
  status: z.literal('over'),
  outcome: z.enum(['succeeded', 'degraded', 'failed', 'aborted']),
  at: count,
  undo,
  passedOver: z.array(z.string()),
  fault: fault.optional(),
})

const task = z.looseObject({
  stage: z.string(),
  key: z.string(),
  ordinal: count,
  batch: count,
  tick: count,
  dueAt: z.number(),
  retries: count,
  poisoned: count,
  state: z.discriminatedUnion('status', [openTask, overTask]),
  timeline,
})

const folds = z.array(
  z.looseObject({
    runs: z.array(z.tuple([count, count])),
    tally: z.record(z.string(), count),
    retries: count.optional(),
  }),
)

const operation = z.looseObject({
  id: z.string(),
  kind: z.enum(operationKinds),
  pairId: z.string(),
  specHash: z.string().regex(/^[0-9a-f]{64}$/),
  state: z.looseObject({
    status: z.enum(['running', 'asking', 'goingBack', 'over']),
    intent: z.enum(['run', 'pause', 'abort']),
    startedAt: z.number(),
    pastNoReturn: z.boolean(),
    stages: z.record(
      z.string(),
      z.looseObject({ status: z.enum(['waiting', 'open', 'over']), releasedBatches: count, folds: folds.optional() }),
    ),
    retries: count,
  }),
  epoch: count.optional(),
  tick: count,
  dueAt: z.number(),
  listedAt: z.number(),
  requestedBy: z.string(),
  createdAt: z.number(),
  timeline,
})

const pair = z.looseObject({
  pairId: z.string(),
  epoch: count,
  activeSide: z.enum(['primary', 'secondary']),
  heldBy: z.object({ operationId: z.string(), kind: z.string() }).optional(),
  startedHosts: z.array(z.string()),
  taggedHosts: z.array(z.string()).optional(),
  restore: z.object({ primary: z.array(z.string()), secondary: z.array(z.string()) }),
})

const host = z.looseObject({
  pairId: z.string(),
  side: z.enum(['primary', 'secondary']),
  host: z.string(),
  lastProof: z.number().optional(),
  beats: z.looseObject({ from: z.number(), to: z.number(), isOver: z.literal(true).optional() }).optional(),
  firstSeen: z.number(),
  lastWake: z.looseObject({ operationId: z.string(), at: z.number(), outcome: z.string() }).optional(),
  lastRepair: z
    .looseObject({ operationId: z.string(), at: z.number(), outcome: z.string(), vmId: z.string() })
    .optional(),
  lastStart: z.looseObject({ at: z.number(), size: z.string() }).optional(),
  startFailures: z.array(z.looseObject({ at: z.number(), code: z.string(), size: z.string() })),
  left: z.array(z.enum(['deallocateVm', 'undrainHost', 'includeInScaling'])),
  leftSince: z.number().optional(),
  putBackTriedAt: z.number().optional(),
})

export const readTask = (table: string, row: Stored): TaskRecord => read(task, table, row) as unknown as TaskRecord

export const readOperation = (table: string, row: Stored): OperationRecord =>
  read(operation, table, row) as unknown as OperationRecord

export const readPair = (table: string, row: Stored): Omit<PairRecord, 'recordedAssignments'> =>
  read(pair, table, row) as unknown as Omit<PairRecord, 'recordedAssignments'>

export const readHost = (table: string, row: Stored): HostClock => read(host, table, row) as unknown as HostClock

function read(schema: z.ZodType, table: string, row: Stored): unknown {
  const result = schema.safeParse(row.value)
  if (result.success) return row.value
  const problem = result.error.issues[0]
  throw new UnreadableRow(table, row.pk, row.rk, `${problem?.path.join('.')}: ${problem?.message}`)
}
