import { describe, expect, it } from 'vitest'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { grantLife } from '../../../src/lib/execution/pacer.ts'
import { tickTask } from '../../../src/lib/execution/tick-task.ts'
import { newTask } from '../../../src/lib/machine/task-state.ts'
import {
  begunAt,
  type EngineWorld,
  hostSpec,
  openEngine,
  putOperation,
  putTask,
  stepOf,
} from '../../support/engine-world.ts'
import { over } from '../../support/operation-machine.ts'
import { recordedLog } from '../../support/recorded-log.ts'
import { gone } from '../../support/step-things.ts'
import { message, openTick, paced } from '../../support/tick-scene.ts'

describe('a begin', () => {
  it('is fenced from before the pair was asked, however long the answer took', async () => {
    const fences: number[] = []
    const opened: EngineWorld = openEngine((world) => ({
      ...world,
      pairs: {
        ...world.pairs,
        load: (id) => {
          opened.pass(seconds(3))
          return world.pairs.load(id)
        },
      },
      steps: {
        ...world.steps,
        startVm: {
          ...stepOf('startVm', () => ({ kind: 'notBegun' })),
          begin: async (_, { notAfter }) => {
            fences.push(notAfter)
            return { kind: 'accepted' }
          },
        },
      },
    }))
    await putOperation(opened)
    await putTask(opened, 'op-1')
    const startedAt = opened.world.clock.monotonic()
    await tickTask(opened.engine, message)
    expect(fences).toEqual([startedAt + grantLife])
  })

  it('takes its slot in its own name', async () => {
    const { tick, storage } = await openTick({ limits: paced })
    await tick(0)
    const slots = await storage.table('pacers').query('starts:sub/uksouth')
    expect(slots.map(({ value }) => value.holder)).toEqual(['op-1/capacity/avd-1'])
  })

  it('is not sent when the pair has been taken anew since, though by the same operation', async () => {
    const { tick, deeds, row } = await openTick({
      meanwhile: async ({ world }) => {
        const { value, etag } = await world.pairs.load('pair')
        await world.pairs.save({ ...value, epoch: 2 }, etag)
      },
    })
    await tick(0)
    expect(deeds).not.toContain('begin')
    expect((await row())?.timeline.at(-1)?.text).toBe('may not begin now')
    expect((await row())?.dueAt).toBe(begunAt + seconds(2))
  })

  it('that takes back is sent though its stage is at rest, and stands under its own step', async () => {
    const stopped: string[] = []
    const deallocateVm = stepOf(
      'deallocateVm',
      () => ({ kind: 'notBegun' }),
      ({ side }) => {
        stopped.push(side)
        return { kind: 'accepted' }
      },
    )
    const undo = [{ step: 'deallocateVm', side: 'secondary' }] as const
    const { tick, row, world } = await openTick({
      given: { state: { status: 'goingBack', backAt: 'capacity', stages: { capacity: over() } } },
      task: { tick: 2, state: { status: 'over', outcome: 'succeeded', at: 0, undo, passedOver: [] } },
      change: (world) => ({ ...world, steps: { ...world.steps, deallocateVm } }),
    })
    await tick(2)
    expect(stopped).toEqual(['secondary'])
    expect((await row())?.timeline.at(-1)?.step).toBe('deallocateVm@secondary')
    const begins = (await world.operations.events('op-1')).filter(({ act }) => act === 'begin')
    expect(begins).toMatchObject([{ step: 'deallocateVm@secondary', subject: 'avd-1', stage: 'capacity' }])
  })

  it('that waits for its turn says so, and is no attempt', async () => {
    const { tick, row } = await openTick({
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
    expect((await row())?.timeline).toMatchObject([{ text: 'waits for its turn', step: 'startVm@secondary' }])
  })
})

describe('a tick that only waits', () => {
  it('comes again when its row says so, and leaves no begin on record', async () => {
    const { tick, row, storage, world } = await openTick({ see: { kind: 'underway' } })
    await tick(0)
    const dueAt = (await row())?.dueAt
    expect(dueAt).toBeGreaterThan(begunAt)
    expect(storage.queue('task-ticks').nextVisibleAt()).toBe(dueAt)
    expect((await world.operations.events('op-1')).map(({ act }) => act)).toEqual(['start'])
  })
})

describe('a tick that ends its task', () => {
  it('tells nobody when another one has won: that one does', async () => {
    const { tick, deeds, row } = await openTick({
      see: { kind: 'done' },
      meanwhile: async ({ world }) => {
        const stored = await world.operations.loadTask('op-1', 'capacity', 'avd-1')
        if (stored) await world.operations.saveTask('op-1', { ...stored.value, tick: 7 }, stored.etag)
      },
    })
    await tick(0)
    expect(deeds).not.toContain('nudge')
    expect(await row()).toMatchObject({ tick: 7, state: { status: 'open' } })
  })
})

describe('in the log', () => {
  const whose = { operationId: 'op-1', task: 'avd-1' }

  async function linesOf(scene: Parameters<typeof openTick>[0], key = 'avd-1') {
    const { log, lines } = recordedLog()
    const { engine } = await openTick({ ...scene, change: (world) => ({ ...world, log }) })
    await tickTask(engine, { ...message, key })
    return lines
  }

  it('stands what was begun, and how it was answered', async () => {
    const line = { level: 'info', event: 'begun', ...whose, step: 'startVm', attempt: 1, answer: 'accepted' }
    expect(await linesOf({})).toEqual([line])
  })

  it.each([
    ['in Azure’s own words', { ...gone, azureCode: 'ServerBusy' }, 'ServerBusy'],
    ['in ours where there are none', { code: gone.code, message: 'away', retryable: true }, gone.code],
  ])('stands what was refused, %s', async (_, fault, code) => {
    const line = { level: 'warn', event: 'begin refused', ...whose, step: 'startVm', code }
    expect(await linesOf({ begin: { kind: 'refused', fault } })).toEqual([line])
  })

  it('stands whose tick nobody knows, and which task the spec does not have', async () => {
    const stranger = { operationId: 'op-1', stage: 'capacity', task: 'stranger' }
    expect(await linesOf({}, 'stranger')).toEqual([{ level: 'warn', event: 'tick of an unknown task', ...stranger }])
    const task = { key: 'stranger', state: newTask(begunAt) }
    const line = { level: 'error', event: 'task is not in the spec', ...stranger }
    expect(await linesOf({ task }, 'stranger')).toEqual([line])
  })
})
