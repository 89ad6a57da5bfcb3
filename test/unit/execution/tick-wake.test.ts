import { describe, expect, it } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { tickTask } from '../../../src/lib/execution/tick-task.ts'
import type { OperationState } from '../../../src/lib/machine/operation-state.ts'
import type { KeepAliveLimits, OperationSpec, Subject } from '../../../src/lib/machine/spec.ts'
import type { Seen } from '../../../src/lib/machine/step.ts'
import { newTask, type OpenTask } from '../../../src/lib/machine/task-state.ts'
import type { OperationRecord } from '../../../src/lib/ports/operations.ts'
import { keepAlive } from '../../../src/lib/runbooks/keep-alive.ts'
import { begunAt, hostSpec, openEngine, putOperation, putTask, stepOf } from '../../support/engine-world.ts'
import { gone, hostSubject } from '../../support/step-things.ts'
import { openTick } from '../../support/tick-scene.ts'

const limits: KeepAliveLimits = { stayOn: hours(2), maxOnTime: hours(8), patches: 'assess' }
const host = hostSubject as Extract<Subject, { kind: 'host' }>

const specOf = (subject: Subject, of: 'wake' | 'putBack'): OperationSpec =>
  hostSpec({
    kind: 'keepAlive',
    keepAlive: limits,
    stages: keepAlive('secondary', limits).map((stage) => ({ ...stage, tasks: stage.name === of ? [subject] : [] })),
  })

type Given = {
  readonly subject?: Subject
  readonly stage?: 'wake' | 'putBack'
  readonly record?: Partial<OperationRecord>
  readonly state?: Partial<OperationState>
  readonly see?: (step: string) => Seen
}

/** One host whose every step finds what is said, and the steps that were asked. */
async function open(task: Partial<OpenTask>, given: Given = {}) {
  const { subject = host, stage = 'wake', record = {}, state = {}, see = () => ({ kind: 'done' }) } = given
  const asked: string[] = []
  const opened = openEngine((world) => ({
    ...world,
    steps: Object.fromEntries(
      Object.entries(world.steps).map(([name, step]) => [
        name,
        stepOf(
          step.limits.name,
          () => {
            asked.push(name)
            return see(name)
          },
          step.begin && (() => ({ kind: 'accepted' })),
          { timeout: hours(3) },
        ),
      ]),
    ) as typeof world.steps,
  }))
  await putOperation(opened, { spec: specOf(subject, stage), record, state })
  await putTask(opened, 'op-1', { stage, tick: 1, state: { ...newTask(begunAt), ...task } })
  await tickTask(opened.engine, { v: 1, operationId: 'op-1', stage, key: host.key, tick: 1 })
  const row = (await opened.world.operations.loadTask('op-1', stage, host.key))?.value
  return { asked, row }
}

const names = keepAlive('secondary', limits)[0]?.steps.map(({ step }) => step) ?? []
const at = (step: (typeof names)[number]) => names.indexOf(step)
const undo = [{ step: 'deallocateVm', side: 'secondary' }] as const

describe('a host that is put back', () => {
  it('needs only the steps that were left', async () => {
    const only = ['includeInScaling'] as const
    const { asked, row } = await open({}, { stage: 'putBack', subject: { ...host, only } })
    expect(asked).toEqual(['includeInScaling'])
    expect(row?.state).toMatchObject({ status: 'over', outcome: 'succeeded' })
    expect(row?.timeline.map(({ text }) => text)).toEqual(['needs nothing', 'needs nothing', 'done'])
  })
})

describe('an operator who says stop', () => {
  const seeing = (step: string): Seen => ({ kind: step === 'includeInScaling' ? 'done' : 'notBegun' })
  const tagged = { at: 2, undo: [{ step: 'includeInScaling', side: 'secondary' }] } as const

  it('is heeded at once by a host that is not on yet, whatever else is taken back first', async () => {
    const { asked, row } = await open(tagged, { see: seeing, state: { intent: 'abort' } })
    expect(asked).toEqual(['drainHost', 'includeInScaling'])
    expect(row?.state).toMatchObject({ status: 'over', outcome: 'aborted', undo: [] })
  })

  it('and only means a pause does not keep on what an earlier wake-up has left', async () => {
    const state = { intent: 'pause' } as const
    const back = await open({}, { stage: 'putBack', see: seeing, state })
    expect(back.row?.state).toMatchObject({ attempt: 1 })
    const fresh = await open({}, { see: seeing, state })
    expect(fresh.row?.state).toMatchObject({ held: true, attempt: 0 })
  })
})

describe('a host that is on', () => {
  const waiting = (step: string): Seen => ({ kind: step === 'deallocateVm' ? 'done' : 'notBegun' })
  const onFor = (length: number) => ({ facts: { startedAt: begunAt - length }, undo })

  it('is waited for within its time', async () => {
    const { row } = await open({ at: at('awaitHost'), ...onFor(hours(7)) }, { see: waiting })
    expect(row?.state).toMatchObject({ status: 'open', path: 'forward' })
  })

  it('is switched off in time, whatever its step still waits for', async () => {
    const late = { ...onFor(hours(7) + minutes(31)), enteredAt: begunAt - minutes(2) }
    const { asked, row } = await open({ at: at('awaitHost'), ...late }, { see: waiting })
    expect(asked).toEqual(['awaitHost', 'deallocateVm'])
    expect(row?.state).toMatchObject({ status: 'over', outcome: 'failed', failedStep: 'awaitHost', undo: [] })
  })

  it('passes over what is best effort first', async () => {
    const late = { ...onFor(hours(7) + minutes(31)), enteredAt: begunAt - minutes(2) }
    const { asked, row } = await open(
      { at: at('patchVm'), attempt: 2, begunAt: begunAt - hours(2), ...late },
      { see: waiting },
    )
    expect(asked.slice(0, 2)).toEqual(['patchVm', 'stayOn'])
    expect(row?.state.passedOver).toEqual(['patchVm'])
  })

  it('is given the time it takes to switch it off', async () => {
    const late = { path: 'back', at: 0, ending: 'succeeded', ...onFor(hours(9)) } as const
    const { row } = await open(late, { see: () => ({ kind: 'underway' }) })
    expect(row?.state).toMatchObject({ status: 'open', path: 'back' })
  })
})

describe('a look right after the pair has changed hands', () => {
  const record = { trustFrom: begunAt + minutes(1) }

  it.each(['done', 'notBegun'] as const)(
    'that finds %s proves nothing yet, and comes again when it does',
    async (kind) => {
      const { row } = await open({}, { record, see: () => ({ kind }) })
      expect(row?.state).toMatchObject({ status: 'open', at: 0, attempt: 0 })
      // A wake-up looks on the full minute.
      expect(row?.dueAt).toBe(Math.ceil((begunAt + minutes(1)) / minutes(1)) * minutes(1))
    },
  )

  it('that finds something under way may be believed', async () => {
    const { row } = await open({}, { record, see: () => ({ kind: 'underway' }) })
    expect(row?.timeline.at(-1)?.text).toBe('underway')
  })
})

it('waits longer than a message can: the message comes in between', async () => {
  const { tick, row, storage } = await openTick({
    see: { kind: 'faulted', fault: { ...gone, retryAfter: hours(20) } },
  })
  await tick(0)
  expect((await row())?.dueAt).toBe(begunAt + hours(20))
  expect(storage.queue('task-ticks').nextVisibleAt()).toBe(begunAt + hours(6))
})

describe('what the answer to a begin tells', () => {
  it('is kept for the looks to come, without a tick of its own', async () => {
    const { tick, row, sent } = await openTick({ begin: { kind: 'accepted', memo: { operation: 'ukwest/1' } } })
    await tick(0)
    expect(await row()).toMatchObject({ tick: 1, state: { attempt: 1, memo: { operation: 'ukwest/1' } } })
    expect(sent('task-ticks')).toHaveLength(1)
    expect((await row())?.timeline.map(({ text }) => text)).toEqual(['begins'])
  })

  it('is lost, and no more than that, when somebody else has saved meanwhile', async () => {
    const { tick, row } = await openTick({
      begin: { kind: 'accepted', memo: { operation: 'ukwest/1' } },
      change: (world) => {
        let saves = 0
        const saveTask: typeof world.operations.saveTask = (...args) =>
          saves++ === 1 ? Promise.resolve(undefined) : world.operations.saveTask(...args)
        return { ...world, operations: { ...world.operations, saveTask } }
      },
    })
    await tick(0)
    expect((await row())?.state).toMatchObject({ attempt: 1, memo: {} })
  })
})
