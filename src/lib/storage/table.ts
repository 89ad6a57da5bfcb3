import type { Change, Row, Table } from '../ports/storage.ts'
import { encodeKey } from './keys.ts'
import { type ReadBack, writeOnce } from './own-write.ts'
import type { RawChange, RawStored, RawTable, RawWhere } from './raw-table.ts'
import { checkTransaction } from './row-limits.ts'
import { fromRaw, indexOnly, isIndexName, toRaw } from './row-mapping.ts'

/** Well-formed and older than any row: stands for the etag of a row of ours that somebody changed before we learned it. */
const goneEtag = `W/"datetime'1601-01-01T00%3A00%3A00.0000000Z'"`

/**
 * The port over a raw table: maps rows, and recognises its own writes (design rule 6).
 *
 * Throws `StorageAway`, `UnreadableRow`, or a RangeError for what does not fit. A transaction of upserts alone whose answer
 * got lost may be applied a second time over somebody else's later upsert; a row with an etag never is.
 */
export function createTable(raw: RawTable, newWriteId: () => string): Table {
  return {
    async get(pk, rk) {
      const found = await raw.get(encodeKey(pk), encodeKey(rk))
      return found && fromRaw(raw.name, found)
    },
    insert: async (row) => insert(raw, row, newWriteId()),
    replace: async (row, etag) => replace(raw, row, etag, newWriteId()),
    remove: async (pk, rk, etag) => remove(raw, encodeKey(pk), encodeKey(rk), etag),
    async query(pk, where = [], only) {
      const found = await raw.query(encodeKey(pk), where.map(rawWhere), only && indexOnly)
      return found.map((row) => fromRaw(raw.name, row, only))
    },
    transact: (pk, changes) => transact(raw, pk, changes, newWriteId()),
  }
}

function insert(raw: RawTable, row: Row, writeId: string): Promise<string | undefined> {
  const stored = toRaw(row, writeId)
  return writeOnce(
    async () => {
      const written = await raw.insert(stored)
      return written.kind === 'ok' ? written.etag : undefined
    },
    async () => {
      const found = await raw.get(stored.pk, stored.rk)
      if (found === undefined) return { kind: 'untouched' }
      return isOurs(found, writeId) ? { kind: 'ours', value: found.etag } : { kind: 'others' }
    },
  )
}

function replace(raw: RawTable, row: Row, etag: string, writeId: string): Promise<string | undefined> {
  const stored = toRaw(row, writeId)
  return writeOnce(
    async () => {
      const written = await raw.replace(stored, etag)
      return written.kind === 'ok' ? written.etag : undefined
    },
    async () => {
      const found = await raw.get(stored.pk, stored.rk)
      if (found !== undefined && isOurs(found, writeId)) return { kind: 'ours', value: found.etag }
      return { kind: found?.etag === etag ? 'untouched' : 'others' }
    },
  )
}

async function remove(raw: RawTable, pk: string, rk: string, etag: string | undefined): Promise<boolean> {
  const removed = await writeOnce(
    async () => {
      const { kind } = await raw.remove(pk, rk, etag)
      return kind === 'changed' ? undefined : true
    },
    async (): Promise<ReadBack<true>> => {
      const found = await raw.get(pk, rk)
      if (found === undefined) return { kind: 'ours', value: true }
      return { kind: etag === undefined || found.etag === etag ? 'untouched' : 'others' }
    },
  )
  return removed ?? false
}

async function transact(
  raw: RawTable,
  pk: string,
  changes: readonly Change[],
  writeId: string,
): Promise<readonly string[] | undefined> {
  if (changes.length === 0) return []
  const stray = changes.find(({ row }) => row.pk !== pk)
  if (stray !== undefined)
    throw new RangeError(`a transaction on partition ${pk} has a row of partition ${stray.row.pk}`)
  const stored = changes.map((change): RawChange => ({ ...change, row: toRaw(change.row, writeId) }))
  checkTransaction(stored.map(({ row }) => row))
  return writeOnce(
    async () => {
      const written = await raw.transact(encodeKey(pk), stored)
      return written.kind === 'ok' ? written.etags : undefined
    },
    (isLost) => readBackTransaction(raw, stored, writeId, isLost),
  )
}

/**
 * One row with our `writeId` proves that all landed. After a plain conflict one row is looked at; after a lost answer all
 * are, because somebody may have changed some of ours since.
 */
async function readBackTransaction(
  raw: RawTable,
  changes: readonly RawChange[],
  writeId: string,
  isLost: boolean,
): Promise<ReadBack<readonly string[]>> {
  const read = async (some: readonly RawChange[]) => {
    const found: (RawStored | undefined)[] = []
    for (const { row } of some) found.push(await raw.get(row.pk, row.rk))
    return found.map((row) => (row && isOurs(row, writeId) ? row.etag : undefined))
  }
  const first = await read(isLost ? changes : changes.slice(0, 1))
  if (first.every((etag) => etag === undefined)) return { kind: 'untouched' }
  const etags = first.length === changes.length ? first : [...first, ...(await read(changes.slice(1)))]
  return { kind: 'ours', value: etags.map((etag) => etag ?? goneEtag) }
}

const isOurs = (row: RawStored, writeId: string): boolean => row.properties.writeId === writeId

function rawWhere({ property, is, value }: RawWhere): RawWhere {
  if (property === 'rk') return { property: 'RowKey', is, value: value === '' ? '' : encodeKey(String(value)) }
  if (!isIndexName(property)) throw new RangeError(`${JSON.stringify(property)} is neither an index property nor "rk"`)
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new RangeError(`${property} is compared with ${value}`)
  return { property, is, value }
}
