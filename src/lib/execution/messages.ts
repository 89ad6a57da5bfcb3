/** What the queues carry: "tick this", and nothing else. Anything that is not exactly this is refused by name. */
import type { Instant } from '../core/time.ts'
import type { StageName } from '../machine/spec.ts'

export type TaskTick = {
  readonly v: 1
  readonly operationId: string
  readonly stage: StageName
  readonly key: string
  /** Of the row: an older one is spare, a newer one is early. */
  readonly tick: number
}

/** `tick` absent: a nudge, "something has happened"; covered by any count of the tasks started after `sentAt`. */
export type OperationTick = {
  readonly v: 1
  readonly operationId: string
  readonly tick?: number
  readonly sentAt?: Instant
}

/** A message of ours is far smaller than this; keys are at most 512 characters. */
const textLimit = 1_000

export function parseTaskTick(message: unknown): TaskTick | undefined {
  const found = fieldsOf(message)
  if (!found) return undefined
  const { operationId, stage, key, tick } = found
  if (!isText(operationId) || !isText(stage) || !isText(key) || !isCount(tick)) return undefined
  return { v: 1, operationId, stage: stage as StageName, key, tick }
}

export function parseOperationTick(message: unknown): OperationTick | undefined {
  const found = fieldsOf(message)
  if (!found) return undefined
  const { operationId, tick, sentAt } = found
  if (!isText(operationId)) return undefined
  if (isCount(tick)) return { v: 1, operationId, tick }
  return isCount(sentAt) ? { v: 1, operationId, sentAt } : undefined
}

function fieldsOf(message: unknown): Record<string, unknown> | undefined {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return undefined
  const fields = message as Record<string, unknown>
  return fields.v === 1 ? fields : undefined
}

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= textLimit

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
