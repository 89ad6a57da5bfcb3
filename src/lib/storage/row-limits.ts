import type { RawRow } from './raw-table.ts'

// "Understanding the Table service data model" and "Performing entity group transactions", learn.microsoft.com.
/** UTF-16 characters of one string property (64 KiB). */
export const maxTextLength = 32_768
/** Bytes of one row, all properties and keys together. */
export const maxRowBytes = 1_048_576
/** Changes of one transaction. */
export const maxChanges = 100
/** Bytes of one transaction's request. */
export const maxTransactionBytes = 4 * 1_048_576

/** The row itself; throws a RangeError naming the limit it breaks. */
export function checkLimits(row: RawRow): RawRow {
  const tooLong = Object.entries(row.properties).find(([, value]) => String(value).length > maxTextLength)
  if (tooLong !== undefined) {
    const [name, value] = tooLong
    throw new RangeError(
      `property ${name} of row ${row.rk} has ${String(value).length} characters, at most ${maxTextLength} fit`,
    )
  }
  const bytes = rowBytes(row)
  if (bytes > maxRowBytes) throw new RangeError(`row ${row.rk} takes ${bytes} bytes, at most ${maxRowBytes} fit`)
  return row
}

/** Throws a RangeError when one transaction cannot carry the rows. */
export function checkTransaction(rows: readonly RawRow[]): void {
  if (rows.length > maxChanges)
    throw new RangeError(`a transaction has ${rows.length} changes, at most ${maxChanges} fit`)
  const keys = new Set(rows.map(({ rk }) => rk))
  if (keys.size < rows.length) throw new RangeError('a transaction changes the same row twice')
  const bytes = rows.reduce((sum, row) => sum + requestBytes(row), 0)
  if (bytes > maxTransactionBytes) {
    throw new RangeError(`a transaction takes ${bytes} bytes, at most ${maxTransactionBytes} fit`)
  }
}

/** The service's own sum: 4 + 2 per key character + per property 8 + 2 per name character + the value's size. */
function rowBytes({ pk, rk, properties }: RawRow): number {
  const sizes = Object.entries(properties).map(([name, value]) => 8 + 2 * name.length + valueBytes(value))
  return 4 + 2 * (pk.length + rk.length) + sizes.reduce((sum, size) => sum + size, 0)
}

function valueBytes(value: string | number | boolean): number {
  if (typeof value === 'string') return 4 + 2 * value.length
  return typeof value === 'number' ? 8 : 1
}

/** An upper bound of a change's part of the request: its JSON, and about 1 KB of headers and boundaries. */
const requestBytes = (row: RawRow): number => Buffer.byteLength(JSON.stringify(row)) + 1_024
