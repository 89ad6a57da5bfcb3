import { describe, expect, it } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { intentOf } from '../../../src/lib/execution/tick-task.ts'
import type { OperationState } from '../../../src/lib/machine/operation-state.ts'
import type { StageName } from '../../../src/lib/machine/spec.ts'
import type { OverTask, TaskIntent } from '../../../src/lib/machine/task-state.ts'
import { begunAt, hostSpec } from '../../support/engine-world.ts'
import { open, over, stage, standing, stateOf } from '../../support/operation-machine.ts'
import { openTick, type Scene } from '../../support/tick-scene.ts'

describe('what a task is to do', () => {
  const spec = hostSpec({
    stages: [stage('secure', 1), stage('capacity', 1), stage('putBack', 1), stage('wake', 1, { putsBack: true })],
  })
  const back = { status: 'goingBack', backAt: 'capacity' } as const
  it.each<[string, StageName, Partial<OperationState>, TaskIntent]>([
    ['goes on while nobody says otherwise', 'capacity', {}, 'run'],
    ['pauses when the operator says so', 'capacity', { intent: 'pause' }, 'pause'],
    ['puts back what was left all the same', 'putBack', { intent: 'pause' }, 'run'],
    ['rests when the operator aborts, until its stage is taken back', 'capacity', { intent: 'abort' }, 'pause'],
    ['goes on to its safe end past the point of no return', 'capacity', { intent: 'abort', pastNoReturn: true }, 'run'],
    ['turns back in the stage that is taken back', 'capacity', back, 'back'],
    ['turns back in the stages behind it', 'putBack', back, 'back'],
    ['rests in the stages before it', 'secure', back, 'pause'],
    ['turns back where nobody says which stage is', 'secure', { status: 'goingBack' }, 'back'],
    ['turns back at once on an abort where it puts back by itself', 'wake', { intent: 'abort' }, 'back'],
    ['does not, past the point of no return', 'wake', { intent: 'abort', pastNoReturn: true }, 'run'],
    ['pauses like any other where it puts back by itself', 'wake', { intent: 'pause' }, 'pause'],
  ])('%s', (_, name, state, intent) => {
    const found = spec.stages.find((one) => one.name === name)
    expect(found && intentOf(stateOf(spec, {}, state), found, { spec })).toBe(intent)
  })

  it('needs no other stage to turn back first where it puts back by itself', () => {
    const stages = [stage('wake', 1, { putsBack: true }), stage('capacity', 1)]
    const wakes = hostSpec({ stages })
    const state = stateOf(wakes, {}, { status: 'goingBack', backAt: 'capacity' })
    expect(stages[0] && intentOf(state, stages[0], { spec: wakes })).toBe('back')
  })
})

describe('a task', () => {
  const undo = [{ step: 'deallocateVm', side: 'secondary' }] as const
  const ended = (outcome: OverTask['outcome'], retries = 0): Scene['task'] => ({
    tick: 2,
    retries,
    state: { status: 'over', outcome, at: 0, undo, passedOver: [] },
  })
  const back = { status: 'goingBack', backAt: 'capacity' } as const
  it.each<[string, string, Scene['task'], Partial<OperationState>]>([
    ['that succeeded', 'is taken back', ended('succeeded'), back],
    ['that came to a degraded end', 'is taken back', ended('degraded'), back],
    ['whose taking back failed', 'is left as it is', ended('failed'), back],
    ['that was taken back as far as could be', 'is left as it is', ended('aborted'), back],
    ['whose taking back failed', 'is tried again with the others', ended('failed'), { ...back, retries: 1 }],
    ['that was tried again already', 'is left as it is', ended('failed', 1), { ...back, retries: 1 }],
  ])('%s %s', async (_, ends, task, state) => {
    const { tick, row } = await openTick({ given: { state }, ...(task && { task }) })
    await tick(2)
    const isLeft = ends === 'is left as it is'
    expect(await row()).toMatchObject(isLeft ? { tick: 2, state: { status: 'over' } } : { tick: 3 })
  })

  it('of a stage that waits is not looked at', async () => {
    const { tick, deeds } = await openTick({ given: { state: { stages: { capacity: standing('waiting') } } } })
    await tick(0)
    expect(deeds).toEqual([])
  })

  it('of a stage at rest goes on to its own end', async () => {
    const { tick, row } = await openTick({ given: { state: { stages: { capacity: over() } } }, see: { kind: 'done' } })
    await tick(0)
    expect((await row())?.state).toMatchObject({ status: 'over', outcome: 'succeeded' })
  })

  it('begins its time with its first tick, however long its row has waited', async () => {
    const { tick, row, pass } = await openTick({ see: { kind: 'underway' } })
    pass(hours(3))
    await tick(0)
    expect((await row())?.state).toMatchObject({ enteredAt: begunAt + hours(3) })
    expect((await row())?.state).not.toHaveProperty('blindFor')
  })

  it('is not held to the time in which nobody could look', async () => {
    const { tick, row, pass } = await openTick({ see: { kind: 'underway' } })
    await tick(0)
    pass(minutes(30))
    await tick(1)
    expect((await row())?.state).toMatchObject({ enteredAt: begunAt, blindFor: expect.any(Number) })
  })
})

describe('between look and begin, a stage that is at rest by then', () => {
  const closed: Scene['meanwhile'] = async ({ world }) => {
    const stored = await world.operations.load('op-1')
    if (!stored) throw new Error('no operation')
    const state = { ...stored.value.state, stages: { capacity: over() } }
    await world.operations.save({ ...stored.value, state }, stored.etag)
  }

  it('begins nothing on the way forward', async () => {
    const { tick, deeds } = await openTick({ meanwhile: closed, given: { state: { stages: { capacity: open() } } } })
    await tick(0)
    expect(deeds).not.toContain('begin')
  })
})
