import { describe, expect, it } from 'vitest'
import { seconds } from '../../../src/lib/core/time.ts'
import { buryPoison } from '../../../src/lib/execution/bury-poison.ts'
import type { OperationSpec } from '../../../src/lib/machine/spec.ts'
import { newTask, type OpenTask } from '../../../src/lib/machine/task-state.ts'
import { begunAt, hostSpec, openEngine, putOperation, putTask } from '../../support/engine-world.ts'

const undo = [{ step: 'deallocateVm', side: 'secondary' }] as const
const fifth = { tick: 5, state: { ...newTask(begunAt), undo } }
const poison = (tick: number) => ({ v: 1, operationId: 'op-1', stage: 'capacity', key: 'avd-1', tick })

async function open(task: Parameters<typeof putTask>[2] = fifth, spec?: OperationSpec) {
  const opened = openEngine()
  await putOperation(opened, spec && { spec })
  await putTask(opened, 'op-1', task)
  return {
    ...opened,
    bury: (message: unknown) => buryPoison(opened.engine, message),
    row: async () => (await opened.world.operations.loadTask('op-1', 'capacity', 'avd-1'))?.value,
  }
}

describe('a poisoned tick', () => {
  it('that is older than its row is dropped', async () => {
    const { bury, deeds, row } = await open()
    await bury(poison(4))
    expect([deeds, (await row())?.poisoned]).toEqual([[], 0])
  })

  it.each([5, 6])('%i of a row of tick 5 is counted, and the row is ticked again in half a minute', async (tick) => {
    const { bury, row, storage, sent } = await open()
    await bury(poison(tick))
    expect(await row()).toMatchObject({ poisoned: 1, tick: 5, state: { status: 'open' } })
    expect(sent('task-ticks')).toMatchObject([{ tick: 5 }])
    expect(storage.queue('task-ticks').nextVisibleAt()).toBe(begunAt + seconds(30))
  })

  it('is a fault the third time, with what it would take back, and its operation is told', async () => {
    const { bury, row, deeds } = await open()
    for (const _ of [1, 2, 3]) await bury(poison(5))
    expect(await row()).toMatchObject({
      tick: 6,
      state: {
        status: 'over',
        outcome: 'failed',
        undo,
        fault: { code: 'needsPerson', message: 'tick 5 could not be carried out', retryable: false },
      },
    })
    expect(deeds.at(-1)).toBe('nudge')
  })

  it.each<[string, number | undefined, Partial<OpenTask>, object]>([
    ['past its point of no return it is half-way', 0, { at: 1, attempt: 1 }, { at: 1, isHalfWay: true }],
    ['at its point of no return, begun, as well', 1, { at: 1, begunAt }, { at: 1, isHalfWay: true }],
    ['not where the point lies ahead', 2, { at: 1, begunAt }, { at: 0 }],
    ['not where there is none', undefined, { at: 1, begunAt }, { at: 0 }],
    ['not on the way back', 0, { path: 'back', at: 0 }, { at: 0 }],
  ])('%s', async (_, taskPointOfNoReturn, parts, wanted) => {
    const [capacity] = hostSpec().stages
    if (!capacity) throw new Error('no stage')
    const spec = hostSpec({
      stages: [{ ...capacity, ...(taskPointOfNoReturn !== undefined && { taskPointOfNoReturn }) }],
    })
    const facts = { offAt: 1 }
    const { bury, row } = await open({ tick: 5, poisoned: 2, state: { ...fifth.state, facts, ...parts } }, spec)
    await bury(poison(5))
    const state = {
      status: 'over',
      outcome: 'failed',
      undo,
      passedOver: [],
      facts,
      fault: expect.anything(),
      ...wanted,
    }
    expect((await row())?.state).toEqual(state)
  })

  it('on the way back keeps what was stuck already', async () => {
    const stuck = [{ step: 'drainHost', side: 'secondary' }] as const
    const { bury, row } = await open({ tick: 5, poisoned: 2, state: { ...fifth.state, path: 'back', stuck } })
    await bury(poison(5))
    expect((await row())?.state).toMatchObject({ outcome: 'failed', undo: [...undo, ...stuck] })
  })

  it('of a task that is over is dropped', async () => {
    const state = { status: 'over', outcome: 'succeeded', at: 0, undo: [], passedOver: [] } as const
    const { bury, deeds } = await open({ tick: 5, state })
    await bury(poison(5))
    expect(deeds).toEqual([])
  })

  it.each<[string, unknown]>([
    ['is not ours', { hello: 'world' }],
    ['is no object', 'x'],
    ['names a task nobody knows', { ...poison(5), key: 'stranger' }],
    ['is of a later version', { ...poison(5), v: 2 }],
    ['ticks an operation', { v: 1, operationId: 'op-1', tick: 1 }],
  ])('that %s changes nothing', async (_, message) => {
    const { bury, deeds, row } = await open()
    await bury(message)
    expect([deeds, (await row())?.poisoned]).toEqual([[], 0])
  })

  it('of a row nobody can read is put on record', async () => {
    const { bury, storage, world } = await open()
    const table = storage.table('operations')
    const row = await table.get('op-1', 'task-capacity-avd-1')
    if (row) await table.replace({ ...row, value: { ...row.value, state: null } }, row.etag)
    await bury(poison(5))
    expect(await world.operations.events('op-1')).toContainEqual(expect.objectContaining({ act: 'unreadableRow' }))
  })
})
