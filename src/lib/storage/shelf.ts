/**
 * Rows that are open, and rows that are over. The open ones stand in a partition of their own, so that finding them never
 * reads the history; what is over is kept for good, so that the same thing is never taken for a new one.
 */
import type { Stored as Kept, OnUnreadable } from '../ports/follow-ups.ts'
import type { Json, Row, Stored, Table } from '../ports/storage.ts'

export type Shelf<T> = {
  /** False: it is there, open or over. */
  readonly add: (value: T) => Promise<boolean>
  readonly open: (onUnreadable?: OnUnreadable) => Promise<readonly Kept<T>[]>
  readonly over: (group: string) => Promise<readonly T[]>
  /** One that is over leaves the open ones. The new etag; undefined when somebody else changed it. */
  readonly save: (value: T, etag: string) => Promise<string | undefined>
}

export type Shelved<T> = {
  /** Unique among the open ones and within its group. */
  readonly keyOf: (value: T) => string
  /** Partition of those that are over; never `open`. */
  readonly groupOf: (value: T) => string
  readonly isOver: (value: T) => boolean
  /** Throws an error for a row that is not one. */
  readonly read: (row: Stored) => T
}

const partition = 'open'

export function createShelf<T extends object>(table: Table, shelved: Shelved<T>): Shelf<T> {
  const { keyOf, groupOf, isOver, read } = shelved
  const rowOf = (pk: string, value: T): Row => ({
    pk,
    rk: keyOf(value),
    value: value as unknown as Record<string, Json>,
  })
  const isPutAway = async (value: T) => (await table.get(groupOf(value), keyOf(value))) !== undefined
  const putAway = async (value: T, etag: string) => {
    await table.insert(rowOf(groupOf(value), value))
    await table.remove(partition, keyOf(value), etag)
  }
  return {
    async add(value) {
      if (await isPutAway(value)) return false
      const etag = await table.insert(rowOf(partition, value))
      if (etag === undefined) return false
      // It may have been put away between the two.
      if (!(await isPutAway(value))) return true
      await table.remove(partition, keyOf(value), etag)
      return false
    },
    async open(onUnreadable) {
      const found = (await table.query(partition)).flatMap((row) => readable(row, read, onUnreadable))
      // Cut off on their way out.
      for (const { value, etag } of found.filter((kept) => isOver(kept.value))) await putAway(value, etag)
      return found.filter(({ value }) => !isOver(value))
    },
    over: async (group) => (await table.query(group)).map(read),
    async save(value, etag) {
      const saved = await table.replace(rowOf(partition, value), etag)
      if (saved !== undefined && isOver(value)) await putAway(value, saved)
      return saved
    },
  }
}

function readable<T>(row: Stored, read: (row: Stored) => T, onUnreadable?: OnUnreadable): readonly Kept<T>[] {
  try {
    return [{ value: read(row), etag: row.etag }]
  } catch (error) {
    if (!onUnreadable || !(error instanceof Error)) throw error
    onUnreadable(error)
    return []
  }
}
