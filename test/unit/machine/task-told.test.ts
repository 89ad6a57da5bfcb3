import { describe, expect, it } from 'vitest'
import type { Fault } from '../../../src/lib/core/fault.ts'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import type { Seen } from '../../../src/lib/machine/step.ts'
import { advance, isPastNoReturn, reopen } from '../../../src/lib/machine/task.ts'
import {
  type AdvanceInput,
  currentStep,
  newTask,
  type OpenTask,
  type OverTask,
  type TaskIntent,
} from '../../../src/lib/machine/task-state.ts'
import { call } from '../../../src/lib/runbooks/template.ts'
import { limits, steps } from '../../support/starting-task.ts'

const fault = (code: Fault['code'], retryable: boolean, more: Partial<Fault> = {}): Fault => ({
  code,
  message: 'said Azure',
  retryable,
  ...more,
})
const throttled = fault('throttled', true)
const forbidden = fault('forbidden', false)

const tag = { step: 'includeInScaling', side: 'secondary' } as const
const power = { step: 'deallocateVm', side: 'secondary' } as const
const entered: OpenTask = { ...newTask(0), at: 1, undo: [tag] }
const begun: OpenTask = { ...entered, attempt: 1, begunAt: 0, undo: [tag, power] }
const back: OpenTask = { ...newTask(0), path: 'back', at: 1, undo: begun.undo, ending: 'aborted' }
const held: OpenTask = { ...entered, held: true }

const notBegun: Seen = { kind: 'notBegun' }
const underway: Seen = { kind: 'underway' }
const done: Seen = { kind: 'done' }
const faulted = (fault: Fault): Seen => ({ kind: 'faulted', fault })
const blind = (fault: Fault): Seen => ({ kind: 'couldNotLook', fault })

const at = (seen: Seen, now: number, intent: TaskIntent = 'run', more: Partial<AdvanceInput> = {}): AdvanceInput => ({
  steps,
  limits,
  begins: true,
  look: { seen, readAt: now },
  intent,
  now,
  ...more,
})
const optional = { steps: [call('drainHost', 'primary'), call('signOutUsers', 'primary', { required: false })] }
const courteous = { steps: steps.map((step) => ({ ...step, onFailure: 'goOn' as const })) }

describe('the timeline is told', () => {
  it.each<[reason: string, given: OpenTask, input: AdvanceInput]>([
    ['goes on', held, at(notBegun, 5)],
    ['held', entered, at(notBegun, 5, 'pause')],
    ['held', begun, at(faulted(throttled), 90_000, 'pause')],
    ['done', begun, at(done, 5)],
    ['underway', begun, at(underway, 5)],
    ['nothing to see yet', begun, at(notBegun, 5)],
    ['not yet', entered, at(notBegun, 5, 'run', { begins: false })],
    ['waits before trying again', { ...entered, notBefore: 6 }, at(notBegun, 5)],
    ['begins', { ...entered, notBefore: 5 }, at(notBegun, 5)],
    ['begins', { ...entered, notBefore: 4 }, at(notBegun, 5)],
    ['tries again, attempt 2', begun, at(notBegun, seconds(60))],
    ['throttled: tries again', begun, at(faulted(throttled), 90_000)],
    ['TooMany: tries again', begun, at(faulted({ ...throttled, azureCode: 'TooMany' }), 90_000)],
    ['could not look: throttled', begun, at(blind(throttled), 90_000)],
    ['could not look: TooMany', begun, at(blind({ ...throttled, azureCode: 'TooMany' }), 90_000)],
    ['turns back', { ...entered, attempt: 0 }, at(notBegun, 5, 'back')],
    ['turns back: forbidden', begun, at(faulted(forbidden), 5)],
    ['turns back: NoRight', begun, at(faulted({ ...forbidden, azureCode: 'NoRight' }), 5)],
    ['gives up: forbidden', begun, at(faulted(forbidden), 5, 'run', courteous)],
    ['gives up: NoRight', begun, at(faulted({ ...forbidden, azureCode: 'NoRight' }), 5, 'run', courteous)],
    ['passed over: gives up: forbidden', entered, at(faulted(forbidden), 5, 'run', optional)],
    ['gives up: timedOut; needs a person', begun, at(underway, minutes(16), 'run', { pointOfNoReturn: 1 })],
    ['could not be taken back: said Azure', back, at(faulted(forbidden), 5)],
  ])('%s', (reason, given, input) => {
    expect(advance(given, input).reason).toBe(reason)
  })

  it('what was seen in its own words, where a look has some', () => {
    const look = (seen: Seen) => ({ look: { seen, readAt: 5, detail: 'as seen' } })
    const told = [done, underway, blind(throttled)].map((seen) => advance(begun, { ...at(seen, 5), ...look(seen) }))
    const waiting = advance(entered, { ...at(notBegun, 5), begins: false, ...look(notBegun) })
    expect([...told, waiting].map(({ reason }) => reason)).toEqual(['as seen', 'as seen', 'as seen', 'as seen'])
  })
})

describe('a task looks again', () => {
  it.each([
    [seconds(30), seconds(30), seconds(15)],
    [seconds(65), seconds(65), seconds(5)],
    [seconds(69.5), seconds(69.5), seconds(1)],
    [seconds(90), seconds(69), seconds(1)],
  ])('when a begin must have shown: at %i ms, with a read of %i ms', (now, readAt, lookAfter) => {
    const task = { ...begun, begunAt: seconds(10) }
    expect(advance(task, { ...at(notBegun, now), look: { seen: notBegun, readAt } })).toMatchObject({
      act: 'wait',
      lookAfter,
    })
  })

  it('as late as Azure asks when it could not look, and never sooner than usual', () => {
    const lookAfter = (retryAfter: number) => advance(begun, at(blind({ ...throttled, retryAfter }), 5)).lookAfter
    expect([lookAfter(seconds(5)), lookAfter(seconds(40))]).toEqual([seconds(15), seconds(40)])
  })
})

describe('a task that cannot go on', () => {
  it('says that nothing could be proven when it could not look for too long', () => {
    const { state } = advance(begun, at(blind(fault('notFound', true)), minutes(16)))
    expect(state).toMatchObject({ fault: { code: 'unproven', message: 'startVm: said Azure', retryable: false } })
  })

  it('keeps the fault it turns back for, and the one that keeps it from going back', () => {
    expect(advance(begun, at(faulted(forbidden), 5)).state).toMatchObject({ path: 'back', fault: forbidden })
    expect(advance(back, at(faulted(forbidden), 5)).state).toMatchObject({ at: 0, fault: forbidden })
  })

  it('keeps on record all that could not be taken back, first begun first', () => {
    const first = advance(back, at(faulted(forbidden), 5)).state as OpenTask
    expect(advance(first, at(faulted(forbidden), 6)).state).toMatchObject({
      outcome: 'failed',
      undo: [tag, power],
      at: 0,
    })
    expect(advance(first, at(done, 6)).state).toMatchObject({ outcome: 'failed', undo: [power] })
  })

  it('ends where it stands when there is nothing to take back, and a retry goes on there', () => {
    const { state } = advance({ ...begun, undo: [] }, at(faulted(forbidden), 5))
    expect(state).toMatchObject({ status: 'over', outcome: 'failed', at: 1, failedStep: 'startVm', fault: forbidden })
    expect(state).not.toHaveProperty('isHalfWay')
  })

  it('is half-way when it fails beyond its point of no return, and only then', () => {
    const past = { pointOfNoReturn: 1 }
    expect(advance(begun, at(underway, minutes(16), 'run', past)).state).toMatchObject({ isHalfWay: true })
    expect(advance({ ...begun, at: 2 }, at(done, 5, 'run', past)).state).not.toHaveProperty('isHalfWay')
  })

  it('goes on to its safe end whatever fails beyond its point of no return', () => {
    const past = { steps: [...steps, call('awaitHost', 'secondary')], pointOfNoReturn: 1 }
    const decision = advance({ ...begun, at: 2, undo: [] }, at(faulted(forbidden), 5, 'run', past))
    expect(decision).toMatchObject({ act: 'next', state: { path: 'forward', at: 3, fault: forbidden } })
  })

  it('keeps the way back until the point of no return', () => {
    expect(advance(begun, at(done, 5, 'run', { pointOfNoReturn: 2 })).state).toMatchObject({
      at: 2,
      undo: [tag, power],
    })
  })
})

describe('a fault that may pass', () => {
  it('does not hold up an abort', () => {
    expect(advance(begun, at(faulted(throttled), 5, 'back')).state).toMatchObject({ path: 'back', at: 1 })
  })

  it('of what somebody else began is waited out as long as the step may take', () => {
    const adopted = (now: number) => advance(entered, at(faulted(throttled), now)).state
    expect(adopted(minutes(15))).toMatchObject({ path: 'forward', at: 1 })
    expect(adopted(minutes(16))).toMatchObject({ path: 'back' })
    const own = advance({ ...begun, begunAt: 0 }, at(faulted(throttled), minutes(16))).state
    expect(own).toMatchObject({ path: 'forward', at: 1 })
  })
})

describe('an abort', () => {
  it('waits for a look while a step that was begun cannot be seen', () => {
    expect(advance(begun, at(blind(throttled), 5, 'back'))).toMatchObject({ act: 'wait', state: { path: 'forward' } })
  })

  it('that comes when all is done and nothing can be taken back comes too late', () => {
    expect(advance({ ...begun, at: 2, undo: [] }, at(done, 5, 'back')).state).toMatchObject({ outcome: 'succeeded' })
  })

  it('is carried out once: what is being taken back is begun, not turned round again', () => {
    expect(advance(back, at(notBegun, 5, 'back'))).toMatchObject({ act: 'begin', state: { path: 'back', at: 1 } })
  })

  it('leaves a task that is held where it is until it is woken', () => {
    expect(advance(held, at(notBegun, 5, 'pause'))).toMatchObject({ act: 'wait', state: { held: true } })
  })
})

describe('the row of a task', () => {
  it('tells its step on either path', () => {
    expect([currentStep(begun, steps), currentStep({ ...back, at: 0 }, steps)]).toEqual([steps[1], tag])
  })

  it('tells whether it is past its point of no return', () => {
    expect(isPastNoReturn({ ...begun, at: 0 }, 1)).toBe(false)
    expect(isPastNoReturn({ ...back, begunAt: 0 }, 0)).toBe(false)
    expect(isPastNoReturn(begun, undefined)).toBe(false)
  })

  it('keeps a way back on each side', () => {
    const there: OpenTask = { ...entered, undo: [{ ...power, side: 'primary' }] }
    expect(advance(there, at(notBegun, 5)).state.undo).toEqual([{ ...power, side: 'primary' }, power])
  })
})

describe('a task that is over', () => {
  const over: OverTask = { status: 'over', outcome: 'failed', at: 1, undo: [tag, power], passedOver: [] }

  it('takes back what it did, and keeps why it had failed', () => {
    expect(reopen({ ...over, fault: forbidden }, 'back', 9)).toMatchObject({
      path: 'back',
      ending: 'failed',
      fault: forbidden,
    })
    expect(reopen({ ...over, outcome: 'degraded' }, 'back', 9)).toMatchObject({ ending: 'aborted' })
  })

  it('tries again what was aborted where it stopped, and from the start what could not be proven', () => {
    expect(reopen({ ...over, outcome: 'aborted' }, 'retry', 9)).toMatchObject({ path: 'forward', at: 1, enteredAt: 9 })
    const unproven: OverTask = { ...over, outcome: 'succeeded', passedOver: ['signOutUsers'] }
    expect(reopen(unproven, 'retry', 9)).toMatchObject({ at: 0, passedOver: [], undo: [tag, power] })
    expect(reopen({ ...unproven, outcome: 'degraded' }, 'retry', 9)).toBeUndefined()
  })
})
