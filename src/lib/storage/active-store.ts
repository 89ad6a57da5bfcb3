import type { ActiveStore } from '../ports/operations.ts'
import type { Table } from '../ports/storage.ts'

/** One partition with a row per operation that is not concluded. */
const partition = 'active'

export const createActiveStore = (table: Table): ActiveStore => ({
  async add(operationId) {
    await table.insert({ pk: partition, rk: operationId, value: { operationId } })
  },
  async remove(operationId) {
    await table.remove(partition, operationId)
  },
  list: async () => (await table.query(partition, [], 'index')).map(({ rk }) => rk),
})
