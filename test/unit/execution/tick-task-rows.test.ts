import { describe, expect, it } from 'vitest'
import { hours } from '../../../src/lib/core/time.ts'
import { tickTask } from '../../../src/lib/execution/tick-task.ts'
import { newTask } from '../../../src/lib/machine/task-state.ts'
import { begunAt, callOf, hostSpec, stepOf } from '../../support/engine-world.ts'
import { gone } from '../../support/step-things.ts'
import { message, openTick, type Scene } from '../../support/tick-scene.ts'

describe('a message', () => {
  const third = { tick: 3, state: newTask(begunAt) }

  it('that is spare does nothing', async () => {
    const { tick, deeds } = await openTick({ task: third })
    await tick(2)
    expect(deeds).toEqual([])
  })

  it.each([3, 4, 90])('of tick %i does for a row of tick 3', async (n) => {
    const { tick, deeds } = await openTick({ task: third })
    await tick(n)
    expect(deeds).toEqual(['send avd-1 4', 'save avd-1 4', 'begin'])
  })

  it('delivered twice at once begins once', async () => {
    const { tick, deeds } = await openTick()
    await Promise.all([tick(0), tick(0)])
    expect(deeds.filter((deed) => deed === 'begin')).toHaveLength(1)
  })

  it.each<[string, Scene]>([
    ['for an operation that is over', { given: { state: { status: 'over', outcome: 'failed' } } }],
    ['for a stage that waits', { given: { state: { stages: {} } } }],
    [
      'for a task that is over',
      {
        task: {
          tick: 1,
          state: { status: 'over', outcome: 'failed', at: 0, undo: [], passedOver: [] },
        },
      },
    ],
    ['for a task the spec does not have', { task: { key: 'stranger' } }],
  ])('%s does nothing', async (_, scene) => {
    const { engine, deeds } = await openTick(scene)
    await tickTask(engine, { ...message, key: scene.task?.key ?? message.key, tick: 1 })
    expect(deeds).toEqual([])
  })
})

describe('a row nobody can read', () => {
  it('is put on record and left as it is; nothing is thrown', async () => {
    const { tick, deeds, world, storage } = await openTick()
    const table = storage.table('operations')
    const stored = await table.get('op-1', 'task-capacity-avd-1')
    if (stored) await table.replace({ ...stored, value: { ...stored.value, ordinal: 'first' } }, stored.etag)
    await tick(0)
    await tick(0)
    expect(deeds).toEqual([])
    const events = (await world.operations.events('op-1')).filter(({ act }) => act === 'unreadableRow')
    expect(events).toMatchObject([{ stage: 'capacity', subject: 'avd-1', detail: expect.stringContaining('ordinal') }])
  })
})

describe('a task', () => {
  it('whose look throws waits and does not fail', async () => {
    const { tick, row } = await openTick({
      meanwhile: () => Promise.reject(new Error('a bug')),
    })
    await tick(0)
    expect(await row()).toMatchObject({
      tick: 1,
      state: { status: 'open', attempt: 0 },
      timeline: [{ text: 'could not look: unreadable' }],
    })
  })

  it('that is over tells its operation', async () => {
    const { tick, deeds, row } = await openTick({ see: { kind: 'done' } })
    await tick(0)
    expect(deeds).toEqual(['save avd-1 1', 'nudge'])
    expect((await row())?.state).toMatchObject({ status: 'over', outcome: 'succeeded' })
  })

  it('that failed tries again when the operation does, once', async () => {
    const failed = { status: 'over', outcome: 'failed', at: 0, undo: [], passedOver: [] } as const
    const { tick, deeds, row } = await openTick({ task: { tick: 5, state: failed }, given: { state: { retries: 1 } } })
    await tick(5)
    expect(deeds).toContain('begin')
    expect(await row()).toMatchObject({ retries: 1, state: { attempt: 1 } })
  })

  it('takes back what it did when its stage is taken back', async () => {
    const stopped: string[] = []
    const undo = [{ step: 'deallocateVm', side: 'secondary' }] as const
    const deallocateVm = stepOf(
      'deallocateVm',
      () => ({ kind: 'notBegun' }),
      ({ side }) => {
        stopped.push(side)
        return { kind: 'accepted' }
      },
    )
    const { tick, row } = await openTick({
      given: {
        spec: hostSpec({ stages: hostSpec().stages.map((stage) => ({ ...stage, steps: [callOf('startVm')] })) }),
        state: { status: 'goingBack', backAt: 'capacity' },
      },
      task: { tick: 2, state: { status: 'over', outcome: 'succeeded', at: 0, undo, passedOver: [] } },
      change: (world) => ({ ...world, steps: { ...world.steps, deallocateVm } }),
    })
    await tick(2)
    expect(stopped).toEqual(['secondary'])
    expect((await row())?.state).toMatchObject({ path: 'back', ending: 'aborted', attempt: 1 })
  })

  it('is not waited for longer than the plan says, where a dead side is concerned', async () => {
    const spec = hostSpec({
      primaryIsDown: true,
      stages: hostSpec().stages.map((stage) => ({ ...stage, steps: [callOf('startVm', { required: false })] })),
    })
    const { tick, row, pass } = await openTick({
      given: { spec },
      task: { tick: 1 },
      see: { kind: 'couldNotLook', fault: gone },
      limits: { timeout: hours(2) },
    })
    pass(spec.limits.deadSideDeadline)
    await tick(1)
    expect((await row())?.state).toMatchObject({ status: 'open' })
    pass(1)
    await tick(2)
    expect((await row())?.state).toMatchObject({ status: 'over', outcome: 'succeeded', passedOver: ['startVm'] })
  })
})
