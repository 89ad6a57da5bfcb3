import type { Instant, Millis } from '../../src/lib/core/time.ts'
import { gatewayFailure } from './answers.ts'
import type { Sim, SimResponse } from './types.ts'

type OperationError = { readonly code: string; readonly message: string }

export type AsyncOperation = {
  readonly id: string
  readonly startTime: Instant
  readonly status: 'InProgress' | 'Succeeded' | 'Failed' | 'Canceled'
  readonly endTime?: Instant
  readonly error?: OperationError
  /** Body of the final GET on `Location`; made when asked. */
  readonly result?: () => unknown
}

export type AsyncOperations = {
  /** Runs for `length`, then `onEnd` tells how it ended: nothing for success. `result` is what `Location` answers then. */
  readonly begin: (
    length: Millis,
    onEnd: () => OperationError | undefined,
    options?: { readonly id?: string; readonly result?: () => unknown },
  ) => AsyncOperation
  readonly get: (id: string) => AsyncOperation | undefined
  /** The document behind `Azure-AsyncOperation`; 404 when unknown or forgotten. */
  readonly statusAnswer: (id: string) => SimResponse
  /** What `Location` answers: 202 while running, then 200 (with the result) or the error. */
  readonly locationAnswer: (id: string, polling: PollingUrls) => SimResponse
}

type PollingUrls = {
  /** Path and query of the status document. */
  readonly status: string
  /** Path and query of `Location`, where the service sends one. */
  readonly location?: string
  /** `Retry-After` in whole seconds; left out: no header. */
  readonly retryAfterSeconds?: number
}

/** Finished operations are forgotten after this long (fault matrix: an operation id may answer 404 after 1 h). */
const rememberedFor: Millis = 3_600_000

/** Long-running operations of one provider, by id. */
export function createAsyncOperations(sim: Sim): AsyncOperations {
  const operations = new Map<string, AsyncOperation>()
  const get = (id: string) => operations.get(id.toLowerCase())

  return {
    get,
    begin(length, onEnd, options = {}) {
      const { id = sim.random.uuid(), result } = options
      const operation: AsyncOperation = {
        id,
        startTime: sim.now(),
        status: 'InProgress',
        ...(result ? { result } : {}),
      }
      operations.set(id.toLowerCase(), operation)
      sim.agenda.at(sim.now() + length, () => {
        const error = onEnd()
        const ended = { ...operation, status: error ? ('Failed' as const) : ('Succeeded' as const), endTime: sim.now() }
        operations.set(id.toLowerCase(), error ? { ...ended, error } : ended)
        sim.agenda.at(sim.now() + rememberedFor, () => void operations.delete(id.toLowerCase()))
      })
      return operation
    },
    statusAnswer(id) {
      const operation = get(id)
      return operation ? { status: 200, body: statusDocument(operation) } : unknownOperation(id)
    },
    locationAnswer(id, polling) {
      const operation = get(id)
      if (!operation) return unknownOperation(id)
      if (operation.status === 'InProgress') return accepted(sim, polling)
      if (operation.error) return { status: 409, body: { error: operation.error } }
      return { status: 200, ...(operation.result ? { body: operation.result() } : {}) }
    },
  }
}

/** 202 with the polling headers; both URLs are made absolute with this Resource Manager's origin. */
export function accepted(sim: Pick<Sim, 'origin'>, polling: PollingUrls): SimResponse {
  const headers: Record<string, string> = { 'azure-asyncoperation': `${sim.origin}${polling.status}` }
  if (polling.location !== undefined) headers.location = `${sim.origin}${polling.location}`
  if (polling.retryAfterSeconds !== undefined) headers['retry-after'] = String(polling.retryAfterSeconds)
  return { status: 202, headers }
}

/** As Compute writes it: seven digits after the second and an offset. */
function statusDocument(operation: AsyncOperation): unknown {
  return {
    startTime: preciseTime(operation.startTime),
    ...(operation.endTime === undefined ? {} : { endTime: preciseTime(operation.endTime) }),
    status: operation.status,
    ...(operation.error ? { error: operation.error } : {}),
    name: operation.id,
  }
}

/** `2026-03-14T21:00:00.1230000+00:00` */
export const preciseTime = (at: Instant): string => new Date(at).toISOString().replace('Z', '0000+00:00')

const unknownOperation = (id: string): SimResponse =>
  gatewayFailure(404, 'OperationNotFound', `The operation '${id}' could not be found.`)
