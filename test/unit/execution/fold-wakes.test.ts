import { describe, expect, it, test } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { adoptWakes, folded, foldWakes, hostsLeftOn } from '../../../src/lib/execution/fold-wakes.ts'
import type { WakeResult } from '../../../src/lib/execution/wake-result.ts'
import { newOperation } from '../../../src/lib/machine/operation-state.ts'
import type { OperationSpec } from '../../../src/lib/machine/spec.ts'
import type { HostClock } from '../../../src/lib/model/host-clock.ts'
import type { OperationRecord } from '../../../src/lib/ports/operations.ts'
import { keepAlive } from '../../../src/lib/runbooks/keep-alive.ts'
import { begunAt, hostSpec, openEngine, putOperation, putTask } from '../../support/engine-world.ts'
import { hostSubject } from '../../support/step-things.ts'

const endedAt = begunAt + hours(2)
const record = {
  id: 'keepAlive-1',
  pairId: 'pair',
  createdAt: begunAt,
  state: { ...newOperation(hostSpec(), begunAt), status: 'over', endedAt },
} as const satisfies Pick<OperationRecord, 'id' | 'pairId' | 'createdAt' | 'state'>
const result: WakeResult = {
  stage: 'wake',
  side: 'secondary',
  host: 'avd-1',
  outcome: 'proven',
  provenAt: endedAt - minutes(2),
  aliveSince: begunAt + minutes(3),
  left: [],
}
const clock: HostClock = {
  pairId: 'pair',
  side: 'secondary',
  host: 'avd-1',
  firstSeen: 1,
  startFailures: [],
  left: [],
}
const failure = (at: number) => ({ at, code: 'AllocationFailed', size: 'D4' })

describe('the end of a wake-up in the clock of a host', () => {
  test('sets the proof and says how it ended', () => {
    expect(folded(clock, record, { ...result, agentVersion: '1.0.3', onFor: 5, detail: 'fine' })).toMatchObject({
      lastProof: endedAt - minutes(2),
      agentVersion: '1.0.3',
      lastWake: { operationId: 'keepAlive-1', at: endedAt, outcome: 'proven', onFor: 5, detail: 'fine' },
    })
  })

  test('never sets the proof back', () => {
    expect(folded({ ...clock, lastProof: endedAt + 1 }, record, result)?.lastProof).toBe(endedAt + 1)
  })

  test('starts the clock of a host nobody knew', () => {
    expect(folded(undefined, record, result)).toMatchObject({ firstSeen: begunAt, host: 'avd-1', pairId: 'pair' })
  })

  test('keeps the newest ten failed starts', () => {
    const ten = Array.from({ length: 10 }, (_, i) => failure(i))
    const after = folded({ ...clock, startFailures: ten }, record, { ...result, startFailure: failure(99) })
    expect(after?.startFailures.map(({ at }) => at)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 99])
  })

  test('counts a failed start once, also when the end of a retry tells it again', () => {
    const once = folded(clock, record, { ...result, startFailure: failure(5) })
    const later = { ...record, state: { ...record.state, endedAt: endedAt + 1 } }
    expect(folded(once, later, { ...result, startFailure: failure(5) })?.startFailures).toEqual([failure(5)])
  })

  test('believes no heartbeat from the future', () => {
    expect(folded(clock, record, { ...result, provenAt: endedAt + hours(5) })?.lastProof).toBe(endedAt)
  })

  test('adds what it leaves behind to what was left before, and keeps since when', () => {
    const before: HostClock = { ...clock, left: ['deallocateVm'], leftSince: 7 }
    expect(folded(before, record, { ...result, left: ['includeInScaling'] })).toMatchObject({
      left: ['deallocateVm', 'includeInScaling'],
      leftSince: 7,
    })
    expect(folded(clock, record, { ...result, left: ['undrainHost'] })).toMatchObject({ leftSince: endedAt })
  })

  test('is told once, and not over a later one', () => {
    const once = folded(clock, record, { ...result, startFailure: failure(1), left: ['deallocateVm'] })
    if (!once) throw new Error('nothing was folded')
    expect(folded({ ...once, left: [] }, record, { ...result, left: ['deallocateVm'] })).toBeUndefined()
    const later = { operationId: 'keepAlive-2', at: endedAt + 1, outcome: 'proven' } as const
    expect(folded({ ...clock, lastWake: later }, record, result)).toBeUndefined()
  })
})

describe('what was put back', () => {
  const back: WakeResult = { ...result, stage: 'putBack' }
  const before: HostClock = { ...clock, left: ['deallocateVm', 'undrainHost'], leftSince: begunAt - 1 }

  test('is not left any more', () => {
    expect(folded(before, record, back)).toEqual({ ...clock, left: [] })
    expect(folded(before, record, { ...back, left: ['undrainHost'] })).toMatchObject({
      left: ['undrainHost'],
      leftSince: begunAt - 1,
    })
  })

  test('does not clear what was left later than it began', () => {
    expect(folded({ ...before, leftSince: begunAt + 1 }, record, back)).toBeUndefined()
    expect(folded(clock, record, back)).toBeUndefined()
  })
})

const spec: OperationSpec = hostSpec({
  kind: 'keepAlive',
  keepAlive: { stayOn: hours(2), maxOnTime: hours(8), patches: 'none' },
  stages: keepAlive('secondary', { patches: 'none' }).map((stage) => ({
    ...stage,
    tasks: stage.name === 'wake' ? [hostSubject] : [],
  })),
})

describe('folding an operation', () => {
  async function open() {
    const opened = openEngine()
    const kept = await putOperation(opened, { spec, state: { status: 'over', outcome: 'takenOver', endedAt } })
    const state = {
      status: 'open',
      path: 'forward',
      at: 4,
      attempt: 0,
      enteredAt: begunAt,
      memo: {},
      undo: [{ step: 'deallocateVm', side: 'secondary' }],
      passedOver: [],
    } as const
    await putTask(opened, 'op-1', { stage: 'wake', tick: 4, state })
    const tasks = await opened.world.operations.tasks('op-1')
    const clockNow = async () => (await opened.world.hosts.load('pair', 'secondary', 'avd-1'))?.value
    return { ...opened, fold: (world = opened.world) => foldWakes(world, spec, kept, tasks), clockNow }
  }

  it('keeps what an operation that lost its pair has left behind', async () => {
    const { fold, clockNow, world } = await open()
    await fold()
    expect(await clockNow()).toMatchObject({ left: ['deallocateVm'], lastWake: { outcome: 'interrupted' } })
    expect(await hostsLeftOn(world, 'pair', 'secondary')).toEqual(['avd-1'])
    expect(await hostsLeftOn(world, 'pair', 'primary')).toEqual([])
  })

  it('is adopted by a failover for the hosts it let people onto, and not brought back by a repeat', async () => {
    const { fold, clockNow, world } = await open()
    await fold()
    await adoptWakes(world, 'pair', 'secondary', new Set(['avd-9']))
    expect((await clockNow())?.left).toEqual(['deallocateVm'])
    await adoptWakes(world, 'pair', 'secondary', new Set(['avd-1']))
    expect(await clockNow()).toMatchObject({ left: [] })
    expect(await clockNow()).not.toHaveProperty('leftSince')
    await fold()
    expect((await clockNow())?.left).toEqual([])
  })

  it('goes by the newest row when somebody else saves at the same moment', async () => {
    const { fold, clockNow, world } = await open()
    let isFirst = true
    const contested = {
      ...world,
      hosts: {
        ...world.hosts,
        async save(value: HostClock, etag?: string) {
          if (isFirst) await world.hosts.save({ ...clock, lastProof: 42 })
          isFirst = false
          return world.hosts.save(value, etag)
        },
      },
    }
    await fold(contested)
    expect(await clockNow()).toMatchObject({ lastProof: 42, left: ['deallocateVm'] })
  })

  it('gives up when it never gets through: the end is told again', async () => {
    const { fold, world } = await open()
    const never = { ...world, hosts: { ...world.hosts, save: async () => undefined } }
    await expect(fold(never)).rejects.toThrow('avd-1')
  })
})
