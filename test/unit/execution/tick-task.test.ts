import { describe, expect, it } from 'vitest'
import { hours, minutes, seconds } from '../../../src/lib/core/time.ts'
import { tickTask } from '../../../src/lib/execution/tick-task.ts'
import type { Begun, Seen, StepLimits } from '../../../src/lib/machine/step.ts'
import { newTask } from '../../../src/lib/machine/task-state.ts'
import { StorageAway } from '../../../src/lib/storage/errors.ts'
import {
  begunAt,
  callOf,
  type EngineWorld,
  type Given,
  hostSpec,
  openEngine,
  putOperation,
  putTask,
  stepOf,
} from '../../support/engine-world.ts'
import { gone, hostSubject } from '../../support/step-things.ts'

type Scene = {
  readonly given?: Given
  readonly task?: Parameters<typeof putTask>[2]
  readonly see?: Seen
  /** Happens while the tick looks. */
  readonly meanwhile?: (opened: EngineWorld) => Promise<unknown>
  readonly begin?: Begun
  readonly limits?: Partial<StepLimits>
  readonly change?: Parameters<typeof openEngine>[0]
}

const paced = { paced: 'starts' } as const
const message = { v: 1, operationId: 'op-1', stage: 'capacity', key: hostSubject.key, tick: 0 } as const

/** One host to start, one tick; what was done in its order. */
async function open({ given, task, see = { kind: 'notBegun' }, meanwhile, begin, limits, change }: Scene = {}) {
  const opened = openEngine((world) => {
    const base = stepOf('startVm', () => see, undefined, limits)
    const startVm = {
      ...base,
      look: async (context: Parameters<typeof base.look>[0]) => {
        const look = await base.look(context)
        await meanwhile?.(opened)
        return look
      },
      begin: async (): Promise<Begun> => {
        opened.deeds.push('begin')
        return begin ?? { kind: 'accepted' }
      },
    }
    const changed = change?.(world) ?? world
    return { ...changed, steps: { ...changed.steps, startVm } }
  })
  await putOperation(opened, given)
  await putTask(opened, 'op-1', task)
  opened.deeds.length = 0
  return {
    ...opened,
    tick: (n: number) => tickTask(opened.engine, { ...message, tick: n }),
    row: async () => (await opened.world.operations.loadTask('op-1', 'capacity', hostSubject.key))?.value,
  }
}

describe('a tick that begins something', () => {
  it('sends the next tick, saves, and only then begins', async () => {
    const { tick, deeds } = await open()
    await tick(0)
    expect(deeds).toEqual(['send avd-1 1', 'save avd-1 1', 'begin'])
  })

  it('has its slot before, and says afterwards when it was answered', async () => {
    const { tick, deeds } = await open({ limits: paced })
    await tick(0)
    expect(deeds).toEqual(['take slot', 'send avd-1 1', 'save avd-1 1', 'begin', 'keep slot'])
  })

  it('is on record together with its event', async () => {
    const { tick, row, world } = await open()
    await tick(0)
    expect((await row())?.state).toMatchObject({ status: 'open', attempt: 1, begunAt })
    const begins = (await world.operations.events('op-1')).filter(({ act }) => act === 'begin')
    expect(begins).toMatchObject([{ by: 'ops@example.com', step: 'startVm@secondary', attempt: 1, subject: 'avd-1' }])
  })

  it('waits for its turn when the pacer is full', async () => {
    const { tick, deeds, row, sent } = await open({
      limits: paced,
      given: { spec: hostSpec({ limits: { ...hostSpec().limits, batchSize: 1 } }) },
      meanwhile: ({ storage }) =>
        storage.table('pacers').insert({
          pk: 'starts:sub/uksouth',
          rk: 'slot-00000',
          value: { holder: 'other', freeAt: begunAt + minutes(4) },
        }),
    })
    await tick(0)
    expect(deeds).toEqual(['send avd-1 1', 'save avd-1 1'])
    expect((await row())?.state).toMatchObject({ attempt: 0 })
    expect(await row()).toMatchObject({ dueAt: begunAt + minutes(4) })
    expect(sent('task-ticks')).toMatchObject([{ tick: 1 }])
  })

  it('leaves its slot taken when no answer came', async () => {
    const { tick, deeds, row } = await open({ limits: paced, begin: { kind: 'unknown', fault: gone } })
    await tick(0)
    expect(deeds.at(-1)).toBe('begin')
    expect((await row())?.state).toMatchObject({ begunAt })
  })

  it('records a refusal at once and gives the slot back', async () => {
    const { tick, deeds, row } = await open({ limits: paced, begin: { kind: 'refused', fault: gone } })
    await tick(0)
    expect(deeds).toEqual([
      'take slot',
      'send avd-1 1',
      'save avd-1 1',
      'begin',
      'free slot',
      'send avd-1 2',
      'save avd-1 2',
    ])
    const state = (await row())?.state
    expect(state).toMatchObject({ attempt: 1, notBefore: begunAt + seconds(30) })
    expect(state).not.toHaveProperty('begunAt')
  })

  it('ends the task when the refusal is for good', async () => {
    const fault = { ...gone, code: 'forbidden', retryable: false } as const
    const { tick, deeds, row } = await open({ begin: { kind: 'refused', fault } })
    await tick(0)
    expect((await row())?.state).toMatchObject({ status: 'over', outcome: 'failed', fault })
    expect(deeds.at(-1)).toBe('nudge')
  })
})

describe('a save that is lost', () => {
  const stolen = async ({ world }: EngineWorld) => {
    const stored = await world.operations.loadTask('op-1', 'capacity', hostSubject.key)
    if (stored) await world.operations.saveTask('op-1', { ...stored.value, tick: 7 }, stored.etag)
  }

  it('begins nothing and gives the slot back when another tick won', async () => {
    const { tick, deeds, row } = await open({ limits: paced, meanwhile: stolen })
    await tick(0)
    expect(deeds).toEqual(['save avd-1 7', 'take slot', 'send avd-1 1', 'save avd-1 1', 'free slot'])
    expect(await row()).toMatchObject({ tick: 7 })
  })

  it('begins nothing when storage is away, and the message comes back', async () => {
    const { tick, deeds } = await open({
      change: (world) => ({
        ...world,
        operations: {
          ...world.operations,
          saveTask: async () => {
            throw new StorageAway('503')
          },
        },
      }),
    })
    await expect(tick(0)).rejects.toThrow(StorageAway)
    expect(deeds).toEqual(['send avd-1 1', 'save avd-1 1'])
  })
})

describe('between look and begin', () => {
  const change =
    (what: (record: NonNullable<Given['state']>) => NonNullable<Given['state']>) =>
    async ({ world }: EngineWorld) => {
      const stored = await world.operations.load('op-1')
      if (!stored) throw new Error('no operation')
      const state = { ...stored.value.state, ...what(stored.value.state) }
      await world.operations.save({ ...stored.value, state }, stored.etag)
    }
  const takeOver = async ({ world }: EngineWorld) => {
    const pair = await world.pairs.load('pair')
    await world.pairs.save({ ...pair.value, epoch: 2, heldBy: { operationId: 'op-2', kind: 'failover' } }, pair.etag)
  }
  const letGo = async ({ world }: EngineWorld) => {
    const pair = await world.pairs.load('pair')
    const { heldBy: _, ...rest } = pair.value
    await world.pairs.save(rest, pair.etag)
  }

  it.each<[string, NonNullable<Scene['meanwhile']>]>([
    ['the pair changes hands', takeOver],
    ['the pair is let go', letGo],
    ['the operator pauses', change(() => ({ intent: 'pause' }))],
    ['the operator aborts', change(() => ({ intent: 'abort' }))],
    ['the operation turns back', change(() => ({ status: 'goingBack', backAt: 'capacity' }))],
    ['the operation ends', change(() => ({ status: 'over', outcome: 'failed' }))],
  ])('%s: nothing is begun and nothing says so', async (_, meanwhile) => {
    const { tick, deeds, row } = await open({ limits: paced, meanwhile })
    await tick(0)
    expect(deeds).not.toContain('begin')
    expect(deeds).not.toContain('take slot')
    expect((await row())?.state).toMatchObject({ attempt: 0, undo: [] })
    expect((await row())?.state).not.toHaveProperty('begunAt')
  })
})

describe('a message', () => {
  const third = { tick: 3, state: newTask(begunAt) }

  it('that is spare does nothing', async () => {
    const { tick, deeds } = await open({ task: third })
    await tick(2)
    expect(deeds).toEqual([])
  })

  it.each([3, 4, 90])('of tick %i is as good as any for a row of tick 3', async (n) => {
    const { tick, deeds } = await open({ task: third })
    await tick(n)
    expect(deeds).toEqual(['send avd-1 4', 'save avd-1 4', 'begin'])
  })

  it('delivered twice at once begins once', async () => {
    const { tick, deeds } = await open()
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
    const { engine, deeds } = await open(scene)
    await tickTask(engine, { ...message, key: scene.task?.key ?? message.key, tick: 1 })
    expect(deeds).toEqual([])
  })
})

describe('a row nobody can read', () => {
  it('is put on record and left as it is; nothing is thrown', async () => {
    const { tick, deeds, world, storage } = await open()
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
    const { tick, row } = await open({
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
    const { tick, deeds, row } = await open({ see: { kind: 'done' } })
    await tick(0)
    expect(deeds).toEqual(['save avd-1 1', 'nudge'])
    expect((await row())?.state).toMatchObject({ status: 'over', outcome: 'succeeded' })
  })

  it('that failed tries again when the operation does, once', async () => {
    const failed = { status: 'over', outcome: 'failed', at: 0, undo: [], passedOver: [] } as const
    const { tick, deeds, row } = await open({ task: { tick: 5, state: failed }, given: { state: { retries: 1 } } })
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
    const { tick, row } = await open({
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
    const { tick, row, pass } = await open({
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
