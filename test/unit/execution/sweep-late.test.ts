import { describe, expect, it } from 'vitest'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { overdueAfter, sweep, sweepLease, sweepLimit } from '../../../src/lib/execution/sweep.ts'
import type { StageState } from '../../../src/lib/machine/operation-state.ts'
import { newTask, type OverTask } from '../../../src/lib/machine/task-state.ts'
import { begunAt, type Given, hostSpec, openEngine, putOperation, putTask } from '../../support/engine-world.ts'
import { over, stage } from '../../support/operation-machine.ts'
import { recordedLog } from '../../support/recorded-log.ts'

/** When the sweep comes. */
const now = begunAt + minutes(10)
const dueBefore = now - overdueAfter
const healthy = { dueAt: now + minutes(60) }
const ended = (outcome: OverTask['outcome'], parts: Partial<OverTask> = {}): OverTask => ({
  status: 'over',
  outcome,
  at: 0,
  undo: [],
  passedOver: [],
  ...parts,
})
const capacity = (parts: Partial<StageState>): Given['state'] => ({
  stages: { capacity: { ...over(), status: 'open', releasedBatches: 1, lastReleaseAt: begunAt, ...parts } },
})

/** What the sweep asked of the tables, and what it sent. */
async function open(change: Parameters<typeof openEngine>[0] = (world) => world) {
  const asked: unknown[] = []
  const { log, lines } = recordedLog()
  const opened = openEngine((world) => {
    const changed = change(world)
    const { operations } = changed
    const glances: typeof operations.glances = (id, name, which) => {
      asked.push([name, which])
      return operations.glances(id, name, which)
    }
    return { ...changed, log, operations: { ...operations, glances } }
  })
  return {
    ...opened,
    asked,
    lines,
    sweep: async () => {
      const { ticked } = await sweep(opened.engine)
      const sent = [...opened.sent('operation-ticks'), ...opened.sent('task-ticks')]
      return { ticked, told: sent.map(({ operationId, key }) => `${operationId} ${key ?? ''}`.trim()) }
    },
  }
}

describe('the sweep asks', () => {
  const late = { dueBefore, isOver: false }
  it.each<[string, Given['state'], object[]]>([
    [
      'only for what is late, and what waits in batches that are out',
      capacity({ releasedBatches: 2 }),
      [late, { status: 'waiting', batches: [0, 1] }],
    ],
    [
      'also for what is over, once something is to be tried again',
      { ...capacity({ releasedBatches: 2 }), retries: 1 },
      [{ dueBefore }, { status: 'waiting', batches: [0, 1] }],
    ],
    [
      'for every batch and what is over, on the way back',
      { ...capacity({}), status: 'goingBack', backAt: 'capacity' },
      [{ dueBefore }, { status: 'waiting' }],
    ],
  ])('%s', async (_, state, expected) => {
    const opened = await open()
    await putOperation(opened, { record: healthy, ...(state && { state }) })
    opened.pass(minutes(10))
    await opened.sweep()
    expect(opened.asked).toEqual(expected.map((which) => ['capacity', which]))
  })

  it.each<[string, Given['state'], string[]]>([
    ['of the open stages', {}, ['capacity']],
    ['of those that are over too, once something is to be tried again', { retries: 1 }, ['secure', 'capacity']],
    ['of those that are over too, on the way back', { status: 'goingBack', backAt: 'secure' }, ['secure', 'capacity']],
  ])('for tasks %s', async (_, state, expected) => {
    const opened = await open()
    const names = ['secure', 'capacity', 'grant'] as const
    const spec = hostSpec({ stages: names.map((name) => stage(name, 1)) })
    const stages = { secure: over(), ...capacity({})?.stages }
    await putOperation(opened, { spec, record: healthy, state: { stages, ...state } })
    opened.pass(minutes(10))
    await opened.sweep()
    expect([...new Set(opened.asked.map((one) => (one as string[])[0]))]).toEqual(expected)
  })
})

describe('a task', () => {
  const waiting = { tick: 0 }
  const begun = { tick: 4, state: newTask(begunAt) }
  const recently = { lastReleaseAt: now }
  it.each<[string, 'is ticked' | 'is left alone', Parameters<typeof putTask>[2], Given['state']]>([
    ['that is a minute late', 'is left alone', { ...begun, dueAt: dueBefore }, {}],
    ['that is over a minute late', 'is ticked', { ...begun, dueAt: dueBefore - 1 }, {}],
    ['that waits, late, in a batch that is out', 'is ticked', { ...waiting, dueAt: dueBefore - 1 }, {}],
    ['that waits, a minute late, in a batch of old', 'is ticked', { ...waiting, dueAt: dueBefore }, {}],
    [
      'that waits, a minute late, in a batch just out',
      'is left alone',
      { ...waiting, dueAt: dueBefore },
      capacity(recently),
    ],
    [
      'that waits, half a minute late, in one just out',
      'is left alone',
      { ...waiting, dueAt: now - seconds(30) },
      capacity(recently),
    ],
    [
      'whose batch is out for a minute',
      'is left alone',
      { ...waiting, dueAt: now },
      capacity({ lastReleaseAt: dueBefore }),
    ],
    [
      'whose batch is out for longer',
      'is ticked',
      { ...waiting, dueAt: now },
      capacity({ lastReleaseAt: dueBefore - 1 }),
    ],
    [
      'that succeeded before others try again',
      'is left alone',
      { ...begun, state: ended('succeeded') },
      { retries: 1 },
    ],
    ['that failed again', 'is left alone', { ...begun, retries: 1, state: ended('failed') }, { retries: 1 }],
    [
      'that is over, with nothing to take back',
      'is left alone',
      { ...begun, state: ended('succeeded') },
      { status: 'goingBack' },
    ],
  ])('%s %s', async (_, ends, task, state) => {
    const opened = await open()
    await putOperation(opened, { record: healthy, ...(state && { state }) })
    await putTask(opened, 'op-1', task)
    opened.pass(minutes(10))
    const expected = ends === 'is ticked' ? ['op-1 avd-1'] : []
    expect(await opened.sweep()).toEqual({ ticked: expected.length, told: expected })
  })
})

describe('one run', () => {
  const late = { tick: 4, state: newTask(begunAt), dueAt: begunAt }

  it('ticks five hundred in all: operations that are late themselves count too', async () => {
    const opened = await open()
    for (const id of ['op-1', 'op-2']) {
      await putOperation(opened, { id, holds: false })
      const first = await putTask(opened, id, late)
      const more = Array.from({ length: sweepLimit + 5 }, (_, i) => ({ ...first, key: `avd-${i}`, ordinal: i }))
      await opened.world.operations.insertTasks(id, more)
    }
    opened.pass(minutes(10))
    const { ticked, told } = await opened.sweep()
    expect([ticked, told.length]).toEqual([sweepLimit, sweepLimit])
    expect(told.filter((one) => one.startsWith('op-1'))).toHaveLength(sweepLimit / 2)
  })

  it('leaves whole operations to the next one where there are more of them', async () => {
    const opened = await open()
    for (let i = 0; i <= sweepLimit; i++) await putOperation(opened, { id: `op-${i}`, holds: false })
    opened.pass(minutes(10))
    expect((await opened.sweep()).told).toHaveLength(sweepLimit)
    opened.pass(sweepLease)
    expect(opened.lines).toMatchObject([{ level: 'info', ticked: sweepLimit }])
  })

  it('says in the log what it ticked, and nothing where nothing stood still', async () => {
    const opened = await open()
    await putOperation(opened, { record: healthy })
    opened.pass(minutes(10))
    await opened.sweep()
    expect(opened.lines).toEqual([])
    await putTask(opened, 'op-1', late)
    opened.pass(sweepLease)
    await opened.sweep()
    expect(opened.lines).toEqual([{ level: 'info', event: 'sweep ticked what stood still', ticked: 1 }])
  })

  it('says in the log which operation it could not look after, and why', async () => {
    const opened = await open((world) => ({
      ...world,
      operations: { ...world.operations, load: () => Promise.reject(new Error('a bug')) },
    }))
    await opened.world.active.add('op-1')
    expect((await opened.sweep()).ticked).toBe(0)
    const event = 'sweep could not look after an operation'
    expect(opened.lines).toEqual([{ level: 'error', event, operationId: 'op-1', message: 'Error: a bug' }])
  })

  it('is one alone also when the lease of the one before has ended', async () => {
    const opened = await open()
    await putOperation(opened)
    await sweep(opened.engine)
    opened.pass(minutes(10) + seconds(1))
    const both = await Promise.all([sweep(opened.engine), sweep(opened.engine)])
    expect(both.map(({ ticked }) => ticked).sort()).toEqual([0, 1])
  })
})
