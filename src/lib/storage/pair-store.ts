/** What is remembered of the pairs. Recorded assignments are rows of their own: there may be thousands. */
import { untouchedPair } from '../model/pair-state.ts'
import type { PairRecord, PairStore } from '../ports/operations.ts'
import type { Json, Row, Table } from '../ports/storage.ts'
import { readPair } from './read-record.ts'

const pairKey = 'pair'
const assignmentPrefix = 'assignment-'
const transactionLimit = 100

export const createPairStore = (table: Table): PairStore => ({
  async load(pairId) {
    const rows = await table.query(pairId)
    const row = rows.find(({ rk }) => rk === pairKey)
    if (!row) return { value: { ...untouchedPair, pairId, epoch: 0 } }
    const recordedAssignments = rows
      .filter(({ rk }) => rk.startsWith(assignmentPrefix))
      .map(({ value }) => value as unknown as PairRecord['recordedAssignments'][number])
    return { value: { ...readPair('pairs', row), recordedAssignments }, etag: row.etag }
  },
  async save({ recordedAssignments, ...record }, etag) {
    await writeAssignments(table, record.pairId, recordedAssignments)
    const row: Row = { pk: record.pairId, rk: pairKey, value: record as unknown as Record<string, Json> }
    return etag === undefined ? table.insert(row) : table.replace(row, etag)
  },
})

async function writeAssignments(table: Table, pairId: string, recorded: PairRecord['recordedAssignments']) {
  for (let i = 0; i < recorded.length; i += transactionLimit) {
    const rows = recorded.slice(i, i + transactionLimit).map((assignment) => ({
      pk: pairId,
      rk: `${assignmentPrefix}${assignment.key}`,
      value: assignment as unknown as Record<string, Json>,
    }))
    await table.transact(
      pairId,
      rows.map((row) => ({ kind: 'upsert', row })),
    )
  }
}
