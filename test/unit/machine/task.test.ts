import { describe, expect, it } from 'vitest'
import type { Fault } from '../../../src/lib/core/fault.ts'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import type { Seen } from '../../../src/lib/machine/step.ts'
import { advance, isPastNoReturn, refused, reopen } from '../../../src/lib/machine/task.ts'
import {
  type AdvanceInput,
  type Decision,
  newTask,
  type OpenTask,
  type TaskIntent,
} from '../../../src/lib/machine/task-state.ts'
import { call } from '../../../src/lib/runbooks/template.ts'
import { limits, steps } from '../../support/starting-task.ts'

const throttled: Fault = { code: 'throttled', message: '429', retryable: true }
const forbidden: Fault = { code: 'forbidden', message: '403', retryable: false }

const start = newTask(0)
const second: OpenTask = { ...start, at: 1, undo: [{ step: 'includeInScaling', side: 'secondary' }] }
const begun: OpenTask = {
  ...second,
  attempt: 1,
  begunAt: 0,
  undo: [...second.undo, { step: 'deallocateVm', side: 'secondary' }],
}
const spent: OpenTask = { ...begun, attempt: 2 }
const back: OpenTask = { ...start, path: 'back', at: 1, undo: begun.undo, ending: 'aborted' }

const notBegun: Seen = { kind: 'notBegun' }
const underway: Seen = { kind: 'underway' }
const done: Seen = { kind: 'done' }
const faulted = (fault: Fault): Seen => ({ kind: 'faulted', fault })
const blind: Seen = { kind: 'couldNotLook', fault: { code: 'unavailable', message: 'no answer', retryable: true } }

const input = (seen: Seen, intent: TaskIntent, now: number, more: Partial<AdvanceInput> = {}): AdvanceInput => ({
  steps,
  limits,
  begins: true,
  look: { seen, readAt: now },
  intent,
  now,
  ...more,
})

/** `forward 1 begin`, `back 0 next`, `over failed`: where the task goes and what the shell does. */
function told({ state, act }: Decision): string {
  return state.status === 'over' ? `over ${state.outcome}` : `${state.path} ${state.at} ${act}`
}

type Row = [title: string, given: OpenTask, seen: Seen, intent: TaskIntent, now: number, then: string]

describe('a task', () => {
  it.each<Row>([
    ['begins what is not begun', start, notBegun, 'run', 0, 'forward 0 begin'],
    ['skips what is done already', start, done, 'run', 0, 'forward 1 next'],
    ['adopts what somebody else began', start, underway, 'run', 0, 'forward 0 wait'],
    ['begins nothing while paused', start, notBegun, 'pause', 0, 'forward 0 wait'],
    ['ends at once when it must go back and has begun nothing', start, notBegun, 'back', 0, 'over aborted'],
    [
      'trusts a fresh begin over a read from before it could show',
      begun,
      notBegun,
      'run',
      seconds(59),
      'forward 1 wait',
    ],
    ['begins again when nothing came of it', begun, notBegun, 'run', seconds(60), 'forward 1 begin'],
    ['turns back when nothing came of the last attempt', spent, notBegun, 'run', seconds(60), 'back 1 next'],
    ['lets a begun step finish while paused', begun, underway, 'pause', seconds(90), 'forward 1 wait'],
    ['lets a begun step finish before it goes back', begun, underway, 'back', seconds(90), 'forward 1 wait'],
    ['does not go back while the begin may still show', begun, notBegun, 'back', seconds(30), 'forward 1 wait'],
    ['goes back once the begun step is done', begun, done, 'back', seconds(90), 'back 1 next'],
    [
      'goes back from its last step, too, once that is done',
      { ...begun, at: 2 },
      done,
      'back',
      seconds(90),
      'back 1 next',
    ],
    ['goes back once the begin is known to have come to nothing', begun, notBegun, 'back', seconds(60), 'back 1 next'],
    [
      'waits before another attempt after a fault that may pass',
      begun,
      faulted(throttled),
      'run',
      90_000,
      'forward 1 wait',
    ],
    ['turns back on a fault that will not pass', begun, faulted(forbidden), 'run', seconds(90), 'back 1 next'],
    ['turns back when the last attempt faults', spent, faulted(throttled), 'run', seconds(90), 'back 1 next'],
    ['turns back when a step takes too long', begun, underway, 'run', minutes(16), 'back 1 next'],
    ['waits while it cannot look', begun, blind, 'run', minutes(5), 'forward 1 wait'],
    ['gives up when it could not look for too long', begun, blind, 'run', minutes(16), 'back 1 next'],
    ['goes back without a look when the step was not begun', second, blind, 'back', 0, 'back 0 next'],
    ['takes back the last step first', back, done, 'run', 0, 'back 0 next'],
    ['takes back even while paused', back, notBegun, 'pause', 0, 'back 1 begin'],
    ['ends as it was meant to once all is taken back', { ...back, at: 0 }, done, 'run', 0, 'over aborted'],
    ['goes on taking back what it can when one thing cannot be', back, faulted(forbidden), 'run', 0, 'back 0 next'],
    ['succeeds after the last step', { ...begun, at: 2 }, done, 'run', 0, 'over succeeded'],
  ])('%s', (_title, given, seen, intent, now, then) => {
    expect(told(advance(given, input(seen, intent, now)))).toBe(then)
  })

  it('looks again after a pause before it begins anything', () => {
    const held = advance(second, input(notBegun, 'pause', 0)).state as OpenTask
    expect(told(advance(held, input(notBegun, 'run', minutes(70))))).toBe('forward 1 next')
  })

  it('records the way back together with the begin, before it is sent', () => {
    const decision = advance(second, input(notBegun, 'run', 5))
    expect(decision.state).toMatchObject({ attempt: 1, begunAt: 5, undo: begun.undo })
    expect(decision.unbegun).toMatchObject({ attempt: 0, undo: second.undo })
  })

  it('records where the way back is, when that is on the other side', () => {
    const there = [call('failoverVm', 'secondary', { undo: 'startVm', undoSide: 'primary' })]
    const decision = advance(start, input(notBegun, 'run', 0, { steps: there }))
    expect(decision.state.undo).toEqual([{ step: 'startVm', side: 'primary' }])
  })

  it('records the way back once, however often it tries', () => {
    expect(advance(begun, input(notBegun, 'run', seconds(60))).state.undo).toEqual(begun.undo)
  })

  it('does not take back what somebody else did', () => {
    expect(advance(second, input(done, 'run', 5)).state.undo).toEqual(second.undo)
  })

  it('waits out Azure’s own Retry-After', () => {
    const decision = advance(begun, input(faulted({ ...throttled, retryAfter: seconds(77) }), 'run', seconds(90)))
    expect(decision).toMatchObject({ act: 'wait', lookAfter: seconds(77), state: { notBefore: seconds(167) } })
    const early = advance(decision.state as OpenTask, input(notBegun, 'run', seconds(100)))
    expect(early).toMatchObject({ act: 'wait', lookAfter: seconds(67) })
  })

  it('goes on with a refused begin as with a fault, without waiting for it to show', () => {
    const { look: _, ...rest } = input(notBegun, 'run', 5)
    expect(refused(begun, rest, throttled)).toMatchObject({ act: 'wait', lookAfter: seconds(30) })
    expect(told(refused(begun, rest, forbidden))).toBe('back 1 next')
  })

  it('is given up at its deadline, however many attempts are left', () => {
    const bounded = { limits: { ...limits, deadline: minutes(5) } }
    const again: OpenTask = { ...begun, begunAt: minutes(4) }
    expect(told(advance(again, input(notBegun, 'run', minutes(5), bounded)))).toBe('forward 1 begin')
    expect(told(advance(again, input(notBegun, 'run', minutes(6), bounded)))).toBe('back 1 next')
    expect(told(advance(again, input(underway, 'run', minutes(6), bounded)))).toBe('back 1 next')
    expect(told(advance(again, input(faulted(throttled), 'run', minutes(6), bounded)))).toBe('back 1 next')
  })

  it('starts the step’s time again after a pause', () => {
    const held = advance(second, input(notBegun, 'pause', 0)).state as OpenTask
    const waiting = { begins: false }
    const woken = advance(held, input(notBegun, 'run', minutes(70), waiting))
    expect(told(woken)).toBe('forward 1 next')
    expect(told(advance(woken.state as OpenTask, input(notBegun, 'run', minutes(70), waiting)))).toBe('forward 1 wait')
    expect(told(advance(second, input(notBegun, 'run', minutes(70), waiting)))).toBe('back 0 next')
  })

  it('keeps what a look wants remembered, for this step only', () => {
    const kept = advance(second, {
      ...input(underway, 'run', 5),
      look: { seen: underway, readAt: 5, memo: { job: 'a' } },
    })
    expect(kept.state).toMatchObject({ memo: { job: 'a' } })
    expect(advance(kept.state as OpenTask, input(done, 'run', 6)).state).toMatchObject({ memo: {} })
  })
})

describe('a best-effort step', () => {
  const lenient = [
    call('drainHost', 'primary', { required: false }),
    call('signOutUsers', 'primary', { required: false }),
  ]

  it('is passed over by name when it cannot be done', () => {
    const first = advance(start, { ...input(blind, 'run', minutes(16)), steps: lenient })
    expect(first).toMatchObject({ act: 'next', state: { at: 1, passedOver: ['drainHost'] } })
    const last = advance(first.state as OpenTask, { ...input(blind, 'run', minutes(40)), steps: lenient })
    expect(last.state).toMatchObject({
      status: 'over',
      outcome: 'succeeded',
      passedOver: ['drainHost', 'signOutUsers'],
    })
  })
})

describe('the point of no return', () => {
  const desktop = [
    call('drainHost', 'primary', { undo: 'undrainHost' }),
    call('failoverVm', 'secondary'),
    call('awaitHost', 'secondary', { onFailure: 'goOn' }),
    call('commitFailover', 'secondary', { onFailure: 'goOn' }),
  ]
  const at = (seen: Seen, intent: TaskIntent, now: number) => ({
    ...input(seen, intent, now),
    steps: desktop,
    pointOfNoReturn: 1,
  })
  const drained: OpenTask = { ...start, at: 1, undo: [{ step: 'undrainHost', side: 'primary' }] }
  const accepted: OpenTask = { ...drained, attempt: 1, begunAt: 0 }

  it.each<Row>([
    ['is not passed before the begin', drained, notBegun, 'back', 0, 'back 0 next'],
    ['is passed by the begin: an abort waits', accepted, underway, 'back', 90_000, 'forward 1 wait'],
    ['is passed for good when the step is done', accepted, done, 'back', 90_000, 'forward 2 next'],
    ['is before us again when the job failed', accepted, faulted(forbidden), 'run', 90_000, 'back 0 next'],
    ['keeps a stuck job from being taken for a failed one', accepted, underway, 'run', minutes(16), 'over failed'],
  ])('%s', (_title, given, seen, intent, now, then) => {
    expect(told(advance(given, at(seen, intent, now)))).toBe(then)
  })

  it('forgets the way back once it is passed', () => {
    expect(advance(accepted, at(done, 'run', 90_000)).state).toMatchObject({ at: 2, undo: [] })
  })

  it('runs on to the safe end when something fails behind it, and says so', () => {
    const moved: OpenTask = { ...accepted, at: 2, undo: [], attempt: 0 }
    const unhealthy = advance(moved, { ...at(notBegun, 'run', minutes(16)), begins: false })
    expect(unhealthy).toMatchObject({ act: 'next', state: { at: 3, fault: { code: 'timedOut' } } })
    expect(advance(unhealthy.state as OpenTask, at(done, 'run', minutes(17))).state).toMatchObject({
      status: 'over',
      outcome: 'degraded',
    })
  })

  it('is told from the row alone', () => {
    expect([drained, accepted, { ...accepted, at: 2 }].map((task) => isPastNoReturn(task, 1))).toEqual([
      false,
      true,
      true,
    ])
  })
})

describe('a task that is over', () => {
  const over = { status: 'over' as const, at: 1, passedOver: [], undo: begun.undo }

  it('takes back what it did when the operation turns back', () => {
    expect(reopen({ ...over, outcome: 'succeeded' }, 'back', 9)).toMatchObject({
      path: 'back',
      at: 1,
      undo: begun.undo,
    })
    expect(reopen({ ...over, outcome: 'succeeded', undo: [] }, 'back', 9)).toBeUndefined()
  })

  it('tries again where it failed, and only then', () => {
    expect(reopen({ ...over, outcome: 'failed' }, 'retry', 9)).toMatchObject({ path: 'forward', at: 1, attempt: 0 })
    expect(reopen({ ...over, outcome: 'succeeded' }, 'retry', 9)).toBeUndefined()
  })
})

describe('a task whose step is begun by another one', () => {
  const look = { readAt: 0, isJoined: true } as const
  const first: OpenTask = { ...second, at: 1, undo: second.undo }

  it('counts as begun from then on, with what takes it back on record', () => {
    const { state, act } = advance(first, input(underway, 'run', 5, { look: { seen: underway, ...look } }))
    expect(act).toBe('wait')
    expect(state).toMatchObject({ attempt: 1, begunAt: 5, undo: begun.undo })
  })

  it('is begun once', () => {
    const { state } = advance(begun, input(underway, 'run', 5, { look: { seen: underway, ...look } }))
    expect(state).toMatchObject({ attempt: 1, begunAt: 0 })
  })

  it('is past its point of no return', () => {
    const { state } = advance(
      first,
      input(underway, 'back', 5, { pointOfNoReturn: 1, look: { seen: underway, ...look } }),
    )
    expect(state).toMatchObject({ path: 'forward', begunAt: 5 })
  })
})

describe('a task that is not to begin yet', () => {
  const waiting = (intent: TaskIntent, now = 0) =>
    advance(
      start,
      input(notBegun, intent, now, { look: { seen: notBegun, readAt: now, waits: true, detail: 'for PC-2' } }),
    )

  it('waits for as long as the step says, and tells for what', () => {
    expect(waiting('run')).toMatchObject({ act: 'wait', reason: 'for PC-2' })
    expect(told(waiting('run', minutes(600)))).toBe('forward 0 wait')
  })

  it('turns back and rests like any other', () => {
    expect(told(waiting('back'))).toBe('over aborted')
    expect(waiting('pause').state).toMatchObject({ held: true })
  })
})
