import { describe, expect, it } from 'vitest'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { StorageAway } from '../../../src/lib/storage/errors.ts'
import { begunAt, type EngineWorld, type Given, hostSpec } from '../../support/engine-world.ts'
import { gone, hostSubject } from '../../support/step-things.ts'
import { openTick, paced, type Scene } from '../../support/tick-scene.ts'

describe('a tick that begins something', () => {
  it('sends the next tick, saves, and only then begins', async () => {
    const { tick, deeds } = await openTick()
    await tick(0)
    expect(deeds).toEqual(['send avd-1 1', 'save avd-1 1', 'begin'])
  })

  it('has its slot before, and says afterwards when it was answered', async () => {
    const { tick, deeds } = await openTick({ limits: paced })
    await tick(0)
    expect(deeds).toEqual(['take slot', 'send avd-1 1', 'save avd-1 1', 'begin', 'keep slot'])
  })

  it('is on record together with its event', async () => {
    const { tick, row, world } = await openTick()
    await tick(0)
    expect((await row())?.state).toMatchObject({ status: 'open', attempt: 1, begunAt })
    const begins = (await world.operations.events('op-1')).filter(({ act }) => act === 'begin')
    expect(begins).toMatchObject([{ by: 'ops@example.com', step: 'startVm@secondary', attempt: 1, subject: 'avd-1' }])
  })

  it('waits for its turn when the pacer is full', async () => {
    const { tick, deeds, row, sent } = await openTick({
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
    const { tick, deeds, row } = await openTick({ limits: paced, begin: { kind: 'unknown', fault: gone } })
    await tick(0)
    expect(deeds.at(-1)).toBe('begin')
    expect((await row())?.state).toMatchObject({ begunAt })
  })

  it('records a refusal at once and gives the slot back', async () => {
    const { tick, deeds, row } = await openTick({ limits: paced, begin: { kind: 'refused', fault: gone } })
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
    const { tick, deeds, row } = await openTick({ begin: { kind: 'refused', fault } })
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
    const { tick, deeds, row } = await openTick({ limits: paced, meanwhile: stolen })
    await tick(0)
    expect(deeds).toEqual(['save avd-1 7', 'take slot', 'send avd-1 1', 'save avd-1 1', 'free slot'])
    expect(await row()).toMatchObject({ tick: 7 })
  })

  it('begins nothing when storage is away, and the message comes back', async () => {
    const { tick, deeds } = await openTick({
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
    const { tick, deeds, row } = await openTick({ limits: paced, meanwhile })
    await tick(0)
    expect(deeds).not.toContain('begin')
    expect(deeds).not.toContain('take slot')
    expect((await row())?.state).toMatchObject({ attempt: 0, undo: [] })
    expect((await row())?.state).not.toHaveProperty('begunAt')
  })
})
