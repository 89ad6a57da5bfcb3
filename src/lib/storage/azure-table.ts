import { randomUUID } from 'node:crypto'
import {
  odata,
  type TableClient,
  type TableEntity,
  type TableEntityResult,
  type TransactionAction,
} from '@azure/data-tables'
import type { Table } from '../ports/storage.ts'
import { callStorage, codeOf, type Deadline, realDeadline, statusOf } from './call.ts'
import { StorageAway } from './errors.ts'
import type { RawChange, RawRow, RawStored, RawTable, RawWhere, RawWritten } from './raw-table.ts'
import { createTable } from './table.ts'

/** The port over Azure Table storage. The client must not retry by itself (`retryOptions: { maxRetries: 0 }`). */
export const createAzureTable = (
  client: TableClient,
  deadline: Deadline = realDeadline,
  newWriteId: () => string = randomUUID,
): Table => createTable(createAzureRawTable(client, deadline), newWriteId)

/** One request a call, its expected refusals as outcomes. */
export function createAzureRawTable(client: TableClient, deadline: Deadline = realDeadline): RawTable {
  const ask: Ask = async (what, request) => {
    try {
      return { answer: await callStorage(`${what} ${client.tableName}`, deadline, request) }
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal === undefined) throw error
      return { refusal }
    }
  }
  return {
    name: client.tableName,
    async get(pk, rk) {
      const { answer } = await ask('get from', (abortSignal) => client.getEntity(pk, rk, { abortSignal }))
      return answer && storedOf(answer)
    },
    async insert(row) {
      return written(await ask('insert into', (abortSignal) => client.createEntity(entityOf(row), { abortSignal })))
    },
    async replace(row, etag) {
      const replaced = await ask('replace in', (abortSignal) =>
        client.updateEntity(entityOf(row), 'Replace', { etag, abortSignal }),
      )
      return written(replaced)
    },
    async remove(pk, rk, etag = '*') {
      const { refusal } = await ask('remove from', (abortSignal) => client.deleteEntity(pk, rk, { etag, abortSignal }))
      return { kind: refusal === undefined || refusal === 'missing' ? (refusal ?? 'ok') : 'changed' }
    },
    query: (pk, where, select) => query(client, deadline, pk, where, select),
    async transact(_pk, changes) {
      const actions = changes.map(actionOf)
      const { answer } = await ask('transact on', (abortSignal) => client.submitTransaction(actions, { abortSignal }))
      if (answer === undefined) return { kind: 'conflict' }
      return { kind: 'ok', etags: changes.map((_, n) => etagOf(answer.subResponses[n])) }
    },
  }
}

type Refusal = 'exists' | 'changed' | 'missing'
type Asked<T> =
  | { readonly answer: T; readonly refusal?: never }
  | { readonly answer?: never; readonly refusal: Refusal }
type Ask = <T>(what: string, request: (abortSignal: AbortSignal) => Promise<T>) => Promise<Asked<T>>

/**
 * "Table service error codes", learn.microsoft.com. A missing table (`TableNotFound`), or a 404 of
 * something else on the way, is no outcome but a fault of the installation.
 */
function refusalOf(error: unknown): Refusal | undefined {
  const [status, code] = [statusOf(error), codeOf(error)]
  if (status === 412) return 'changed'
  if (status === 409 && code === 'EntityAlreadyExists') return 'exists'
  return status === 404 && code === 'ResourceNotFound' ? 'missing' : undefined
}

const written = ({ answer, refusal }: Asked<{ etag?: string }>): RawWritten =>
  refusal === undefined ? { kind: 'ok', etag: etagOf(answer) } : { kind: refusal }

function etagOf(answer: { etag?: string } | undefined): string {
  if (answer?.etag === undefined) throw new StorageAway('storage answered a write without an etag')
  return answer.etag
}

/** Pages of at most 1,000 rows, each with a deadline of its own; a page may be empty and yet not the last. */
async function query(
  client: TableClient,
  deadline: Deadline,
  pk: string,
  where: readonly RawWhere[],
  select: readonly string[] | undefined,
): Promise<readonly RawStored[]> {
  const filter = [odata`PartitionKey eq ${pk}`, ...where.map(filterOf)].join(' and ')
  const rows: RawStored[] = []
  let continuationToken: string | undefined
  do {
    const page = await callStorage(`query of ${client.tableName}`, deadline, async (abortSignal) => {
      const pages = client
        .listEntities({ queryOptions: { filter, ...(select && { select: [...select] }) }, abortSignal })
        .byPage({ maxPageSize: 1_000, ...(continuationToken !== undefined && { continuationToken }) })
      for await (const first of pages) return first
      return undefined
    })
    rows.push(...(page ?? []).map(storedOf))
    continuationToken = page?.continuationToken
  } while (continuationToken !== undefined)
  return rows
}

/** Texts are quoted by the SDK; numbers are written as doubles, because a bare integer beyond 32 bits is refused. */
function filterOf({ property, is, value }: RawWhere): string {
  if (typeof value === 'string') return `${property} ${is} ${odata`'${value}'`}`
  if (typeof value === 'boolean') return `${property} ${is} ${value}`
  return `${property} ${is} ${Number.isInteger(value) ? value.toFixed(1) : value}`
}

function actionOf(change: RawChange): TransactionAction {
  const entity = entityOf(change.row)
  if (change.kind === 'insert') return ['create', entity]
  if (change.kind === 'upsert') return ['upsert', entity, 'Replace']
  return ['update', entity, 'Replace', { etag: change.etag }]
}

/** Numbers always as `Edm.Double`: without a type the service takes an integer for 32 bits and refuses a moment in ms. */
function entityOf({ pk, rk, properties }: RawRow): TableEntity<Record<string, unknown>> {
  const typed = Object.entries(properties).map(([name, value]) => [
    name,
    typeof value === 'number' ? { type: 'Double', value } : value,
  ])
  return { ...Object.fromEntries(typed), partitionKey: pk, rowKey: rk }
}

/** Keeps what the mapping knows: texts, numbers, booleans. */
function storedOf({ partitionKey, rowKey, etag, timestamp: _, ...rest }: TableEntityResult<object>): RawStored {
  const properties: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries<unknown>(rest)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') properties[name] = value
  }
  return { pk: String(partitionKey), rk: String(rowKey), properties, etag }
}
