import { describe, expect, it } from 'vitest'
import type { Fault } from '../../../src/lib/core/fault.ts'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import type { Look, Seen } from '../../../src/lib/machine/step.ts'
import { advance } from '../../../src/lib/machine/task.ts'
import { type AdvanceInput, newTask, type OpenTask } from '../../../src/lib/machine/task-state.ts'
import { limits, steps } from '../../support/starting-task.ts'

const gone: Fault = { code: 'unavailable', message: 'no answer', retryable: true }
const spent: Fault = { code: 'jobFailed', message: 'not today', retryable: true }
const lack: Fault = { code: 'extensionsMissing', message: 'one could not be restored', retryable: false }

const notBegun: Seen = { kind: 'notBegun' }
const underway: Seen = { kind: 'underway' }
const done: Seen = { kind: 'done' }

/** In the middle of part `a`, which was begun at 0 for the second and last time. */
const inA: OpenTask = { ...newTask(0), at: 1, attempt: 2, begunAt: 0, part: 'a', partSince: 0, memo: { x: 1 } }

const decide = (
  task: OpenTask,
  look: Partial<Look> & Pick<Look, 'seen'>,
  now: number,
  more: Partial<AdvanceInput> = {},
) => advance(task, { steps, limits, begins: true, intent: 'run', now, ...more, look: { readAt: now, ...look } })

describe('another part of a step', () => {
  it('begins at once, with attempts of its own, though the last begin has not settled', () => {
    const { state, act } = decide(inA, { seen: notBegun, part: 'b' }, seconds(20))
    expect(act).toBe('begin')
    expect(state).toMatchObject({ attempt: 1, begunAt: seconds(20), part: 'b', partSince: seconds(20), memo: { x: 1 } })
  })

  it('does not wait out the pause after a fault of the part before', () => {
    const { begunAt: _, ...rest } = inA
    expect(decide({ ...rest, notBefore: minutes(5) }, { seen: notBegun, part: 'b' }, seconds(20)).act).toBe('begin')
  })

  it('keeps what was there to undo', () => {
    const undo = [{ step: 'includeInScaling', side: 'secondary' }] as const
    expect(decide({ ...inA, undo }, { seen: underway, part: 'b' }, seconds(20)).state).toMatchObject({ undo })
  })

  it('has a timeout of its own', () => {
    const late = minutes(14)
    const { state } = decide(inA, { seen: underway, part: 'b' }, late)
    expect(state).toMatchObject({ status: 'open', at: 1, attempt: 0, part: 'b', partSince: late })
    expect(state).not.toHaveProperty('begunAt')
    const later = decide(state as OpenTask, { seen: underway, part: 'b' }, late + limits.timeout)
    expect(later.act).toBe('wait')
    expect(decide(state as OpenTask, { seen: underway, part: 'b' }, late + limits.timeout + 1).act).toBe('over')
  })

  it('is not excused for the time Azure was away before it', () => {
    const blind: OpenTask = { ...inA, blindFor: minutes(60), blindSince: seconds(10) }
    const { state } = decide(blind, { seen: underway, part: 'b' }, seconds(20))
    expect(state).not.toHaveProperty('blindFor')
    expect(state).not.toHaveProperty('blindSince')
  })

  it("does not move the whole step's deadline", () => {
    const { state } = decide(inA, { seen: underway, part: 'b' }, minutes(3), {
      limits: { ...limits, deadline: minutes(2) },
    })
    expect(state).toMatchObject({ status: 'over', outcome: 'failed' })
  })
})

describe('the same part', () => {
  it.each<[string, Partial<Look>]>([
    ['named again', { part: 'a' }],
    ['not named', {}],
  ])('waits until its begin has settled (%s)', (_, named) => {
    expect(decide({ ...inA, attempt: 1 }, { seen: notBegun, ...named }, seconds(20)).act).toBe('wait')
    expect(decide({ ...inA, attempt: 1 }, { seen: notBegun, ...named }, seconds(60)).act).toBe('begin')
  })

  it('counts its attempts', () => {
    expect(decide(inA, { seen: notBegun, part: 'a' }, seconds(60))).toMatchObject({
      act: 'over',
      state: { outcome: 'failed' },
    })
  })

  it('stays the part through a look that could not be had', () => {
    const { state } = decide(inA, { seen: { kind: 'couldNotLook', fault: gone } }, seconds(20))
    expect(state).toMatchObject({ attempt: 2, begunAt: 0, part: 'a', partSince: 0 })
  })

  it('keeps its name while it waits to try again', () => {
    const { state } = decide(
      { ...inA, attempt: 1 },
      { seen: { kind: 'faulted', fault: spent }, part: 'a' },
      seconds(90),
    )
    expect(state).toMatchObject({ attempt: 1, part: 'a', notBefore: seconds(90) + limits.retryAfter })
  })
})

it('the next step knows nothing of the parts before it', () => {
  const { state, act } = decide(inA, { seen: done, part: 'a' }, seconds(90))
  expect(act).toBe('next')
  expect(state).toMatchObject({ at: 2, attempt: 0 })
  expect(state).not.toHaveProperty('part')
  expect(state).not.toHaveProperty('partSince')
})

it('a part that was found paused has its time again when it goes on', () => {
  const { begunAt: _, ...rest } = inA
  const { state } = decide({ ...rest, held: true }, { seen: notBegun, part: 'a' }, minutes(40))
  expect(state).toMatchObject({ enteredAt: minutes(40), part: 'a' })
  expect(state).not.toHaveProperty('partSince')
})

describe('done with something missing for good', () => {
  const last: OpenTask = { ...inA, at: 2 }

  it('ends degraded, with what is missing and where', () => {
    expect(decide(last, { seen: done, lacks: lack }, seconds(90))).toMatchObject({
      act: 'over',
      state: { outcome: 'degraded', fault: lack, failedStep: limits.name },
    })
  })

  it('goes on to the next step', () => {
    const { state } = decide(inA, { seen: done, lacks: lack }, seconds(90))
    expect(state).toMatchObject({ status: 'open', path: 'forward', at: 2, fault: lack, failedStep: limits.name })
  })

  it('leaves the first failure as it is', () => {
    const failed: OpenTask = { ...last, fault: spent, failedStep: 'awaitHost' }
    expect(decide(failed, { seen: done, lacks: lack }, seconds(90)).state).toMatchObject({
      outcome: 'degraded',
      fault: spent,
      failedStep: 'awaitHost',
    })
  })

  it('without it, the same look ends well', () => {
    expect(decide(last, { seen: done }, seconds(90)).state).toMatchObject({ outcome: 'succeeded' })
  })
})
