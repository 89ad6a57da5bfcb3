import { describe, expect, test } from 'vitest'
import { newTask } from '../../../src/lib/machine/task-state.ts'
import type { TaskRecord } from '../../../src/lib/ports/operations.ts'
import { taskView } from '../../../src/lib/status/task-view.ts'
import { callOf } from '../../support/engine-world.ts'
import { stage as stageWith } from '../../support/operation-machine.ts'
import { gone } from '../../support/step-things.ts'

const at = Date.UTC(2026, 2, 14, 21)
const stage = stageWith('capacity', 1, { steps: [callOf('excludeFromScaling'), callOf('startVm')] })
const undo = [{ step: 'includeInScaling', side: 'secondary' }] as const
const record: TaskRecord = {
  stage: 'capacity',
  key: 'avd-1',
  ordinal: 0,
  batch: 2,
  tick: 4,
  dueAt: at + 15_000,
  retries: 0,
  poisoned: 0,
  state: { ...newTask(at), at: 1, attempt: 1, begunAt: at, undo, memo: { job: 'secret' } },
  timeline: [{ at, step: 'startVm@secondary', text: 'begins' }],
}

describe('a task that is shown', () => {
  test('tells its step, its attempt, when it is looked at next, and its timeline', () => {
    expect(taskView(record, stage)).toEqual({
      stage: 'capacity',
      subject: 'avd-1',
      batch: 2,
      status: 'open',
      path: 'forward',
      step: 'startVm@secondary',
      attempt: 1,
      begunAt: '2026-03-14T21:00:00Z',
      dueAt: '2026-03-14T21:00:15Z',
      passedOver: [],
      undo: ['includeInScaling@secondary'],
      timeline: [{ at: '2026-03-14T21:00:00Z', step: 'startVm@secondary', text: 'begins' }],
    })
  })

  test('that is taken back tells what is taken back now', () => {
    const view = taskView({ ...record, state: { ...newTask(at), path: 'back', at: 0, undo } }, stage)
    expect(view).toMatchObject({ path: 'back', step: 'includeInScaling@secondary' })
  })

  test('that waits for its batch tells nothing of steps', () => {
    const view = taskView({ ...record, tick: 0, state: newTask(at), timeline: [] }, stage)
    expect(view).toMatchObject({ status: 'waiting', timeline: [] })
    expect(view).not.toHaveProperty('step')
  })

  test('that is over tells its outcome and its fault', () => {
    const state = {
      status: 'over',
      outcome: 'failed',
      at: 1,
      undo: [],
      passedOver: ['drainHost'],
      fault: gone,
    } as const
    const view = taskView({ ...record, state }, stage)
    expect(view).toMatchObject({ status: 'over', outcome: 'failed', fault: gone, passedOver: ['drainHost'] })
    expect(view).not.toHaveProperty('dueAt')
  })
})
