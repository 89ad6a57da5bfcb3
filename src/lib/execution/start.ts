/** Starting an operation, and taking its pair. Every part can be repeated: the sweep finishes a start that was cut off. */

import type { Instant, Millis } from '../core/time.ts'
import { hours } from '../core/time.ts'
import { newOperation } from '../machine/operation-state.ts'
import type { OperationSpec } from '../machine/spec.ts'
import type { OperationRequest } from '../plan/request.ts'
import type { OperationRecord } from '../ports/operations.ts'
import { type Engine, sendTick } from './engine.ts'
import { planNow, requestOf } from './preview.ts'
import { messageLimit } from './take-pair.ts'

export type StartRequest = {
  /** Of the preview that was approved. */
  readonly hash: string
  readonly startAt?: Instant
  /** A repeat with the same key is the same operation. */
  readonly idempotencyKey?: string
  readonly by: string
}

export type Started =
  | { readonly kind: 'started'; readonly operationId: string }
  | {
      readonly kind: 'refused'
      readonly code: 'unknownPreview' | 'changed' | 'refused' | 'tooFar'
      readonly message: string
      readonly subjects: readonly string[]
    }

/** Nobody approves a failover for next month: `startAt` lies at most this far ahead. */
export const startAtLimit: Millis = hours(72)

export async function startOperation(engine: Engine, start: StartRequest): Promise<Started> {
  const { world } = engine
  const now = world.clock.now()
  if (start.startAt !== undefined && start.startAt > now + startAtLimit)
    return { kind: 'refused', code: 'tooFar', message: 'startAt lies more than 72 hours ahead', subjects: [] }
  const request = await requestOf(engine, start.hash)
  if (!request)
    return { kind: 'refused', code: 'unknownPreview', message: 'No preview has this hash', subjects: [start.hash] }
  const id = operationIdOf(engine, start, request, now)
  const known = await world.operations.load(id)
  if (known) return launch(engine, known.value)
  const { spec, ...preview } = await planNow(engine, request)
  if (!spec || !preview.hash)
    return {
      kind: 'refused',
      code: 'refused',
      message: preview.refusals.map(({ message }) => message).join('; '),
      subjects: preview.refusals.flatMap(({ subjects }) => subjects),
    }
  if (preview.hash !== start.hash)
    return {
      kind: 'refused',
      code: 'changed',
      message: 'What would be done now differs from what was previewed: preview and approve again',
      subjects: [preview.hash],
    }
  const record: OperationRecord = {
    id,
    kind: spec.kind,
    pairId: spec.pairId,
    specHash: start.hash,
    state: newOperation(spec, start.startAt ?? now),
    ...(start.startAt !== undefined && { startAt: start.startAt }),
    tick: 0,
    dueAt: start.startAt ?? now,
    listedAt: 0,
    requestedBy: start.by,
    createdAt: now,
    timeline: [{ at: now, text: `started by ${start.by}` }],
  }
  const overridden = overridesIn(spec)
  const event = {
    at: now,
    act: 'start',
    by: start.by,
    specHash: start.hash,
    ...(overridden !== '' && { detail: overridden }),
  }
  // On the list first: nobody may ask again for what the follow-up timer starts, and then the sweep finishes it.
  await world.active.add(id)
  await world.operations.create(record, event)
  world.log.info('operation started', { operationId: id, pair: spec.pairId, by: start.by })
  return launch(engine, record)
}

/** Characters of an event; the spec and the report have it all. */
const longestDetail = 1_000

/** Who overrides what, and why, is on record with the start. */
const overridesIn = ({ accepted = [] }: OperationSpec): string =>
  accepted
    .flatMap(({ subjects, reason }) => (reason === undefined ? [] : [`overrides ${subjects.join(', ')}: ${reason}`]))
    .join('; ')
    .slice(0, longestDetail)

/** May be repeated: a start that was cut off behind the row is finished by the same request. */
export async function launch(engine: Engine, record: OperationRecord): Promise<Started> {
  if (record.state.status !== 'over') {
    await engine.world.active.add(record.id)
    const rest = (record.startAt ?? 0) - engine.world.clock.now()
    await sendTick(engine, record, Math.min(Math.max(rest, 0), messageLimit))
  }
  return { kind: 'started', operationId: record.id }
}

function operationIdOf(
  { world }: Engine,
  { idempotencyKey, hash }: StartRequest,
  request: OperationRequest,
  now: Instant,
): string {
  if (idempotencyKey) return idUnderKey(request, hash, idempotencyKey)
  return `${request.kind}-${request.pairId}-${now.toString(36)}-${world.newId().slice(0, 8)}`
}

export const idUnderKey = (
  { kind, pairId }: Pick<OperationRequest, 'kind' | 'pairId'>,
  hash: string,
  key: string,
): string => `${kind}-${pairId}-${hash.slice(0, 8)}-${key}`
