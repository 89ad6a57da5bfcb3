import { describe, expect, it } from 'vitest'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import type { StageSpec, Subject } from '../../../src/lib/machine/spec.ts'
import type { Look, Seen } from '../../../src/lib/machine/step.ts'
import type { OpenTask } from '../../../src/lib/machine/task-state.ts'
import type { StepContext } from '../../../src/lib/ports/steps.ts'
import { begunAt, callOf } from '../../support/engine-world.ts'
import { hostSubject } from '../../support/step-things.ts'
import { placed } from '../../support/walk-scene.ts'

const many = (length: number): Partial<StageSpec> => ({ steps: Array.from({ length }, () => callOf('startVm')) })
const unreadable = { code: 'unreadable', message: 'the stored task does not fit its runbook', retryable: false }

describe('a walk', () => {
  it('passes what is done already, step after step, and notes each on its side', async () => {
    const { walk, place, contexts } = await placed({ stage: many(2) })
    expect(await walk()).toMatchObject({ act: 'over', state: { status: 'over', outcome: 'succeeded' } })
    expect(contexts).toHaveLength(2)
    expect(place.notes).toEqual([{ at: begunAt, step: 'startVm@secondary', text: 'done' }])
  })

  it('stays at the first step that is not done', async () => {
    const look = async ({ side, now }: StepContext): Promise<Look> => ({
      seen: { kind: side === 'primary' ? 'underway' : 'done' },
      readAt: now,
    })
    const { walk, contexts } = await placed({ look })
    expect(await walk()).toMatchObject({ act: 'wait', state: { status: 'open', at: 1 }, reason: 'underway' })
    expect(contexts.map(({ side }) => side)).toEqual(['secondary', 'primary'])
  })

  it('keeps in its place what was wanted of the task', async () => {
    const { walk, place } = await placed()
    expect(place.intent).toBe('run')
    await walk({}, 'back')
    expect(place.intent).toBe('back')
  })

  it.each([
    ['goes on for 15 s', seconds(15), 2],
    ['leaves the rest to the next tick after that', seconds(15) + 1, 1],
  ])('%s', async (_, length, looks) => {
    const { walk, contexts, pass } = await placed({
      look: async ({ now }) => {
        if (contexts.length === 1) pass(length)
        return { seen: { kind: 'done' }, readAt: now }
      },
    })
    const decision = await walk()
    expect(contexts).toHaveLength(looks)
    if (looks === 1)
      expect(decision).toMatchObject({
        act: 'wait',
        lookAfter: seconds(1),
        reason: 'goes on',
        state: { status: 'open', at: 1 },
      })
  })

  it('ends where a row goes round in circles', async () => {
    const fine = await placed({ stage: many(25) })
    expect((await fine.walk()).state).toMatchObject({ outcome: 'succeeded' })
    const endless = await placed({ stage: many(26) })
    expect((await endless.walk()).state).toMatchObject({ outcome: 'failed', fault: unreadable })
    expect(endless.contexts).toHaveLength(25)
  })

  it.each<[string, Partial<OpenTask>, Partial<StageSpec>]>([
    ['behind the last step', { at: 2 }, {}],
    ['at a step of another version', {}, { steps: [callOf('stayOn')] }],
    ['at something to take back that is not on record', { path: 'back', at: 1 }, {}],
  ])('of a row that stands %s fails it, and keeps what is to be taken back', async (_, task, stage) => {
    const { walk, contexts } = await placed({ stage })
    const undo = [{ step: 'deallocateVm', side: 'secondary' }] as const
    expect(await walk({ undo, passedOver: ['drainHost'], ...task })).toEqual({
      state: { status: 'over', outcome: 'failed', at: 0, undo, passedOver: ['drainHost'], fault: unreadable },
      act: 'over',
      reason: 'fails: the stored task does not fit its runbook',
    })
    expect(contexts).toEqual([])
  })

  it('needs no look at a step that the host does not need', async () => {
    const subject: Subject = { ...hostSubject, kind: 'host', side: 'secondary', host: 'avd-1', vmId: 'vm', only: [] }
    const { walk, contexts, place } = await placed({ subject })
    expect((await walk()).state).toMatchObject({ outcome: 'succeeded' })
    expect(contexts).toEqual([])
    expect(place.notes).toMatchObject([{ text: 'needs nothing' }])
  })
})

describe('a look that throws', () => {
  it.each([
    ['an error', new Error('a bug')],
    ['something else', 'a bug'],
  ])('%s proves nothing: the task looks again', async (_, thrown) => {
    const { walk } = await placed({ look: () => Promise.reject(thrown) })
    expect(await walk()).toMatchObject({
      act: 'wait',
      state: { status: 'open', at: 0, attempt: 0 },
      reason: 'could not look: unreadable',
    })
  })
})

describe('a look right after the pair was taken over', () => {
  const seen = (kind: 'done' | 'notBegun' | 'underway', readAt: number) => async () => ({
    seen: { kind } as Seen,
    readAt,
  })
  const doubtUntil = begunAt + minutes(1)

  it.each([
    ['done', doubtUntil - 1, 'wait'],
    ['notBegun', doubtUntil - 1, 'wait'],
    ['done', doubtUntil, 'over'],
    ['notBegun', doubtUntil, 'begin'],
  ] as const)('that finds %s, read at %i: %s', async (kind, readAt, act) => {
    const { walk } = await placed({ stage: many(1), doubtUntil, look: seen(kind, readAt), begins: true })
    const decision = await walk()
    expect(decision.act).toBe(act)
    if (act === 'wait')
      expect(decision).toMatchObject({
        lookAfter: minutes(1),
        state: { at: 0, attempt: 0 },
        reason: 'the pair was just taken over: what is seen may still change',
      })
  })

  it('that finds something under way is believed: it concludes nothing', async () => {
    const { walk } = await placed({ stage: many(1), doubtUntil, look: seen('underway', begunAt) })
    expect(await walk()).toMatchObject({ act: 'wait', reason: 'underway' })
  })

  it('is not put off for less than a second', async () => {
    const { walk, pass } = await placed({ stage: many(1), doubtUntil, look: seen('done', begunAt), pollEvery: 1 })
    pass(minutes(1) - 1)
    expect(await walk()).toMatchObject({ act: 'wait', lookAfter: seconds(1) })
  })

  it('is believed where nothing was taken over, however old it is', async () => {
    const { walk } = await placed({ stage: many(1), look: seen('done', 0) })
    expect((await walk()).act).toBe('over')
  })
})
