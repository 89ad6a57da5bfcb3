import { describe, expect, it } from 'vitest'
import { hours, minutes, seconds } from '../../../src/lib/core/time.ts'
import { contextOf, inputOf, type Place, placeOf, walk } from '../../../src/lib/execution/walk-task.ts'
import type { OperationSpec, StageSpec, Subject } from '../../../src/lib/machine/spec.ts'
import type { Look, Seen } from '../../../src/lib/machine/step.ts'
import { newTask, type OpenTask, type TaskIntent } from '../../../src/lib/machine/task-state.ts'
import type { OperationRecord } from '../../../src/lib/ports/operations.ts'
import type { Step, StepContext } from '../../../src/lib/ports/steps.ts'
import type { World } from '../../../src/lib/ports/world.ts'
import { begunAt, callOf, hostSpec, openEngine, putOperation, putTask, stepOf } from '../../support/engine-world.ts'
import { hostSubject } from '../../support/step-things.ts'

const startVm = stepOf('startVm', () => ({ kind: 'notBegun' }))

type Given = {
  readonly stage?: Partial<StageSpec>
  readonly spec?: Partial<OperationSpec>
  readonly subject?: Subject
  readonly operation?: Partial<OperationRecord>
  readonly doubtUntil?: number
  readonly gateways?: World['gateways']
  /** Of `startVm`, the only step there is. */
  readonly look?: (context: StepContext) => Promise<Look>
  readonly begins?: boolean
  readonly pollEvery?: number
}

/** Where a tick of one host stands, and what it has looked at. */
async function placed(given: Given = {}) {
  const contexts: StepContext[] = []
  const opened = openEngine((world) => {
    const look = async (context: StepContext): Promise<Look> => {
      contexts.push(context)
      return given.look?.(context) ?? { seen: { kind: 'done' }, readAt: context.now }
    }
    const limits = { ...startVm.limits, pollEvery: given.pollEvery ?? startVm.limits.pollEvery }
    const step: Step = { ...startVm, limits, look, ...(given.begins && { begin: async () => ({ kind: 'accepted' }) }) }
    return {
      ...world,
      ...(given.gateways && { gateways: given.gateways }),
      steps: { startVm: step } as unknown as World['steps'],
    }
  })
  const spec = hostSpec(given.spec)
  const operation = { ...(await putOperation(opened, { spec })), ...given.operation }
  const record = await putTask(opened, 'op-1')
  const stage: StageSpec = {
    name: 'capacity',
    after: [],
    steps: [callOf('startVm'), callOf('startVm', { side: 'primary' })],
    tasks: [hostSubject],
    trouble: 'turnBack',
    ...given.stage,
  }
  const place: Place = placeOf({
    world: opened.world,
    spec,
    stage,
    subject: given.subject ?? hostSubject,
    record,
    operation,
    ...(given.doubtUntil !== undefined && { doubtUntil: given.doubtUntil }),
  })
  return {
    ...opened,
    place,
    contexts,
    walk: (task: Partial<OpenTask> = {}, intent: TaskIntent = 'run') =>
      walk(place, { ...newTask(begunAt), ...task }, intent),
  }
}

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
    if (act === 'wait') expect(decision).toMatchObject({ lookAfter: minutes(1), state: { at: 0, attempt: 0 } })
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

describe('what a step is told', () => {
  it('is the task as it stands, and nothing that is not known', async () => {
    const { place } = await placed()
    const context = contextOf(place, { ...newTask(begunAt - 5), attempt: 2, memo: { job: '1' } })
    expect(context).toEqual({
      spec: place.spec,
      subject: hostSubject,
      side: 'secondary',
      operationId: 'op-1',
      now: begunAt,
      enteredAt: begunAt - 5,
      attempt: 2,
      memo: { job: '1' },
      fleet: place.world.fleet,
      gateways: place.world.gateways,
    })
  })

  it('has when it was begun, when people may be let in, and what is known of the host', async () => {
    const { place } = await placed({ operation: { letInFrom: 7 } })
    const task = { ...newTask(begunAt), at: 1, begunAt: 3, facts: { startedAt: 2 } }
    expect(contextOf(place, task)).toMatchObject({
      side: 'primary',
      begunAt: 3,
      letInFrom: 7,
      facts: { startedAt: 2 },
    })
  })

  it('goes by the side that is entered where the row fits no step', async () => {
    const { place } = await placed({ spec: { target: 'primary' } })
    expect(contextOf(place, { ...newTask(begunAt), at: 9 }).side).toBe('primary')
  })

  it('has what is kept back from everybody else on the way back alone', async () => {
    const urgent = {} as World['gateways']
    const wanted: string[] = []
    const usual = {
      for: (name: string) => {
        wanted.push(name)
        return urgent
      },
    } as unknown as World['gateways']
    const { place } = await placed({ gateways: usual })
    const undo = [{ step: 'startVm', side: 'secondary' }] as const
    expect(contextOf(place, { ...newTask(begunAt), path: 'back', undo }).gateways).toBe(urgent)
    expect(contextOf(place, { ...newTask(begunAt), undo }).gateways).toBe(usual)
    expect(wanted).toEqual(['urgent'])
  })
})

describe('what is decided by', () => {
  it('has of the stage and the step only what they say', async () => {
    const { place } = await placed()
    const { steps } = place.stage
    const input = { steps, limits: startVm.limits, begins: false, intent: 'pause', now: begunAt }
    expect(inputOf(place, newTask(begunAt), startVm, 'pause')).toEqual(input)
    const begins = { ...startVm, begin: async () => ({ kind: 'accepted' as const }) }
    const more = await placed({ stage: { taskPointOfNoReturn: 0, putsBack: true } })
    expect(inputOf(more.place, newTask(begunAt), begins, 'run')).toEqual({
      ...input,
      pointOfNoReturn: 0,
      putsBack: true,
      begins: true,
      intent: 'run',
    })
  })

  const down = { primaryIsDown: true }
  const keepAlive = { stayOn: hours(2), maxOnTime: hours(8), patches: 'none' } as const
  const bestEffort = { steps: [callOf('startVm', { required: false })] }
  const on = { facts: { startedAt: begunAt - hours(7) } }
  const undo = [{ step: 'startVm', side: 'secondary' }] as const

  it.each<[string, number | undefined, Given, Partial<OpenTask>]>([
    ['best effort on a dead side', minutes(5), { spec: down, stage: bestEffort }, {}],
    ['best effort while both sides are up', undefined, { stage: bestEffort }, {}],
    ['what is required', undefined, { spec: down }, {}],
    ['taking back, which is never best effort', undefined, { spec: down, stage: bestEffort }, { path: 'back', undo }],
    ['a host that a wake-up has switched on', minutes(30), { spec: { keepAlive } }, on],
    [
      'such a host, from when its step was entered',
      minutes(20),
      { spec: { keepAlive } },
      { ...on, enteredAt: begunAt + minutes(10) },
    ],
    ['such a host that is on for too long', 0, { spec: { keepAlive } }, { facts: { startedAt: begunAt - hours(9) } }],
    ['such a host on its way back', undefined, { spec: { keepAlive } }, { ...on, path: 'back', undo }],
    ['a host that is not on yet', undefined, { spec: { keepAlive } }, {}],
    ['a host of a failover', undefined, {}, on],
  ])('has for %s this deadline: %s', async (_, deadline, given, task) => {
    const { place } = await placed(given)
    const { limits } = inputOf(place, { ...newTask(begunAt), ...task }, startVm, 'run')
    expect(limits).toEqual({ ...startVm.limits, ...(deadline !== undefined && { deadline }) })
  })
})
