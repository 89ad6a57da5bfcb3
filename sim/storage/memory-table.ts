import type { RawChange, RawRow, RawStored, RawTable, RawWhere, RawWritten } from '../../src/lib/storage/raw-table.ts'
import { checkLimits, checkTransaction } from '../../src/lib/storage/row-limits.ts'
import type { Link } from './link.ts'

type Partition = { readonly rows: Map<string, RawStored>; order: readonly string[] | undefined }
type Refusal = 'exists' | 'changed' | 'missing'

/** The twin of one table, reached through any number of links: the outcomes, limits and etags of Table storage, in memory. */
export function createMemoryTable(name: string): (link: Link) => RawTable {
  const rows = createRows()
  return (link) => ({
    name,
    get: (pk, rk) => link.call(() => rows.find(pk, rk), `${name}.get`),
    insert: (row) => link.call(() => rows.write({ kind: 'insert', row }), `${name}.insert`),
    replace: (row, etag) => link.call(() => rows.write({ kind: 'replace', row, etag }), `${name}.replace`),
    remove: (pk, rk, etag) =>
      link.call(() => {
        const found = rows.find(pk, rk)
        if (found === undefined) return { kind: 'missing' }
        if (etag !== undefined && fits(found, etag) === 'changed') return { kind: 'changed' }
        rows.drop(pk, rk)
        return { kind: 'ok' }
      }, `${name}.remove`),
    query: (pk, where, select) =>
      link.call(() => {
        const fitting = rows.inOrder(pk).filter((row) => where.every((condition) => holds(row, condition)))
        return fitting.map((row) => selected(row, select))
      }, `${name}.query`),
    transact: (pk, changes) =>
      link.call(() => {
        checkTransaction(changes.map(({ row }) => checkLimits(row)))
        if (changes.some(({ row }) => row.pk !== pk)) throw new RangeError('a transaction spans two partitions')
        if (changes.some((change) => rows.refusalOf(change) !== undefined)) return { kind: 'conflict' }
        return { kind: 'ok', etags: changes.map(({ row }) => rows.put(row)) }
      }, `${name}.transact`),
  })
}

function createRows() {
  const partitions = new Map<string, Partition>()
  let version = 0
  const newEtag = () => `W/"datetime'${new Date(version++).toISOString().replaceAll(':', '%3A')}'"`
  const find = (pk: string, rk: string) => partitions.get(pk)?.rows.get(rk)

  const put = (row: RawRow): string => {
    const { pk, rk, properties } = checkLimits(row)
    const partition = partitions.get(pk) ?? { rows: new Map<string, RawStored>(), order: undefined }
    partitions.set(pk, partition)
    if (!partition.rows.has(rk)) partition.order = undefined
    const etag = newEtag()
    partition.rows.set(rk, Object.freeze({ pk, rk, properties: Object.freeze({ ...properties }), etag }))
    return etag
  }
  const refusalOf = (change: RawChange): Refusal | undefined => {
    const found = find(change.row.pk, change.row.rk)
    if (change.kind !== 'replace') return change.kind === 'insert' && found ? 'exists' : undefined
    return found === undefined ? 'missing' : fits(found, change.etag)
  }
  return {
    find,
    put,
    refusalOf,
    write: (change: RawChange): RawWritten => {
      const refusal = refusalOf(change)
      return refusal === undefined ? { kind: 'ok', etag: put(change.row) } : { kind: refusal }
    },
    drop: (pk: string, rk: string) => {
      const partition = partitions.get(pk)
      if (partition?.rows.delete(rk)) partition.order = undefined
    },
    inOrder: (pk: string): readonly RawStored[] => {
      const partition = partitions.get(pk)
      if (partition === undefined) return []
      partition.order ??= [...partition.rows.keys()].sort(byCodeUnit)
      return partition.order.flatMap((rk) => partition.rows.get(rk) ?? [])
    },
  }
}

const fits = (found: RawStored, etag: string): 'changed' | undefined =>
  etag === '*' || found.etag === etag ? undefined : 'changed'

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function selected(row: RawStored, select: readonly string[] | undefined): RawStored {
  if (select === undefined) return row
  const kept = Object.entries(row.properties).filter(([name]) => select.includes(name))
  return { ...row, properties: Object.fromEntries(kept) }
}

/** A row without the property, or with one of another type, fits no comparison: not even `ne`. */
function holds(row: RawStored, { property, is, value }: RawWhere): boolean {
  const stored = property === 'RowKey' ? row.rk : row.properties[property]
  if (typeof stored !== typeof value || stored === undefined) return false
  switch (is) {
    case 'eq':
      return stored === value
    case 'ne':
      return stored !== value
    case 'lt':
      return stored < value
    case 'le':
      return stored <= value
    case 'gt':
      return stored > value
    case 'ge':
      return stored >= value
  }
}
