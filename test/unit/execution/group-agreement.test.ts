import { describe, expect, it } from 'vitest'
import { seconds } from '../../../src/lib/core/time.ts'
import { agreed, groupViewOf } from '../../../src/lib/execution/group-agreement.ts'
import type { Place } from '../../../src/lib/execution/walk-task.ts'
import type { Look } from '../../../src/lib/machine/step.ts'
import {
  type Decision,
  newTask,
  type OpenTask,
  type OverTask,
  type TaskState,
} from '../../../src/lib/machine/task-state.ts'
import { begunAt } from '../../support/engine-world.ts'
import { desktop } from '../../support/step-things.ts'
import { placed } from '../../support/walk-scene.ts'

const keys = ['pc-1', 'pc-2', 'pc-3']
const group = {
  name: 'sql',
  planId: '/plans/rp',
  planName: 'rp',
  mates: keys.map((key) => ({ key, host: key, itemId: key, sourceVmId: key })),
}

/** The same group as each of its tasks sees it. */
async function openGroup() {
  const { place, world } = await placed({
    stage: { taskPointOfNoReturn: 1 },
    spec: { consistencyGroups: [group] },
  })
  const at = (key: string, retries = 0): Place => ({
    ...place,
    subject: { ...desktop, key, host: key, group: 0 },
    operation: { ...place.operation, state: { ...place.operation.state, retries } },
  })
  const view = (key: string, retries = 0) => {
    const found = groupViewOf(at(key, retries))
    if (!found) throw new Error('no group')
    return found
  }
  return { place, world, at, view, kind: async (retries = 0) => (await view('pc-2', retries).state()).kind }
}

const waiting: OpenTask = { ...newTask(0), at: 1, memo: { jobBefore: '' } }
const back: Decision = { state: { ...waiting, path: 'back', at: 0 }, act: 'next', reason: 'turns back' }
const notBegun: Look = { seen: { kind: 'notBegun' }, readAt: 0 }
const failed: Look = {
  seen: { kind: 'faulted', fault: { code: 'jobFailed', message: '', retryable: false } },
  readAt: 0,
}
const over: OverTask = { status: 'over', outcome: 'failed', at: 0, undo: [], passedOver: [] }

describe('what a consistency group agrees on', () => {
  it('is nothing for a desktop that moves by itself', async () => {
    const { place } = await openGroup()
    expect(groupViewOf({ ...place, subject: desktop })).toBeUndefined()
    expect(await agreed({ ...place, subject: desktop }, waiting, notBegun, back)).toBe(back)
  })

  it('is open until the first one begins, and open again when that was refused', async () => {
    const { view, kind } = await openGroup()
    expect(await kind()).toBe('open')
    expect(await view('pc-1').begin()).toBe(true)
    expect(await kind()).toBe('begun')
    await view('pc-1').reopen()
    expect(await kind()).toBe('open')
  })

  it('lets nobody turn back once it is begun: he goes on with the others', async () => {
    const { at, view, kind } = await openGroup()
    await view('pc-1').begin()
    expect(await agreed(at('pc-2'), waiting, notBegun, back)).toMatchObject({ state: waiting, act: 'wait' })
    expect(await kind()).toBe('begun')
  })

  it('lets nobody begin once one has turned back', async () => {
    const { at, view } = await openGroup()
    expect(await agreed(at('pc-2'), waiting, notBegun, back)).toBe(back)
    expect(await view('pc-1').begin()).toBe(false)
    expect(await view('pc-3').state()).toEqual({ kind: 'back', since: 0 })
  })

  it('lets one begin or one turn back when both try at once', async () => {
    for (let i = 0; i < 10; i++) {
      const { at, view } = await openGroup()
      const [began, left] = await Promise.all([view('pc-1').begin(), agreed(at('pc-3'), waiting, notBegun, back)])
      expect([began, left === back].filter(Boolean)).toHaveLength(1)
    }
  })

  it('lets the first one turn back what came to nothing, and the others look for a minute longer', async () => {
    const { at, view } = await openGroup()
    await view('pc-1').begin()
    expect(await agreed(at('pc-1'), { ...waiting, begunAt: 1 }, notBegun, back)).toBe(back)
    expect(await view('pc-2').state()).toEqual({ kind: 'back', since: begunAt + seconds(60) })
    await view('pc-1').reopen()
    expect(await view('pc-2').state()).toMatchObject({ kind: 'back' })
  })

  it('leaves the others to themselves where one machine has failed by its own job', async () => {
    const { at, view, kind } = await openGroup()
    await view('pc-1').begin()
    expect(await agreed(at('pc-2'), { ...waiting, begunAt: 1 }, failed, back)).toBe(back)
    expect(await kind()).toBe('begun')
  })

  it.each<[string, Partial<OpenTask>, TaskState]>([
    ['arrives', {}, { ...over, outcome: 'succeeded' }],
    ['failed half-way', {}, { ...over, isHalfWay: true }],
    ['goes on', {}, { ...waiting, at: 2 }],
    ['fails behind its point of no return', { at: 2 }, over],
    ['is on its way back already', { path: 'back', at: 0 }, over],
  ])('is not touched by a task that %s', async (_, task, state) => {
    const { at, kind } = await openGroup()
    await agreed(at('pc-2'), { ...waiting, ...task }, notBegun, { state, act: 'over', reason: '' })
    expect(await kind()).toBe('open')
  })

  it('is open again when those who turned back are to try again', async () => {
    const { at, view, kind } = await openGroup()
    await agreed(at('pc-2'), waiting, notBegun, { state: over, act: 'over', reason: '' })
    expect([await kind(), await kind(1)]).toEqual(['back', 'open'])
    expect(await view('pc-1', 1).begin()).toBe(true)
    expect(await kind(2)).toBe('begun')
  })

  it('counts as begun where nobody can read it', async () => {
    const { at, view, kind, world } = await openGroup()
    await world.pacers.insert({ pk: 'group:op-1', rk: 'capacity pc-1', value: { kind: 'odd' } })
    expect(await kind()).toBe('begun')
    expect(await agreed(at('pc-2'), waiting, notBegun, back)).not.toBe(back)
    expect(await view('pc-1').begin()).toBe(true)
  })
})

describe('where a mate stands', () => {
  it.each<[string, string, TaskState, { tick?: number; retries?: number }]>([
    ['coming', 'not released yet', waiting, { tick: 0 }],
    ['coming', 'at an earlier step', { ...waiting, at: 0 }, {}],
    ['coming', 'at the step without having looked', { ...waiting, memo: {} }, {}],
    ['waiting', 'at the step', waiting, {}],
    ['beyond', 'at a later step', { ...waiting, at: 2 }, {}],
    ['beyond', 'arrived', { ...over, outcome: 'succeeded' }, {}],
    ['gone', 'on its way back', { ...waiting, path: 'back' }, {}],
    ['gone', 'failed', over, { retries: 1 }],
    ['coming', 'failed, and about to try again', over, {}],
    ['gone', 'stuck half-way', { ...over, isHalfWay: true }, {}],
  ])('%s: %s', async (expected, _, state, { tick = 3, retries = 0 }) => {
    const { at, place, world } = await openGroup()
    const stored = { ...place.record, key: 'pc-2', tick, retries, state }
    await world.operations.insertTasks('op-1', [stored])
    const view = groupViewOf(at('pc-1', 1))
    expect(await view?.mate('pc-2')).toBe(expected)
    expect(await view?.mate('pc-3')).toBe('coming')
  })
})
