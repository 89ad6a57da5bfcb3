import { describe, expect, it } from 'vitest'
import { tasksForReport } from '../../../src/lib/execution/tasks-for-report.ts'
import type { OverTask } from '../../../src/lib/machine/task-state.ts'
import { begunAt, openEngine, putTask } from '../../support/engine-world.ts'
import { specWith, stage } from '../../support/operation-machine.ts'

const done: OverTask = { status: 'over', outcome: 'succeeded', at: 0, undo: [], passedOver: [] }
const entry = (at: number, text: string, step?: string) => ({ at: begunAt + at, text, ...(step && { step }) })

describe('the tasks of a report', () => {
  const spec = specWith(stage('secure', 1), stage('settle', 1), stage('desktops', 1_201, { batchSize: 100 }))

  async function opened() {
    const world = openEngine()
    const first = await putTask(world, 'op-1', { stage: 'secure', key: 'secure-0', state: done })
    await putTask(world, 'op-1', { stage: 'settle', key: 'settle-0', state: done })
    const desktops = Array.from({ length: 1_201 }, (_, ordinal) => ({
      ...first,
      stage: 'desktops' as const,
      key: `desktops-${ordinal}`,
      ordinal,
      batch: Math.floor(ordinal / 100),
      timeline: [
        entry(0, 'begins'),
        entry(1, '2 sessions left', 'signOutUsers@primary'),
        entry(2, '1 session left', 'signOutUsers@primary'),
        entry(3, 'done', 'failoverVm@secondary'),
        entry(4, 'done', 'commitFailover@secondary'),
      ],
    }))
    await world.world.operations.insertTasks('op-1', desktops)
    return world.world.operations
  }

  it('are all of them, in the order of one listing', async () => {
    const store = await opened()
    const parts = await tasksForReport(store, 'op-1', spec)
    const named = ({ stage, key }: (typeof parts)[number]) => `${stage} ${key}`
    expect(parts.map(named)).toEqual((await store.tasks('op-1')).map(named))
  })

  it('are never read by more than five hundred', async () => {
    const store = await opened()
    const read: number[] = []
    await tasksForReport(
      {
        async tasks(...asked) {
          const rows = await store.tasks(...asked)
          read.push(rows.length)
          return rows
        },
      },
      'op-1',
      spec,
    )
    expect(read).toEqual([500, 500, 201, 1, 1])
  })

  it('keep of their timelines both ends and what was last told of sessions', async () => {
    const tasks = await tasksForReport(await opened(), 'op-1', spec)
    const texts = tasks
      .find(({ stage }) => stage === 'desktops')
      ?.timeline.map(({ at, text }) => `${at - begunAt} ${text}`)
    expect(texts).toEqual(['0 begins', '2 1 session left', '4 done'])
  })
})
