import type { Millis } from '../core/time.ts'

/** What a row may carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A row of a table. `value` is the whole document, `index` repeats what queries need. */
export type Row = {
  readonly pk: string
  readonly rk: string
  readonly value: { readonly [key: string]: Json }
  /** At most 20 short properties; names are `[a-z][A-Za-z0-9]*`. */
  readonly index?: Readonly<Record<string, string | number | boolean>>
}
export type Stored = Row & { readonly etag: string }

/** A condition on one index property, or on the row key; all must hold. */
export type Where = {
  readonly property: string
  readonly is: 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'
  readonly value: string | number | boolean
}

export type Change =
  | { readonly kind: 'insert'; readonly row: Row }
  | { readonly kind: 'replace'; readonly row: Row; readonly etag: string }
  | { readonly kind: 'upsert'; readonly row: Row }

/**
 * A table with optimistic concurrency. Expected outcomes are values; an outage of storage is thrown as an error.
 *
 * A write whose answer got lost and which turns out to have landed counts as ours (`writeId`, design rule 6), so
 * `changed` and `exists` always mean *somebody else*.
 */
export type Table = {
  readonly get: (pk: string, rk: string) => Promise<Stored | undefined>
  /** The new etag, or undefined when there is such a row already. */
  readonly insert: (row: Row) => Promise<string | undefined>
  /** The new etag, or undefined when somebody else changed or removed the row. */
  readonly replace: (row: Row, etag: string) => Promise<string | undefined>
  /** False when somebody else changed it. A row that is gone already counts as removed. */
  readonly remove: (pk: string, rk: string, etag?: string) => Promise<boolean>
  /** All rows of a partition that fit, in row-key order. With `only`, `value` is empty: index properties and keys alone. */
  readonly query: (pk: string, where?: readonly Where[], only?: 'index') => Promise<readonly Stored[]>
  /** All or nothing within one partition, at most 100 changes. The new etags, or undefined when one change did not fit. */
  readonly transact: (pk: string, changes: readonly Change[]) => Promise<readonly string[] | undefined>
}

/** At most 64 KiB a message; never expires. */
export type Queue = {
  /** `delay`: how long it stays invisible, in milliseconds; rounded up to whole seconds, at most 6 hours. */
  readonly send: (message: { readonly [key: string]: Json }, delay: Millis) => Promise<void>
}

/** Named documents, UTF-8. */
export type Blobs = {
  readonly get: (name: string) => Promise<string | undefined>
  /** Overwrites. */
  readonly put: (name: string, text: string) => Promise<void>
  /** One that is not there counts as removed. */
  readonly remove: (name: string) => Promise<void>
  /** Names that begin with the prefix, in order. */
  readonly list: (prefix: string) => Promise<readonly string[]>
}
