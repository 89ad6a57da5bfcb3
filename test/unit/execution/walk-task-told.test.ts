import { describe, expect, it } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { contextOf, inputOf } from '../../../src/lib/execution/walk-task.ts'
import type { OperationState } from '../../../src/lib/machine/operation-state.ts'
import { newTask, type OpenTask } from '../../../src/lib/machine/task-state.ts'
import type { World } from '../../../src/lib/ports/world.ts'
import { begunAt, callOf } from '../../support/engine-world.ts'
import { standing } from '../../support/operation-machine.ts'
import { hostSubject } from '../../support/step-things.ts'
import { type Placed, placed, startVm } from '../../support/walk-scene.ts'

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

  it.each<[string, Partial<OperationState['stages']>, boolean]>([
    ['without a stage that hands back', {}, false],
    ['whose stage that hands back waits', { handBack: standing('waiting') }, false],
    ['whose stage that hands back is open', { handBack: standing('open') }, true],
    ['whose stage that hands back is over', { handBack: standing('over') }, true],
  ])('of an operation %s says whether autoscale has the hosts again', async (_, stages, isHandedBack) => {
    const { place } = await placed()
    const { operation } = place
    const context = contextOf(
      { ...place, operation: { ...operation, state: { ...operation.state, stages } } },
      newTask(0),
    )
    expect(context.isHandedBack ?? false).toBe(isHandedBack)
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

  it.each<[string, number | undefined, Placed, Partial<OpenTask>]>([
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
