/** Azure as a whole may be away for an hour: that alone makes no task fail. */
import { describe, expect, it } from 'vitest'
import { hours, minutes, seconds } from '../../../src/lib/core/time.ts'
import type { StepCall } from '../../../src/lib/machine/spec.ts'
import type { Seen, StepLimits } from '../../../src/lib/machine/step.ts'
import { advance, reopen } from '../../../src/lib/machine/task.ts'
import { type Decision, newTask, type OpenTask, type OverTask } from '../../../src/lib/machine/task-state.ts'
import { withAbsence } from '../../../src/lib/machine/task-time.ts'
import { call } from '../../../src/lib/runbooks/template.ts'

const limits: StepLimits = {
  name: 'awaitHost',
  timeout: minutes(15),
  maxAttempts: 1,
  pollEvery: seconds(15),
  settle: seconds(60),
  retryAfter: seconds(30),
}

const away: Seen = {
  kind: 'couldNotLook',
  fault: { code: 'unavailable', message: 'HTTP 503', retryable: true },
}
const unproven: Seen = { kind: 'couldNotLook', fault: { code: 'unproven', message: '1 session', retryable: true } }
const underway: Seen = { kind: 'underway' }

type Looked = readonly [at: number, seen: Seen]

/** The same step looked at again and again; answers what was decided last. */
function look(looks: readonly Looked[], step: StepCall = call('awaitHost', 'secondary'), deadline?: number): Decision {
  let task: OpenTask = newTask(0)
  let decision: Decision | undefined
  for (const [now, seen] of looks) {
    const of = { steps: [step], limits: { ...limits, ...(deadline !== undefined && { deadline }) }, begins: false }
    decision = advance(task, { ...of, look: { seen, readAt: now }, intent: 'run', now })
    if (decision.state.status === 'over') return decision
    task = decision.state
  }
  if (!decision) throw new Error('nothing was looked at')
  return decision
}

const every = (from: number, to: number, seen: Seen): readonly Looked[] =>
  Array.from({ length: Math.floor((to - from) / minutes(1)) }, (_, i) => [from + i * minutes(1), seen] as const)

describe('a step whose looks Azure does not answer', () => {
  it('waits through an hour of it, and has its whole time left afterwards', () => {
    const looks = [...every(minutes(5), minutes(65), away), [minutes(65), underway] as const]
    expect(look(looks).act).toBe('wait')
    expect(look([...looks, [minutes(74), underway]]).act).toBe('wait')
    expect(look([...looks, [minutes(76), underway]])).toMatchObject({ act: 'over', state: { outcome: 'failed' } })
  })

  it('counts several such times together, and waits for two hours in all', () => {
    const looks = [
      ...every(minutes(1), minutes(71), away),
      [minutes(71), underway] as const,
      ...every(minutes(72), minutes(130), away),
    ]
    expect(look(looks).act).toBe('wait')
    expect(look(every(minutes(1), hours(2) + minutes(20), away))).toMatchObject({ act: 'over' })
  })

  it('starts anew with the next step', () => {
    const { state } = look([...every(minutes(1), minutes(30), away), [minutes(30), underway]])
    expect(state).toMatchObject({ blindFor: minutes(29) })
    const steps = [call('awaitHost', 'secondary'), call('undrainHost', 'secondary')]
    const done = { seen: { kind: 'done' }, readAt: minutes(31) } as const
    const of = { steps, limits, begins: false, intent: 'run', now: minutes(31) } as const
    const after = advance(state as OpenTask, { ...of, look: done })
    expect(after.state).not.toHaveProperty('blindFor')
    expect(after.state).not.toHaveProperty('blindSince')
  })

  it('is passed over in its own time when it is a courtesy', () => {
    const courtesy = call('messageUsers', 'primary', { required: false, onFailure: 'goOn' })
    expect(look(every(0, minutes(20), away), courtesy)).toMatchObject({ act: 'over' })
  })

  it('keeps to the deadline of a side that is down', () => {
    const decision = look(every(0, minutes(20), away), call('awaitHost', 'secondary'), minutes(10))
    expect(decision).toMatchObject({ act: 'over' })
  })

  it('is not excused by an answer that proves nothing', () => {
    expect(look(every(0, minutes(20), unproven))).toMatchObject({ act: 'over' })
  })
})

describe('a task that nobody could look at, because our own storage was away', () => {
  const begun: OpenTask = { ...newTask(0), attempt: 1, begunAt: 0 }
  const at = (task: OpenTask, now: number) =>
    advance(task, {
      steps: [call('awaitHost', 'secondary')],
      limits,
      begins: false,
      look: { seen: underway, readAt: now },
      intent: 'run',
      now,
    })

  it('is not late for it', () => {
    expect(at(begun, minutes(61)).act).toBe('over')
    expect(at(withAbsence(begun, minutes(1), minutes(61)), minutes(61)).act).toBe('wait')
  })

  it('is as late as it is when its tick was only a little late', () => {
    expect(withAbsence(begun, minutes(1), minutes(3))).toBe(begun)
  })
})

describe('a desktop that failed beyond its point of no return', () => {
  const steps = [
    call('drainHost', 'primary', { undo: 'undrainHost' }),
    call('failoverVm', 'secondary'),
    call('commitFailover', 'secondary'),
  ]
  const undo = [
    { step: 'undrainHost', side: 'primary' },
    { step: 'startVm', side: 'primary' },
  ] as const
  const fault = { code: 'timedOut', message: 'late', retryable: true } as const
  const halfWay: OverTask = { status: 'over', outcome: 'failed', at: 1, undo, passedOver: [], fault, isHalfWay: true }
  const now = minutes(10)

  const tick = (seen: Seen, after: number) => {
    const task = reopen(halfWay, 'back', now)
    if (!task) throw new Error('nothing to do')
    const look = { seen, readAt: now + after }
    return advance(task, { steps, pointOfNoReturn: 1, limits, begins: true, look, intent: 'back', now: now + after })
  }

  it('goes on to its safe end when it has arrived since, although everything else is taken back', () => {
    expect(tick({ kind: 'done' }, 0)).toMatchObject({ act: 'next', state: { path: 'forward', at: 2, undo: [] } })
  })

  it('is left where it is while nobody can tell', () => {
    expect(tick(away, 0)).toMatchObject({ act: 'wait', state: { path: 'forward' } })
    expect(tick(underway, 0)).toMatchObject({ act: 'wait', state: { path: 'forward' } })
    expect(tick({ kind: 'notBegun' }, 0)).toMatchObject({ act: 'wait', state: { path: 'forward' } })
  })

  it('is taken back when nothing came of the failover', () => {
    expect(tick({ kind: 'notBegun' }, seconds(61))).toMatchObject({
      act: 'next',
      state: { path: 'back', ending: 'aborted' },
    })
  })
})
