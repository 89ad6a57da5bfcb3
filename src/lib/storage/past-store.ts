/** A row a pair, in a partition of `pacers`: all of them are read with one request. */
import { z } from 'zod'
import type { PastOfPair } from '../model/past.ts'
import type { PastStore } from '../ports/past.ts'
import type { Json, Stored, Table } from '../ports/storage.ts'

const partition = 'past'

export const createPastStore = (table: Pick<Table, 'get' | 'query' | 'insert' | 'replace'>): PastStore => ({
  async all() {
    return (await table.query(partition)).flatMap((row) => readable(row) ?? [])
  },
  async load(pairId) {
    const row = await table.get(partition, pairId)
    if (!row) return undefined
    // One that cannot be read is written anew.
    return { value: readable(row) ?? { pairId, strategy: '', last: {}, measured: [] }, etag: row.etag }
  },
  async save(past, etag) {
    const row = { pk: partition, rk: past.pairId, value: past as unknown as Record<string, Json> }
    return etag === undefined ? table.insert(row) : table.replace(row, etag)
  },
})

const ended = z.looseObject({
  operationId: z.string(),
  at: z.number(),
  outcome: z.string(),
  duration: z.number(),
  primaryIsDown: z.boolean(),
  arrived: z.number(),
})
const past = z.looseObject({
  pairId: z.string(),
  strategy: z.string(),
  last: z.record(z.string(), ended),
  measured: z.array(
    z.looseObject({
      operationId: z.string(),
      kind: z.string(),
      at: z.number(),
      parts: z.record(z.string(), z.object({ count: z.number(), deciles: z.array(z.number()).length(11) })),
    }),
  ),
})

const readable = ({ value }: Stored): PastOfPair | undefined =>
  past.safeParse(value).success ? (value as unknown as PastOfPair) : undefined
