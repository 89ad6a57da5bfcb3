import { beforeAll, describe, expect, it } from 'vitest'
import { newTask, type OverTask } from '../../../src/lib/machine/task-state.ts'
import type { Glanced, OperationStore, TaskRecord } from '../../../src/lib/ports/operations.ts'
import { createOperationStore } from '../../../src/lib/storage/operation-store.ts'
import { storageWorlds } from '../../support/storage-worlds.ts'

const now = 1_900_000_000_000
const done: OverTask = { status: 'over', outcome: 'succeeded', at: 0, undo: [], passedOver: [] }

/** Twelve desktops, two a batch: in each batch one is over and one open, from the fourth on both wait. */
const tasks: readonly TaskRecord[] = Array.from({ length: 12 }, (_, ordinal) => {
  const isOut = ordinal < 6
  const isOver = isOut && ordinal % 2 === 0
  return {
    stage: 'desktops',
    key: `vm-${String(ordinal).padStart(2, '0')}`,
    ordinal,
    batch: Math.floor(ordinal / 2),
    tick: isOut ? 3 : 0,
    dueAt: now + ordinal,
    retries: 0,
    poisoned: 0,
    state: isOver ? done : newTask(now),
    timeline: [{ at: now, step: 'startVm@secondary', text: 'done' }],
  }
})

describe.each(storageWorlds())('glances at tasks ($name)', ({ open }) => {
  let store: OperationStore
  beforeAll(async () => {
    const { storage } = await open()
    store = createOperationStore(storage.table('operations'))
    await store.insertTasks('op', tasks)
    await store.insertTasks('op', [{ ...tasks[0], stage: 'secure' } as TaskRecord])
  })

  it.each<[string, Glanced | undefined, readonly number[]]>([
    ['all of a stage', undefined, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    ['those of a run of batches', { batches: [1, 2] }, [2, 3, 4, 5]],
    ['none of a run without batches', { batches: [0, -1] }, []],
    ['those that wait', { status: 'waiting' }, [6, 7, 8, 9, 10, 11]],
    ['those that are over, of some batches', { batches: [1, 5], status: 'over' }, [2, 4]],
    ['those that are not over', { isOver: false }, [1, 3, 5, 6, 7, 8, 9, 10, 11]],
    ['those that were due before a moment', { dueBefore: now + 3 }, [0, 1, 2]],
    ['those that were due and are not over', { dueBefore: now + 4, isOver: false }, [1, 3]],
  ])('lists %s', async (_, which, expected) => {
    const found = await store.glances('op', 'desktops', which)
    expect(found.map(({ key }) => Number(key.slice(3)))).toEqual(expected)
  })
})
