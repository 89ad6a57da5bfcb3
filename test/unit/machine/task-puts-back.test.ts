import { describe, expect, it } from 'vitest'
import type { Fault } from '../../../src/lib/core/fault.ts'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import type { StepCall } from '../../../src/lib/machine/spec.ts'
import type { Look, Seen } from '../../../src/lib/machine/step.ts'
import { advance, reopen } from '../../../src/lib/machine/task.ts'
import { type AdvanceInput, newTask, type OpenTask, type OverTask } from '../../../src/lib/machine/task-state.ts'
import { call } from '../../../src/lib/runbooks/template.ts'

const steps: readonly StepCall[] = [
  call('inspectHost', 'secondary'),
  call('startVm', 'secondary', { undo: 'deallocateVm' }),
  call('patchVm', 'secondary', { required: false, onFailure: 'goOn' }),
  call('stayOn', 'secondary'),
]
const undo = [
  { step: 'includeInScaling', side: 'secondary' },
  { step: 'deallocateVm', side: 'secondary' },
] as const
const denied: Fault = { code: 'forbidden', message: '403', retryable: false }

const at = (step: number, parts: Partial<OpenTask> = {}): OpenTask => ({ ...newTask(0), at: step, undo, ...parts })

function go(task: OpenTask, seen: Seen, more: Partial<AdvanceInput> = {}, look: Partial<Look> = {}) {
  const name = (task.path === 'forward' ? steps[task.at]?.step : task.undo[task.at]?.step) ?? 'stayOn'
  return advance(task, {
    steps,
    limits: { name, timeout: minutes(15), maxAttempts: 1, pollEvery: seconds(15), settle: 0, retryAfter: seconds(30) },
    begins: true,
    putsBack: true,
    look: { seen, readAt: seconds(1), ...look },
    intent: 'run',
    now: seconds(1),
    ...more,
  })
}

const done: Seen = { kind: 'done' }
const notBegun: Seen = { kind: 'notBegun' }
const faulted: Seen = { kind: 'faulted', fault: denied }

describe('a task that puts back', () => {
  it('takes back what it has begun when it has come to its end, the last first', () => {
    const turned = go(at(3), done)
    expect(turned).toMatchObject({ act: 'next', state: { path: 'back', at: 1, ending: 'succeeded', undo } })
    const one = go(turned.state as OpenTask, done)
    expect(one.state).toMatchObject({ path: 'back', at: 0, ending: 'succeeded' })
    expect(go(one.state as OpenTask, done)).toMatchObject({ act: 'over', state: { outcome: 'succeeded', undo: [] } })
  })

  it('is over at once when it has begun nothing', () => {
    expect(go(at(3, { undo: [] }), done)).toMatchObject({ act: 'over', state: { outcome: 'succeeded' } })
  })

  it('leaves a stage without the word as it is: what was begun stays', () => {
    expect(go(at(3), done, { putsBack: false })).toMatchObject({ act: 'over', state: { outcome: 'succeeded', undo } })
  })

  it('ends degraded where a step was given up on the way', () => {
    const turned = go(at(3, { fault: denied }), done)
    expect(turned.state).toMatchObject({ path: 'back', ending: 'degraded', fault: denied })
  })

  it('needs no further steps once one of them says so', () => {
    expect(go(at(0, { undo: [] }), done, {}, { isEnough: true })).toMatchObject({
      act: 'over',
      state: { outcome: 'succeeded', at: 0 },
    })
    expect(go(at(0), done, {}, { isEnough: true }).state).toMatchObject({ path: 'back', ending: 'succeeded' })
  })

  it('stops at what cannot be taken back: what comes after stays undone, too', () => {
    const back = at(1, { path: 'back', ending: 'succeeded', begunAt: 0, attempt: 1 })
    expect(go(back, faulted)).toMatchObject({
      act: 'over',
      state: { outcome: 'failed', undo, fault: denied, failedStep: 'deallocateVm' },
    })
    expect(go(back, faulted, { putsBack: false })).toMatchObject({ act: 'next', state: { at: 0 } })
  })

  it('is not held by a pause once it has begun something', () => {
    expect(go(at(3), notBegun, { intent: 'pause' }).state).not.toMatchObject({ held: true })
    expect(go(at(0, { undo: [] }), notBegun, { intent: 'pause' }).state).toMatchObject({ held: true })
    expect(go(at(3), notBegun, { intent: 'pause', putsBack: false }).state).toMatchObject({ held: true })
  })
})

describe('what a task finds out', () => {
  it('is kept over its steps, to its end', () => {
    const first = go(at(0, { undo: [] }), done, {}, { facts: { found: 'running', provenAt: 1 } })
    const second = go({ ...(first.state as OpenTask), at: 3 }, done, {}, { facts: { provenAt: 2 } })
    expect(second.state).toMatchObject({ status: 'over', facts: { found: 'running', provenAt: 2 } })
  })

  it('is not confused with what a single step remembers', () => {
    const after = go(at(0), done, {}, { memo: { job: 'x' }, facts: { provenAt: 1 } })
    expect(after.state).toMatchObject({ memo: {}, facts: { provenAt: 1 } })
  })

  it('is forgotten when it is tried again from the beginning, and kept while there is something to take back', () => {
    const over: OverTask = {
      status: 'over',
      outcome: 'failed',
      at: 0,
      undo: [],
      passedOver: [],
      facts: { startedAt: 1 },
    }
    expect(reopen(over, 'retry', 5)).not.toHaveProperty('facts')
    expect(reopen({ ...over, undo }, 'retry', 5)).toMatchObject({ facts: { startedAt: 1 }, undo })
    expect(reopen({ ...over, undo }, 'back', 5)).toMatchObject({ facts: { startedAt: 1 }, path: 'back' })
  })
})

describe('the step that failed', () => {
  it('is the first that was given up, and not one that was passed over', () => {
    const passed = go(at(2, { attempt: 1 }), faulted)
    expect(passed.state).toMatchObject({ at: 3, passedOver: ['patchVm'] })
    const failed = go(passed.state as OpenTask, faulted)
    expect(failed.state).toMatchObject({ path: 'back', failedStep: 'stayOn' })
    const stuck = go({ ...(failed.state as OpenTask), attempt: 1 }, faulted)
    expect(stuck.state).toMatchObject({ outcome: 'failed', failedStep: 'stayOn' })
  })

  it('is nothing to speak of where nothing failed', () => {
    expect(go(at(3, { undo: [] }), done).state).not.toHaveProperty('failedStep')
  })
})
