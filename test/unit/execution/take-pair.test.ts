import { describe, expect, it } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { begin } from '../../../src/lib/execution/take-pair.ts'
import { tickOperation } from '../../../src/lib/execution/tick-operation.ts'
import { tickTask } from '../../../src/lib/execution/tick-task.ts'
import type { OperationKind } from '../../../src/lib/machine/spec.ts'
import {
  begunAt,
  type EngineWorld,
  type Given,
  openEngine,
  putOperation,
  putTask,
  stepOf,
} from '../../support/engine-world.ts'

/** `op-1` holds the pair, if it is said as what; `op-2` has not begun. */
async function open(holder: OperationKind | undefined, given: Given = {}, change?: Parameters<typeof openEngine>[0]) {
  const opened = openEngine(change)
  const { engine, world } = opened
  if (holder) await putOperation(opened, { kind: holder })
  await putOperation(opened, { id: 'op-2', holds: false, ...given })
  opened.deeds.length = 0
  return {
    ...opened,
    begin: async () => {
      const stored = await world.operations.load('op-2')
      return stored && begin(engine, stored)
    },
    tick: (operationId: string) => tickOperation(engine, { v: 1, operationId, tick: 90 }),
    record: async (id: string) => (await world.operations.load(id))?.value,
    pair: async () => (await world.pairs.load('pair')).value,
  }
}

const late: Given = { record: { startAt: begunAt + minutes(5) } }

describe('an operation that begins', () => {
  it('takes a free pair by raising its epoch', async () => {
    const { begin, pair, record } = await open(undefined)
    expect((await begin())?.value.epoch).toBe(1)
    expect(await pair()).toMatchObject({ epoch: 1, heldBy: { operationId: 'op-2', kind: 'failover' } })
    expect(await record('op-2')).toMatchObject({ epoch: 1 })
  })

  it.each<[OperationKind, OperationKind, 'takes it over' | 'is refused']>([
    ['failover', 'keepAlive', 'takes it over'],
    ['failover', 'drill', 'takes it over'],
    ['drill', 'keepAlive', 'takes it over'],
    ['failover', 'failback', 'is refused'],
    ['failover', 'failover', 'is refused'],
    ['keepAlive', 'failover', 'is refused'],
    ['keepAlive', 'keepAlive', 'is refused'],
  ])('a %s finds a pair held by a %s: it %s', async (kind, holder, ends) => {
    const { begin, pair, record } = await open(holder, { kind })
    const isTaken = ends === 'takes it over'
    expect((await begin())?.value.epoch).toBe(isTaken ? 2 : undefined)
    expect(await pair()).toMatchObject({ epoch: isTaken ? 2 : 1, heldBy: { operationId: isTaken ? 'op-2' : 'op-1' } })
    const state = (await record('op-2'))?.state
    expect(state).toMatchObject(isTaken ? { status: 'running' } : { status: 'over', outcome: 'refused' })
  })

  it('goes on with a pair it had taken when it was cut off', async () => {
    const { begin, world } = await open(undefined)
    const pair = await world.pairs.load('pair')
    await world.pairs.save({ ...pair.value, epoch: 4, heldBy: { operationId: 'op-2', kind: 'failover' } }, pair.etag)
    expect((await begin())?.value.epoch).toBe(4)
  })

  it('comes back in a second when somebody else takes the pair at the same moment', async () => {
    const { begin, sent, record } = await open(undefined, {}, (world) => ({
      ...world,
      pairs: { ...world.pairs, save: async () => undefined },
    }))
    expect(await begin()).toBeUndefined()
    expect(sent('operation-ticks')).toMatchObject([{ operationId: 'op-2' }])
    expect((await record('op-2'))?.state.status).toBe('running')
  })
})

describe('a wake-up that begins', () => {
  it('is refused where users work by now: its hosts were on standby when it was started', async () => {
    const opened = await open(undefined, { kind: 'keepAlive' })
    const { value, etag } = await opened.world.pairs.load('pair')
    await opened.world.pairs.save({ ...value, activeSide: 'secondary' }, etag)
    expect(await opened.begin()).toBeUndefined()
    const after = await opened.record('op-2')
    expect(after?.state).toMatchObject({ status: 'over', outcome: 'refused' })
    expect(after?.timeline.at(-1)?.text).toBe('refused: users work on the secondary side by now')
    expect(await opened.pair()).not.toHaveProperty('heldBy')
  })

  it('takes a pair whose users are elsewhere', async () => {
    const opened = await open(undefined, { kind: 'keepAlive' })
    expect((await opened.begin())?.value).toMatchObject({ epoch: 1 })
  })
})

describe('an operation that is taken over', () => {
  it('ends as such, with a report, and does not let go of what is not its own', async () => {
    const { begin, tick, record, pair, world, pass } = await open('keepAlive')
    await begin()
    await tick('op-1')
    expect((await record('op-1'))?.state).toMatchObject({ status: 'over', outcome: 'takenOver' })
    await tick('op-1')
    expect(await world.active.list(), 'what was under way may still be put on record').toEqual(['op-1', 'op-2'])
    pass(minutes(1))
    await tick('op-1')
    expect(await pair()).toMatchObject({ heldBy: { operationId: 'op-2' } })
    expect(await world.active.list()).toEqual(['op-2'])
    expect(JSON.parse((await world.reports.get('op-1.json')) ?? '')).toMatchObject({ outcome: 'takenOver' })
  })

  it('begins nothing more, even before it has noticed', async () => {
    const begun: string[] = []
    const startVm = stepOf(
      'startVm',
      () => ({ kind: 'notBegun' }),
      ({ operationId }) => {
        begun.push(operationId)
        return { kind: 'accepted' }
      },
    )
    const opened = await open('keepAlive', {}, (world) => ({ ...world, steps: { ...world.steps, startVm } }))
    await opened.begin()
    for (const operationId of ['op-1', 'op-2']) {
      await putTask(opened, operationId)
      await tickTask(opened.engine, { v: 1, operationId, stage: 'capacity', key: 'avd-1', tick: 0 })
    }
    expect(begun, 'calls of the first one may still be on their way').toEqual([])
    opened.pass(minutes(1))
    for (const operationId of ['op-1', 'op-2'])
      await tickTask(opened.engine, { v: 1, operationId, stage: 'capacity', key: 'avd-1', tick: 1 })
    expect(begun).toEqual(['op-2'])
  })

  it('is remembered by whoever took the pair, also when it dies before it has said so itself', async () => {
    const opened = await open('keepAlive')
    const world = { ...opened.world, operations: { ...opened.world.operations, save: async () => undefined } }
    const stored = await opened.world.operations.load('op-2')
    if (!stored) throw new Error('there is no op-2')
    expect(await begin({ ...opened.engine, world }, stored)).toBeUndefined()
    expect(await opened.pair()).toMatchObject({ heldBy: { operationId: 'op-2', from: 'op-1' } })
    opened.pass(minutes(5))
    expect((await opened.begin())?.value.trustFrom).toBe(begunAt + minutes(6))
  })
})

describe('an operation for later', () => {
  const nextTick = ({ storage }: EngineWorld) => storage.queue('operation-ticks').nextVisibleAt()

  it('waits, and holds nothing meanwhile', async () => {
    const opened = await open(undefined, late)
    expect(await opened.begin()).toBeUndefined()
    expect(nextTick(opened)).toBe(begunAt + minutes(5))
    expect(await opened.pair()).toMatchObject({ epoch: 0 })
  })

  it('waits in steps of six hours at most', async () => {
    const opened = await open(undefined, { record: { startAt: begunAt + hours(20) } })
    await opened.begin()
    expect(nextTick(opened)).toBe(begunAt + hours(6))
  })

  it('ends when it is aborted before its time', async () => {
    const { begin, record } = await open(undefined, { ...late, state: { intent: 'abort' } })
    await begin()
    expect((await record('op-2'))?.state).toMatchObject({ status: 'over', outcome: 'aborted' })
  })

  it('is refused when what was asked for cannot be planned again at its time', async () => {
    const { begin, record, pass, pair } = await open(undefined, late)
    pass(minutes(5))
    await begin()
    expect((await record('op-2'))?.state).toMatchObject({ status: 'over', outcome: 'refused' })
    expect(await pair()).toMatchObject({ epoch: 0 })
  })

  it('is not planned again when it tries again what failed: the estate is no more as it was approved', async () => {
    const { begin, pass } = await open(undefined, { ...late, state: { retries: 1 } })
    pass(minutes(5))
    expect((await begin())?.value).toMatchObject({ epoch: 1, state: { status: 'running' } })
  })
})

describe('the timeline of who has the pair', () => {
  it('says whom it was taken from, and by whom, and what the loser did is in doubt', async () => {
    const { begin, tick, record } = await open('keepAlive')
    await begin()
    await tick('op-1')
    const [loser, winner] = [await record('op-1'), await record('op-2')]
    expect(winner?.timeline.at(-1)?.text).toBe('takes the pair from op-1')
    expect(winner).toMatchObject({ takenFrom: loser?.specHash, trustFrom: expect.any(Number) })
    expect(loser?.timeline.at(-1)?.text).toBe('takenOver: taken over by op-2')
  })

  it('says who holds a pair that cannot be taken, and ticks the end', async () => {
    const { begin, record, sent } = await open('failover')
    const before = await record('op-2')
    await begin()
    const after = await record('op-2')
    expect(after?.timeline.at(-1)?.text).toBe('refused: the pair is held by op-1')
    expect(after?.tick).toBe((before?.tick ?? 0) + 1)
    expect(sent('operation-ticks')).toMatchObject([{ operationId: 'op-2', tick: after?.tick }])
  })

  it('goes on without a word where nobody has taken it', async () => {
    const { engine, world, record } = await open('failover')
    const stored = await world.operations.load('op-1')
    expect(stored && (await begin(engine, stored))).toBe(stored)
    expect(await record('op-1')).toEqual(stored?.value)
  })
})
