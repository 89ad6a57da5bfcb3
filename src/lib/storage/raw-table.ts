import type { Where } from '../ports/storage.ts'

/** A row as Table storage keeps it: encoded keys and flat properties. */
export type RawRow = {
  readonly pk: string
  readonly rk: string
  readonly properties: Readonly<Record<string, string | number | boolean>>
}
export type RawStored = RawRow & { readonly etag: string }

/** `changed` is 412, `exists` is 409, `missing` is 404 of the row (not of the table). */
export type RawWritten =
  | { readonly kind: 'ok'; readonly etag: string }
  | { readonly kind: 'exists' | 'changed' | 'missing' }
export type RawRemoved = { readonly kind: 'ok' | 'changed' | 'missing' }
export type RawTransacted = { readonly kind: 'ok'; readonly etags: readonly string[] } | { readonly kind: 'conflict' }

/** `property` is `RowKey` or the name of a property. A row without it never fits, not even `ne`; types must agree. */
export type RawWhere = Where
export type RawChange =
  | { readonly kind: 'insert'; readonly row: RawRow }
  | { readonly kind: 'upsert'; readonly row: RawRow }
  | { readonly kind: 'replace'; readonly row: RawRow; readonly etag: string }

/**
 * What Table storage itself can do, one request a call (`query`: one a page). Throws `StorageAway` when storage is away or
 * the answer got lost; any other error means that the request was refused and changed nothing.
 */
export type RawTable = {
  readonly name: string
  readonly get: (pk: string, rk: string) => Promise<RawStored | undefined>
  readonly insert: (row: RawRow) => Promise<RawWritten>
  readonly replace: (row: RawRow, etag: string) => Promise<RawWritten>
  /** Without an etag: whatever is there. */
  readonly remove: (pk: string, rk: string, etag?: string) => Promise<RawRemoved>
  /** In row-key order. `select`: these properties alone. */
  readonly query: (pk: string, where: readonly RawWhere[], select?: readonly string[]) => Promise<readonly RawStored[]>
  readonly transact: (pk: string, changes: readonly RawChange[]) => Promise<RawTransacted>
}
