/** Messages of Site Recovery that were accepted: open ones together, and those that are over, by the first digits of their ids. */
import { z } from 'zod'
import type { EventStore, SiteRecoveryEvent } from '../ports/follow-ups.ts'
import type { Stored, Table } from '../ports/storage.ts'
import { UnreadableRow } from './errors.ts'
import { createShelf } from './shelf.ts'

const tableName = 'siteRecoveryEvents'

export function createEventStore(table: Table): EventStore {
  const { add, open, save } = createShelf<SiteRecoveryEvent>(table, {
    keyOf: ({ id }) => id,
    groupOf: ({ id }) => `over/${id.slice(0, 2)}`,
    isOver: ({ ended }) => ended !== undefined,
    read,
  })
  return { add, open, save }
}

const schema = z.looseObject({
  id: z.string(),
  source: z.enum(['recoveryPlan', 'activityLog', 'eventGrid']),
  receivedAt: z.number(),
  vaultId: z.string().optional(),
  itemIds: z.array(z.string()),
  vms: z.array(z.string()),
  recoveryPlan: z.string().optional(),
  what: z.string(),
  awaits: z.enum(['failover', 'recoveryPoint']).optional(),
  towards: z.enum(['primary', 'secondary']).optional(),
  settled: z.array(z.string()),
  ended: z.object({ at: z.number(), how: z.string() }).optional(),
})

function read(row: Stored): SiteRecoveryEvent {
  const { success, error } = schema.safeParse(row.value)
  if (success) return row.value as unknown as SiteRecoveryEvent
  const [issue] = error.issues
  throw new UnreadableRow(tableName, row.pk, row.rk, `${issue?.path.join('.')}: ${issue?.message}`)
}
