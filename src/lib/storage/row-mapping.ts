import type { Json, Row, Stored } from '../ports/storage.ts'
import { UnreadableRow } from './errors.ts'
import { decodeKey, encodeKey } from './keys.ts'
import type { RawRow, RawStored } from './raw-table.ts'
import { checkLimits, maxTextLength } from './row-limits.ts'

/** The schema of a stored row: `v`, `writeId`, `index` (JSON), the index properties themselves, and `d0`, `d1`, … */
const version = 1
const reserved = /^(v|pk|rk|etag|index|writeId|partitionKey|rowKey|timestamp|d\d+)$/
const maxIndexProperties = 20

/** What a query that leaves the documents out has to read; index properties are in `index`, so nobody must know their names. */
export const indexOnly = ['PartitionKey', 'RowKey', 'v', 'writeId', 'index'] as const

/** Throws a RangeError naming the limit when the row does not fit into Table storage. */
export function toRaw(row: Row, writeId: string): RawRow {
  const index = row.index ?? {}
  checkIndex(index)
  const document = Object.fromEntries(piecesOf(jsonOf(row.value)).map((piece, n) => [`d${n}`, piece]))
  const properties = { v: version, writeId, index: jsonOf(index), ...index, ...document }
  return checkLimits({ pk: encodeKey(row.pk), rk: encodeKey(row.rk), properties })
}

/** Throws `UnreadableRow`. With `only`, the document is not looked at and `value` is empty. */
export function fromRaw(table: string, raw: RawStored, only?: 'index'): Stored {
  const [pk, rk] = [decodeKey(raw.pk), decodeKey(raw.rk)]
  if (pk === undefined || rk === undefined) throw new UnreadableRow(table, raw.pk, raw.rk, 'its key is not one of ours')
  const { v, index } = raw.properties
  if (v !== version) {
    throw new UnreadableRow(
      table,
      pk,
      rk,
      `its version is ${JSON.stringify(v) ?? 'missing'}, this app reads ${version}`,
    )
  }
  const read = (name: string, text: unknown) => {
    const parsed = parseObject(text)
    if (parsed === undefined) throw new UnreadableRow(table, pk, rk, `its ${name} is not a JSON object`)
    return parsed
  }
  return {
    pk,
    rk,
    value: only === 'index' ? {} : read('document', documentOf(raw)),
    index: read('index', index) as NonNullable<Row['index']>,
    etag: raw.etag,
  }
}

function checkIndex(index: NonNullable<Row['index']>): void {
  const names = Object.keys(index)
  if (names.length > maxIndexProperties) {
    throw new RangeError(`a row has ${names.length} index properties, at most ${maxIndexProperties} are allowed`)
  }
  const wrong = names.find((name) => !isIndexName(name))
  if (wrong !== undefined) throw new RangeError(`${JSON.stringify(wrong)} cannot be the name of an index property`)
  const notFinite = names.find((name) => typeof index[name] === 'number' && !Number.isFinite(index[name]))
  if (notFinite !== undefined) throw new RangeError(`index property ${notFinite} is not a finite number`)
}

export const isIndexName = (name: string): boolean => /^[a-z][A-Za-z0-9]*$/.test(name) && !reserved.test(name)

function piecesOf(text: string): readonly string[] {
  const count = Math.ceil(text.length / maxTextLength)
  return Array.from({ length: count }, (_, n) => text.slice(n * maxTextLength, (n + 1) * maxTextLength))
}

/**
 * JSON in ASCII. A character of several bytes can be torn between two packets or two properties, and Azurite (3.37) puts
 * the halves together wrongly.
 */
const jsonOf = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u0080-\uFFFF]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

function documentOf({ properties }: RawRow): string {
  const pieces: string[] = []
  for (let n = 0; typeof properties[`d${n}`] === 'string'; n++) pieces.push(String(properties[`d${n}`]))
  return pieces.join('')
}

function parseObject(text: unknown): { readonly [key: string]: Json } | undefined {
  try {
    const parsed: unknown = JSON.parse(String(text))
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
    return isObject ? (parsed as { readonly [key: string]: Json }) : undefined
  } catch {
    return undefined
  }
}
