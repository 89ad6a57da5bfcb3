import type { ActiveStore } from '../ports/operations.ts'
import type { Table } from '../ports/storage.ts'

/** One partition with a row per operation that is not concluded. */
const partition = 'active'

export const createActiveStore = (table: Table): ActiveStore => ({
  async add(operationId) {
    await table.transact(partition, [
      { kind: 'upsert', row: { pk: partition, rk: operationId, value: { operationId } } },
    ])
  },
  stamp: async (operationId) => (await table.get(partition, operationId))?.etag,
  async remove(operationId, stamp) {
    await table.remove(partition, operationId, stamp)
  },
  list: async () => (await table.query(partition, [], 'index')).map(({ rk }) => rk),
})
