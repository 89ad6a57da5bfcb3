import { describe, expect, it } from 'vitest'
import { createMemoryStorage } from '../../../sim/storage/memory-storage.ts'
import { newOperation } from '../../../src/lib/machine/operation-state.ts'
import { type OperationKind, rank } from '../../../src/lib/machine/spec.ts'
import { newTask, type TaskState } from '../../../src/lib/machine/task-state.ts'
import type { OperationRecord, TaskRecord } from '../../../src/lib/ports/operations.ts'
import { UnreadableRow } from '../../../src/lib/storage/errors.ts'
import { createOperationStore } from '../../../src/lib/storage/operation-store.ts'
import { spec } from '../../support/step-things.ts'

const open = () => createOperationStore(createMemoryStorage({ now: () => 0 }).table('operations'))

const record = (kind: OperationKind): OperationRecord => ({
  id: 'op',
  kind,
  pairId: 'pair',
  specHash: 'f'.repeat(64),
  state: newOperation(spec, 0),
  tick: 0,
  dueAt: 0,
  listedAt: 0,
  requestedBy: 'ops',
  createdAt: 0,
  timeline: [],
})
const task = (state: TaskState): TaskRecord => ({
  stage: 'extensions',
  key: 'vm',
  ordinal: 0,
  batch: 0,
  tick: 1,
  dueAt: 0,
  retries: 0,
  poisoned: 0,
  state,
  timeline: [],
})

describe('what is stored of an operation', () => {
  it.each(Object.keys(rank) as OperationKind[])('is read whatever its kind: %s', async (kind) => {
    const store = open()
    await store.create(record(kind), { at: 0, act: 'start', by: 'ops', specHash: 'f'.repeat(64) })
    expect((await store.load('op'))?.value).toEqual(record(kind))
  })

  it('is not read where the kind is none of ours', async () => {
    const store = open()
    const odd = record('testFailover' as OperationKind)
    await store.create(odd, { at: 0, act: 'start', by: 'ops', specHash: 'f'.repeat(64) })
    await expect(store.load('op')).rejects.toThrow(UnreadableRow)
  })

  it('keeps the part a task is at', async () => {
    const store = open()
    const state: TaskState = { ...newTask(5), part: 'put 1 2', partSince: 7, attempt: 1, begunAt: 8 }
    await store.insertTasks('op', [task(state)])
    expect((await store.loadTask('op', 'extensions', 'vm'))?.value.state).toEqual(state)
  })

  it.each([{ part: 5 }, { partSince: 'soon' }])('is not acted upon where the part is damaged (%o)', async (damage) => {
    const store = open()
    await store.insertTasks('op', [task({ ...newTask(5), ...damage } as unknown as TaskState)])
    await expect(store.loadTask('op', 'extensions', 'vm')).rejects.toThrow(UnreadableRow)
  })
})
