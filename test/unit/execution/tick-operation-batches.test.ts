import { describe, expect, it } from 'vitest'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { newTask, type OverTask } from '../../../src/lib/machine/task-state.ts'
import { begunAt } from '../../support/engine-world.ts'
import { behind, stage, standing } from '../../support/operation-machine.ts'
import { done, openOperation as open } from '../../support/operation-scene.ts'

const undo = [{ step: 'deallocateVm', side: 'secondary' }] as const

describe('a stage that opens', () => {
  it('has its rows before the message, the message before the row that speaks of it, and then its batch', async () => {
    const inserted: string[] = []
    const { tick, deeds, delays, row } = await open({
      stages: [stage('secure', 2)],
      change: (world) => ({
        ...world,
        operations: {
          ...world.operations,
          insertTasks: async (...args) => {
            inserted.push(...deeds, 'insert')
            return world.operations.insertTasks(...args)
          },
        },
      }),
    })
    await tick()
    expect(inserted).toEqual(['insert'])
    expect(deeds).toEqual([
      'send operation 2',
      'save operation 2',
      'send secure-0 0',
      'send secure-1 0',
      'send operation 3',
      'save operation 3',
    ])
    // If this process dies between two rounds, another one goes on after 10 s.
    expect(delays.filter((said) => said.startsWith('operation'))).toEqual(['operation 2 +10000', 'operation 3 +30000'])
    expect(await row()).toMatchObject({ tick: 3, dueAt: begunAt + seconds(30) })
    expect((await row())?.timeline).toEqual([{ at: begunAt, text: 'stage secure opens: 2 tasks' }])
  })

  it('gives every task its batch, and a moment by which its message must have come', async () => {
    const parts = { batchSize: 2, batchInterval: minutes(10) }
    const { tick, tasks } = await open({ stages: [stage('desktops', 5, parts)], state: { retries: 3 } })
    await tick()
    const fresh = { stage: 'desktops', tick: 0, dueAt: begunAt + minutes(31), retries: 3, poisoned: 0, timeline: [] }
    expect(await tasks()).toEqual(
      [0, 0, 1, 1, 2].map((batch, ordinal) => ({
        ...fresh,
        key: `desktops-${ordinal}`,
        ordinal,
        batch,
        state: newTask(begunAt),
      })),
    )
  })

  it('without batches has one, due a minute later', async () => {
    const { tick, tasks } = await open({ stages: [stage('secure', 3)] })
    await tick()
    expect((await tasks()).map(({ batch, dueAt }) => [batch, dueAt - begunAt])).toEqual(Array(3).fill([0, minutes(1)]))
  })

  it('without a task is over at once, and so are those behind it', async () => {
    const stages = [stage('secure', 0), stage('revoke', 0, behind('secure')), stage('leave', 0, behind('revoke'))]
    const { tick, row } = await open({ stages })
    await tick()
    expect((await row())?.state).toMatchObject({ status: 'over', stages: { leave: { status: 'over' } } })
  })
})

describe('a batch', () => {
  const twoByTwo = stage('desktops', 5, { batchSize: 2, batchInterval: minutes(10) })
  const rows = (state: OverTask | 'open') =>
    Array.from({ length: 5 }, (_, ordinal) => ({
      stage: 'desktops' as const,
      key: `desktops-${ordinal}`,
      ordinal,
      batch: Math.floor(ordinal / 2),
      ...(state === 'open' ? {} : { state }),
    }))
  const released = (releasedBatches: number, lastReleaseAt: number) => ({
    stages: { desktops: standing('open', { open: 5 }, { releasedBatches, lastReleaseAt }) },
  })

  it.each([
    ['the second', 1, ['desktops desktops-2 0 +60000', 'desktops desktops-3 0 +60000']],
    ['the last, which is smaller', 2, ['desktops desktops-4 0 +60000']],
  ])('is released with its own tasks when it is due: %s', async (_, before, sent) => {
    const ahead = before === 1 ? minutes(1) : 0
    const state = released(before, begunAt - minutes(9) + ahead)
    const { tick, delays, row } = await open({ stages: [twoByTwo], state, tasks: rows('open') })
    await tick()
    expect(delays.filter((said) => said.startsWith('desktops'))).toEqual(sent)
    expect((await row())?.state.stages.desktops).toMatchObject({ releasedBatches: before + 1 })
  })

  it('is never sent by more than 32 messages at once', async () => {
    const many = { underway: 0, most: 0 }
    const { tick, delays } = await open({
      stages: [stage('desktops', 70)],
      change: (world) => ({
        ...world,
        taskTicks: {
          send: async (...args) => {
            many.most = Math.max(many.most, ++many.underway)
            await new Promise<void>((resolve) => setImmediate(resolve))
            many.underway--
            return world.taskTicks.send(...args)
          },
        },
      }),
    })
    await tick()
    expect(many.most).toBe(32)
    expect(new Set(delays.filter((said) => said.startsWith('desktops'))).size).toBe(70)
  })

  it('follows another at once where both are due, but no more than twenty times in one go', async () => {
    const stages = [stage('desktops', 30, { batchSize: 1, batchInterval: 0 })]
    const { tick, row, sent } = await open({ stages })
    await tick()
    expect(await row()).toMatchObject({ tick: 21, dueAt: begunAt + seconds(10) })
    expect(sent('task-ticks')).toHaveLength(19)
    await tick({ tick: 21 })
    expect(sent('task-ticks')).toHaveLength(30)
  })

  it('that is not out sleeps on when the operation goes on after a pause; the others look at once', async () => {
    const state = { ...released(1, begunAt), pausedAt: begunAt - minutes(2) }
    const { tick, delays } = await open({ stages: [twoByTwo], state, tasks: rows('open') })
    await tick()
    expect(delays.filter((said) => said.startsWith('desktops'))).toEqual([
      'desktops desktops-0 0 +0',
      'desktops desktops-1 0 +0',
    ])
  })

  it('that is not out is told when everything is taken back: there is nothing left to wait for', async () => {
    const state = { ...released(1, begunAt), intent: 'abort' as const }
    const { tick, delays } = await open({ stages: [twoByTwo], state, tasks: rows('open') })
    await tick()
    expect(delays.filter((said) => said.startsWith('desktops'))).toHaveLength(5)
  })

  it('that is over is told where it has something to take back, under the tick of its row', async () => {
    const [first, ...others] = rows(done)
    const tasks = [{ ...first, tick: 7, state: { ...done, undo } }, ...others.map((other) => ({ ...other, tick: 3 }))]
    const state = { ...released(3, begunAt), intent: 'abort' as const }
    const { tick, delays } = await open({ stages: [twoByTwo], state, tasks })
    await tick()
    expect(new Set(delays.filter((said) => said.startsWith('desktops')))).toEqual(new Set(['desktops desktops-0 7 +0']))
  })

  it('that failed is told when it is to try again', async () => {
    const [first, ...others] = rows(done)
    const tasks = [{ ...first, tick: 7, state: { ...done, outcome: 'failed' as const } }, ...others]
    const state = { ...released(3, begunAt), retries: 1 }
    const { tick, delays } = await open({ stages: [twoByTwo], state, tasks })
    await tick()
    expect(delays.filter((said) => said.startsWith('desktops'))).toEqual(['desktops desktops-0 7 +0'])
  })
})
