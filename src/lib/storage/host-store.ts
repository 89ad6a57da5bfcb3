/** The keep-alive clock of each standby host: a row a host, a partition a pair. */
import type { HostClock } from '../model/host-clock.ts'
import type { HostStore } from '../ports/hosts.ts'
import type { Json, Row, Stored, Table } from '../ports/storage.ts'
import { readHost } from './read-record.ts'

export const createHostStore = (table: Table): HostStore => ({
  async list(pairId) {
    return (await table.query(pairId)).map(kept)
  },
  async load(pairId, side, host) {
    const row = await table.get(pairId, keyOf(side, host))
    return row && kept(row)
  },
  async save(clock, etag) {
    const row: Row = {
      pk: clock.pairId,
      rk: keyOf(clock.side, clock.host),
      value: clock as unknown as Record<string, Json>,
    }
    return etag === undefined ? table.insert(row) : table.replace(row, etag)
  },
})

/** Both pools of a pair may have a host of the same name. */
const keyOf = (side: HostClock['side'], host: string): string => `${side}-${host.toLowerCase()}`

const kept = (row: Stored) => ({ value: readHost('hosts', row), etag: row.etag })
