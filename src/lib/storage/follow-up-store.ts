/** Work that waits for its pair: open rows together, those that are over by pair. */
import { z } from 'zod'
import type { FollowUp, FollowUpStore } from '../ports/follow-ups.ts'
import type { Stored, Table } from '../ports/storage.ts'
import { UnreadableRow } from './errors.ts'
import { createShelf } from './shelf.ts'

const tableName = 'followUps'

export function createFollowUpStore(table: Table): FollowUpStore {
  const shelf = createShelf<FollowUp>(table, {
    // Ids of two pairs may be alike; a pair's has no `/`.
    keyOf: ({ pairId, id }) => `${pairId}/${id}`,
    groupOf: ({ pairId }) => `pair/${pairId}`,
    isOver: ({ ended }) => ended !== undefined,
    read,
  })
  return {
    note: shelf.add,
    open: shelf.open,
    async ofPair(pairId) {
      // In this order: what ends meanwhile is seen twice rather than not at all.
      const open = (await shelf.open()).flatMap(({ value }) => (value.pairId === pairId ? [value] : []))
      const over = await shelf.over(`pair/${pairId}`)
      const all = new Map([...open, ...over].map((one) => [one.id, one]))
      return [...all.values()].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
    },
    save: shelf.save,
  }
}

const schema = z.looseObject({
  pairId: z.string(),
  id: z.string(),
  kind: z.enum(['restoreExtensions', 'reprotect', 'commitReminder']),
  host: z.string(),
  side: z.enum(['primary', 'secondary']),
  reason: z.string(),
  createdAt: z.number(),
  notBefore: z.number(),
  operationId: z.string().optional(),
  tries: z.number().int().min(0),
  failures: z.number().int().min(0).optional(),
  problem: z.string().optional(),
  ended: z.object({ at: z.number(), how: z.string() }).optional(),
})

function read(row: Stored): FollowUp {
  const { success, error } = schema.safeParse(row.value)
  if (success) return row.value as unknown as FollowUp
  const [issue] = error.issues
  throw new UnreadableRow(tableName, row.pk, row.rk, `${issue?.path.join('.')}: ${issue?.message}`)
}
