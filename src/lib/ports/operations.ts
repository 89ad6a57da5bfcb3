/** Operations, tasks and pairs as they are kept: one partition per operation (design §6). */
import type { Instant } from '../core/time.ts'
import type { OperationState } from '../machine/operation-state.ts'
import type { OperationKind, StageName } from '../machine/spec.ts'
import type { TaskState } from '../machine/task-state.ts'
import type { PairState } from '../model/pair-state.ts'

export type TimelineEntry = { readonly at: Instant; readonly step?: string; readonly text: string }

/** A row's timeline keeps the last so many entries. */
export const timelineLength = 50

export type OperationRecord = {
  readonly id: string
  readonly kind: OperationKind
  readonly pairId: string
  /** Content hash of the spec: what was approved. */
  readonly specHash: string
  readonly state: OperationState
  /** Of the pair, when this operation took it. Absent until then. */
  readonly epoch?: number
  /** Not before this moment; planning is checked again then. */
  readonly startAt?: Instant
  /** Before this nobody is let onto the hosts of the side that is entered: access revoked there earlier may still work. */
  readonly letInFrom?: Instant
  /** Looks at machines that were started earlier prove nothing: calls of the operation the pair was taken from may still arrive. */
  readonly trustFrom?: Instant
  /** Spec of that operation: only machines it is about are in doubt. Missing: all are. */
  readonly takenFrom?: string
  readonly tick: number
  readonly dueAt: Instant
  /** When the newest count of its tasks was started. */
  readonly listedAt: Instant
  readonly requestedBy: string
  readonly createdAt: Instant
  readonly timeline: readonly TimelineEntry[]
}

export type TaskRecord = {
  readonly stage: StageName
  /** The subject's key within its stage. */
  readonly key: string
  /** Place in the stage's order; decides the batch and the pacer's home slot. */
  readonly ordinal: number
  readonly batch: number
  readonly tick: number
  readonly dueAt: Instant
  /** How many retries it has taken part in; see `OperationState.retries`. */
  readonly retries: number
  /** Messages of the current tick that ended in the poison queue. */
  readonly poisoned: number
  readonly state: TaskState
  readonly timeline: readonly TimelineEntry[]
}

/** What a listing tells without reading the whole row. */
export type TaskGlance = {
  readonly stage: StageName
  readonly key: string
  readonly batch: number
  readonly tick: number
  readonly dueAt: Instant
  readonly retries: number
  readonly status: 'waiting' | 'open' | 'over'
  readonly outcome: '' | 'succeeded' | 'degraded' | 'failed' | 'aborted'
  readonly hasUndo: boolean
  readonly isUnproven: boolean
  readonly isHalfWay: boolean
  /** `startVm@secondary` */
  readonly step: string
}

/** Which tasks of a stage a listing is about; all that is given must hold. */
export type Glanced = {
  /** First and last. */
  readonly batches?: readonly [number, number]
  readonly status?: TaskGlance['status']
  readonly isOver?: false
  readonly dueBefore?: Instant
}

export type TasksOf = { readonly stage: StageName; readonly batches: readonly [number, number] }

/** What was done, by whom, recorded before it was done. Never changed. */
export type EventRecord = {
  readonly at: Instant
  /** `begin`, `start`, `pause`, `resume`, `abort`, `retry`, `reply`, … */
  readonly act: string
  readonly by: string
  readonly specHash: string
  readonly stage?: string
  readonly subject?: string
  readonly step?: string
  readonly attempt?: number
  readonly detail?: string
}

export type Kept<T> = { readonly value: T; readonly etag: string }

/** `save…` and `create…` answer undefined or false when somebody else was first. An outage of storage is thrown. */
export type OperationStore = {
  readonly load: (id: string) => Promise<Kept<OperationRecord> | undefined>
  readonly create: (record: OperationRecord, event: EventRecord) => Promise<boolean>
  /** The event, if any, is written together with the row or not at all. */
  readonly save: (record: OperationRecord, etag: string, event?: EventRecord) => Promise<string | undefined>
  readonly loadTask: (id: string, stage: StageName, key: string) => Promise<Kept<TaskRecord> | undefined>
  readonly saveTask: (id: string, task: TaskRecord, etag: string, event?: EventRecord) => Promise<string | undefined>
  /** Those that are there already stay as they are. */
  readonly insertTasks: (id: string, tasks: readonly TaskRecord[]) => Promise<void>
  readonly glances: (id: string, stage: StageName, which?: Glanced) => Promise<readonly TaskGlance[]>
  /** By their ordinals. A stage of thousands is read in parts: `batches` are the first and the last. */
  readonly tasks: (id: string, which?: TasksOf) => Promise<readonly TaskRecord[]>
  readonly events: (id: string) => Promise<readonly EventRecord[]>
  /** Puts something on record beside the rows, once per stage and subject: for rows that cannot be saved. */
  readonly note: (id: string, event: EventRecord) => Promise<void>
}

export type PairRecord = PairState & {
  readonly pairId: string
  /** Raised each time the pair changes hands; every begin checks it. */
  readonly epoch: number
}

export type PairStore = {
  /** A pair nobody has touched yet: primary active, epoch 0. */
  readonly load: (pairId: string) => Promise<{ readonly value: PairRecord; readonly etag?: string }>
  /** The recorded assignments are kept in rows of their own and written first. */
  readonly save: (record: PairRecord, etag: string | undefined) => Promise<string | undefined>
}

/** The operations the sweep looks after; never the history. */
export type ActiveStore = {
  /** One that is there already gets a new stamp. */
  readonly add: (operationId: string) => Promise<void>
  readonly stamp: (operationId: string) => Promise<string | undefined>
  /** With `stamp`: not when it was added anew since. */
  readonly remove: (operationId: string, stamp?: string) => Promise<void>
  readonly list: () => Promise<readonly string[]>
}
