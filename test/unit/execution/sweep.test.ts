import { describe, expect, it } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import { overdueAfter, sweep, sweepLease, sweepLimit } from '../../../src/lib/execution/sweep.ts'
import { newTask, type OverTask } from '../../../src/lib/machine/task-state.ts'
import {
  begunAt,
  type EngineWorld,
  type Given,
  hostSpec,
  openEngine,
  putOperation,
  putTask,
} from '../../support/engine-world.ts'
import { over, stage } from '../../support/operation-machine.ts'

const healthy: Given = { record: { dueAt: begunAt + minutes(60) } }
const overdue = { tick: 4, dueAt: begunAt, state: newTask(begunAt) }
const failed: OverTask = { status: 'over', outcome: 'failed', at: 0, undo: [], passedOver: [] }

/** What one run ticks, late by so much. */
async function swept(opened: EngineWorld, late = overdueAfter + 1) {
  opened.pass(late)
  const { ticked } = await sweep(opened.engine)
  const told = [...opened.sent('operation-ticks'), ...opened.sent('task-ticks')].map(
    (sent) => `${sent.key ?? 'operation'} ${sent.tick}`,
  )
  return { ticked, told }
}

describe('the sweep', () => {
  it.each([
    ['an operation that is a minute late', overdueAfter + 1, ['operation 1']],
    ['nothing that is less late', overdueAfter, []],
  ])('ticks %s', async (_, late, expected) => {
    const opened = openEngine()
    await putOperation(opened)
    expect((await swept(opened, late)).told).toEqual(expected)
  })

  const stages = (releasedBatches: number) => ({
    capacity: { ...over(), status: 'open' as const, releasedBatches, lastReleaseAt: begunAt },
  })
  it.each<[string, Parameters<typeof putTask>[2], Given['state'], string[]]>([
    ['a task that is late', overdue, {}, ['avd-1 4']],
    ['no task that has time', { ...overdue, dueAt: begunAt + minutes(5) }, {}, []],
    [
      'a task that waits although its batch is out',
      { batch: 1, dueAt: begunAt + minutes(60) },
      { stages: stages(2) },
      ['avd-1 0'],
    ],
    ['no task whose batch is not out', { batch: 2 }, { stages: stages(2) }, []],
    ['no task that is over', { ...overdue, state: failed }, {}, []],
    ['a task that is to try again', { ...overdue, state: failed }, { retries: 1 }, ['avd-1 4']],
    [
      'a task that is to take something back',
      { ...overdue, state: { ...failed, outcome: 'succeeded', undo: [{ step: 'drainHost', side: 'secondary' }] } },
      { status: 'goingBack', backAt: 'capacity' },
      ['avd-1 4'],
    ],
    ['no task of a stage at rest', overdue, { stages: { capacity: over() } }, []],
  ])('ticks %s', async (_, task, state, expected) => {
    const opened = openEngine()
    await putOperation(opened, { ...healthy, ...(state && { state }) })
    await putTask(opened, 'op-1', task)
    expect((await swept(opened)).told).toEqual(expected)
  })

  it('ticks at most 500 in one run', async () => {
    const opened = openEngine()
    const spec = hostSpec({ stages: [stage('capacity', sweepLimit + 20)] })
    await putOperation(opened, { ...healthy, spec })
    const first = await putTask(opened, 'op-1', overdue)
    const more = Array.from({ length: sweepLimit + 20 }, (_, i) => ({ ...first, key: `capacity-${i}`, ordinal: i }))
    await opened.world.operations.insertTasks('op-1', more)
    expect(await swept(opened)).toMatchObject({ ticked: sweepLimit, told: { length: sweepLimit } })
  })

  it('leaves a share to the operations behind one with too much', async () => {
    const opened = openEngine()
    const spec = hostSpec({ stages: [stage('capacity', sweepLimit + 20)] })
    await putOperation(opened, { ...healthy, spec })
    const first = await putTask(opened, 'op-1', overdue)
    const more = Array.from({ length: sweepLimit + 20 }, (_, i) => ({ ...first, key: `capacity-${i}`, ordinal: i }))
    await opened.world.operations.insertTasks('op-1', more)
    await putOperation(opened, { id: 'op-2' })
    expect((await swept(opened)).told).toContain('operation 1')
  })

  it('runs once while its lease lasts, wherever it is called', async () => {
    const opened = openEngine()
    await putOperation(opened)
    opened.pass(overdueAfter + 1)
    const both = await Promise.all([sweep(opened.engine), sweep(opened.engine)])
    expect(both.map(({ ticked }) => ticked).sort()).toEqual([0, 1])
    expect((await swept(opened, sweepLease - 1)).ticked).toBe(0)
    expect((await swept(opened, 1)).ticked).toBe(1)
  })

  it('comes to the operations behind one nobody can read, and behind one whose spec is gone', async () => {
    const opened = openEngine()
    for (const id of ['op-1', 'op-2', 'op-3']) await putOperation(opened, { id })
    const table = opened.storage.table('operations')
    const row = await table.get('op-1', 'operation')
    if (row) await table.replace({ ...row, value: { ...row.value, tick: 'none' } }, row.etag)
    const second = await opened.world.operations.load('op-2')
    if (second)
      await opened.world.operations.save(
        { ...second.value, specHash: '0'.repeat(64), dueAt: begunAt + minutes(9) },
        second.etag,
      )
    expect((await swept(opened)).ticked).toBe(1)
    expect(opened.sent('operation-ticks')).toMatchObject([{ operationId: 'op-3' }])
  })

  it('removes entries without an operation', async () => {
    const opened = openEngine()
    await opened.world.active.add('op-9')
    expect((await swept(opened)).ticked).toBe(0)
    expect(await opened.world.active.list()).toEqual([])
  })

  it('concludes what is over and was not', async () => {
    const opened = openEngine()
    await putOperation(opened, { state: { status: 'over', outcome: 'failed', endedAt: begunAt } })
    await swept(opened, 0)
    expect(await opened.world.active.list()).toEqual([])
    expect((await opened.world.pairs.load('pair')).value.heldBy).toBeUndefined()
    expect(await opened.world.reports.list('op-1')).toEqual(['op-1.json'])
  })
})
