/** Operations, their tasks and their events: one partition per operation (design §6). */
import type { StageName } from '../machine/spec.ts'
import type {
  EventRecord,
  Glanced,
  OperationRecord,
  OperationStore,
  TaskGlance,
  TaskRecord,
} from '../ports/operations.ts'
import type { Change, Json, Row, Stored, Table, Where } from '../ports/storage.ts'
import { readOperation, readTask } from './read-record.ts'

const tableName = 'operations'
const operationKey = 'operation'
/** Table storage: at most 100 changes in one transaction. */
const transactionLimit = 100
/** Transactions of one fan-out that are under way at once. */
const insertConcurrency = 4

export function createOperationStore(table: Table): OperationStore {
  return {
    async load(id) {
      const row = await table.get(id, operationKey)
      return row && { value: readOperation(tableName, row), etag: row.etag }
    },
    async create(record, event) {
      const insert = [operationRow(record), eventRow(record.id, event, 0)].map((row) => ({
        kind: 'insert' as const,
        row,
      }))
      return (await table.transact(record.id, insert)) !== undefined
    },
    save: (record, etag, event) =>
      saveRow(table, operationRow(record), etag, event && eventRow(record.id, event, record.tick)),
    async loadTask(id, stage, key) {
      const row = await table.get(id, taskKey(stage, key))
      return row && { value: readTask(tableName, row), etag: row.etag }
    },
    saveTask: (id, task, etag, event) =>
      saveRow(table, taskRow(id, task), etag, event && eventRow(id, event, task.tick)),
    insertTasks: (id, tasks) => insertTasks(table, id, tasks),
    async glances(id, stage, which = {}) {
      const rows = await table.query(id, [...withPrefix(`task-${stage}-`), ...conditionsOf(which)], 'index')
      return rows.map(glanceOf)
    },
    async tasks(id, which) {
      const some = which
        ? [...withPrefix(`task-${which.stage}-`), ...conditionsOf({ batches: which.batches })]
        : undefined
      const rows = await table.query(id, some ?? withPrefix('task-'))
      return rows.map((row) => readTask(tableName, row)).sort((a, b) => a.ordinal - b.ordinal)
    },
    async note(id, event) {
      const row = eventRow(id, event, 0)
      await table.transact(id, [{ kind: 'upsert', row: { ...row, rk: `${row.rk}-${event.act}` } }])
    },
    async events(id) {
      const rows = await table.query(id, withPrefix('event-'))
      return rows.map(({ value }) => value as unknown as EventRecord)
    },
  }
}

async function saveRow(table: Table, row: Row, etag: string, event: Row | undefined): Promise<string | undefined> {
  if (!event) return table.replace(row, etag)
  const changes: Change[] = [
    { kind: 'replace', row, etag },
    { kind: 'upsert', row: event },
  ]
  return (await table.transact(row.pk, changes))?.[0]
}

async function insertTasks(table: Table, id: string, tasks: readonly TaskRecord[]): Promise<void> {
  const chunks: (readonly TaskRecord[])[] = []
  for (let i = 0; i < tasks.length; i += transactionLimit) chunks.push(tasks.slice(i, i + transactionLimit))
  for (let i = 0; i < chunks.length; i += insertConcurrency)
    await Promise.all(chunks.slice(i, i + insertConcurrency).map((chunk) => insertChunk(table, id, chunk)))
}

/** All at once; where some are there already (a fan-out that was cut off), those that are missing, one by one. */
async function insertChunk(table: Table, id: string, tasks: readonly TaskRecord[]): Promise<void> {
  const rows = tasks.map((task) => taskRow(id, task))
  if (
    await table.transact(
      id,
      rows.map((row) => ({ kind: 'insert', row })),
    )
  )
    return
  for (const row of rows) await table.insert(row)
}

const taskKey = (stage: StageName, key: string): string => `task-${stage}-${key}`

/** Everything that begins with the text, which ends in `-`; `.` is the next character behind it. */
const withPrefix = (prefix: `${string}-`): readonly Where[] => [
  { property: 'rk', is: 'ge', value: prefix },
  { property: 'rk', is: 'lt', value: `${prefix.slice(0, -1)}.` },
]

const conditionsOf = ({ batches, status, isOver, dueBefore }: Glanced): readonly Where[] => [
  ...(batches === undefined
    ? []
    : [
        { property: 'batch', is: 'ge' as const, value: batches[0] },
        { property: 'batch', is: 'le' as const, value: batches[1] },
      ]),
  ...(status === undefined ? [] : [{ property: 'status', is: 'eq' as const, value: status }]),
  ...(isOver === undefined ? [] : [{ property: 'status', is: 'ne' as const, value: 'over' }]),
  ...(dueBefore === undefined ? [] : [{ property: 'dueAt', is: 'lt' as const, value: dueBefore }]),
]

const operationRow = (record: OperationRecord): Row => ({
  pk: record.id,
  rk: operationKey,
  value: record as unknown as Record<string, Json>,
  index: { dueAt: record.dueAt, status: record.state.status },
})

function taskRow(id: string, task: TaskRecord): Row {
  const { stage, key, batch, tick, dueAt, retries, state } = task
  const isOver = state.status === 'over'
  return {
    pk: id,
    rk: taskKey(stage, key),
    value: task as unknown as Record<string, Json>,
    index: {
      stage,
      key,
      batch,
      tick,
      dueAt,
      retries,
      status: isOver ? 'over' : tick === 0 ? 'waiting' : 'open',
      outcome: isOver ? state.outcome : '',
      hasUndo: state.undo.length > 0,
      isUnproven: state.passedOver.includes('signOutUsers') || state.passedOver.includes('drainHost'),
      isHalfWay: isOver && state.isHalfWay === true,
      step: task.timeline.at(-1)?.step ?? '',
    },
  }
}

const glanceOf = ({ index }: Stored): TaskGlance => index as unknown as TaskGlance

const eventRow = (id: string, event: EventRecord, tick: number): Row => ({
  pk: id,
  rk: `event-${event.stage ?? 'operation'}-${event.subject ?? ''}-${String(tick).padStart(6, '0')}`,
  value: event as unknown as Record<string, Json>,
})
