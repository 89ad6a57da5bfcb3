import { describe, expect, it, test } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { adoptWakes, folded, foldWakes, hostsLeftOn } from '../../../src/lib/execution/fold-wakes.ts'
import type { WakeResult } from '../../../src/lib/execution/wake-result.ts'
import type { OperationSpec, Subject } from '../../../src/lib/machine/spec.ts'
import type { HostClock } from '../../../src/lib/model/host-clock.ts'
import type { OperationRecord, TaskRecord } from '../../../src/lib/ports/operations.ts'
import { keepAlive } from '../../../src/lib/runbooks/keep-alive.ts'
import { clock, endedAt, record } from '../../support/ended-wake.ts'
import { begunAt, hostSpec, openEngine, putOperation, putTask } from '../../support/engine-world.ts'
import { hostSubject } from '../../support/step-things.ts'

const result: WakeResult = {
  stage: 'wake',
  side: 'secondary',
  host: 'avd-1',
  outcome: 'proven',
  provenAt: endedAt - minutes(2),
  aliveSince: begunAt + minutes(3),
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

  test('starts the clock of a host nobody knew, and says nothing that is not known', () => {
    expect(folded(undefined, record, result)).toEqual({
      pairId: 'pair',
      side: 'secondary',
      host: 'avd-1',
      firstSeen: begunAt,
      lastProof: endedAt - minutes(2),
      beats: { from: begunAt + minutes(3), to: endedAt - minutes(2) },
      startFailures: [],
      left: [],
      lastWake: { operationId: 'keepAlive-1', at: endedAt, outcome: 'proven' },
    })
  })

  test('keeps the newest start that went through, of the machine as it was then', () => {
    const [old, fresh] = [1, 2].map((at) => ({ at, size: 'D4', zone: '2' }))
    const before = { ...clock, ...(old && { lastStart: old }) }
    expect(folded(before, record, result)?.lastStart).toEqual(old)
    expect(folded(before, record, { ...result, ...(fresh && { started: fresh }) })?.lastStart).toEqual(fresh)
  })

  test('without a heartbeat leaves the proof as it was', () => {
    const { provenAt: _, ...mute } = result
    const before = { ...clock, lastProof: 5, beats: { from: 4, to: 5 }, agentVersion: '1.0.2' }
    expect(folded(before, record, { ...mute, outcome: 'noHeartbeat' })).toMatchObject({
      lastProof: 5,
      beats: { from: 4, to: 5 },
      agentVersion: '1.0.2',
    })
  })

  test.each<[string, number | undefined]>([
    ['one heartbeat of a host that ran already', undefined],
    ['a run too short to renew the token', endedAt - minutes(20)],
  ])('takes %s for a heartbeat and not for a proof', (_, aliveSince) => {
    const { aliveSince: _since, ...rest } = result
    const after = folded(clock, record, aliveSince === undefined ? rest : { ...rest, aliveSince })
    expect(after).toMatchObject({ beats: { from: endedAt - minutes(2), to: endedAt - minutes(2) } })
    expect(after).not.toHaveProperty('lastProof')
  })

  test.each([
    ['another failure at the same moment', 5, 'SkuNotAvailable'],
    ['the same failure at another moment', 6, 'AllocationFailed'],
  ])('counts %s as a second one', (_, at, code) => {
    const before = { ...clock, startFailures: [failure(5)] }
    expect(folded(before, record, { ...result, startFailure: { ...failure(at), code } })?.startFailures).toHaveLength(2)
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

  test('clears what was left up to the moment it began, and nobody knows since when', () => {
    expect(folded({ ...before, leftSince: begunAt }, record, back)).toMatchObject({ left: [] })
    const { leftSince: _, ...undated } = before
    expect(folded(undated, record, { ...back, left: ['undrainHost'] })).toMatchObject({
      left: ['undrainHost'],
      leftSince: begunAt,
    })
  })

  test('does not clear what was left later than it began', () => {
    expect(folded({ ...before, leftSince: begunAt + 1 }, record, back)).toBeUndefined()
    expect(folded(clock, record, back)).toBeUndefined()
  })
})

const host = hostSubject as Extract<Subject, { kind: 'host' }>
const task: TaskRecord = {
  stage: 'wake',
  key: 'avd-1',
  ordinal: 0,
  batch: 0,
  tick: 4,
  dueAt: 0,
  retries: 0,
  poisoned: 0,
  state: { status: 'over', outcome: 'succeeded', at: 0, undo: [], passedOver: [], facts: { found: 'running' } },
  timeline: [],
}
const whole: OperationRecord = {
  ...record,
  kind: 'keepAlive',
  specHash: '',
  tick: 9,
  dueAt: 0,
  listedAt: 0,
  requestedBy: 'timer',
  timeline: [],
}

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

  it('gives up when it does not get through five times: the end is told again', async () => {
    const { fold, world } = await open()
    let tries = 0
    const never = async () => {
      tries++
      return undefined
    }
    await expect(fold({ ...world, hosts: { ...world.hosts, save: never } })).rejects.toThrow(
      'The clock of avd-1 changes too fast',
    )
    expect(tries).toBe(5)
  })

  it('writes the clocks of all its hosts, sixteen at a time', async () => {
    const hosts = Array.from({ length: 40 }, (_, i) => ({ ...host, key: `avd-${i}`, host: `avd-${i}` }))
    const stages = spec.stages.map((stage) => ({ ...stage, tasks: stage.name === 'wake' ? hosts : [] }))
    const { world } = openEngine()
    const many = { underway: 0, most: 0 }
    const save: typeof world.hosts.save = async (...args) => {
      many.most = Math.max(many.most, ++many.underway)
      await new Promise<void>((resolve) => setImmediate(resolve))
      many.underway--
      return world.hosts.save(...args)
    }
    const tasks = hosts.map(({ key }, ordinal) => ({ ...task, key, ordinal }))
    await foldWakes({ ...world, hosts: { ...world.hosts, save } }, { ...spec, stages }, whole, tasks)
    expect(await world.hosts.list('pair')).toHaveLength(40)
    expect(many.most).toBe(16)
  })

  it('adopts only hosts of that side on which something was left, and writes no other clock', async () => {
    const { world } = openEngine()
    const left = ['undrainHost'] as const
    await world.hosts.save({ ...clock, left, leftSince: 3 })
    await world.hosts.save({ ...clock, side: 'primary', left, leftSince: 3 })
    await world.hosts.save({ ...clock, host: 'avd-2' })
    const saved: string[] = []
    const save: typeof world.hosts.save = (value, etag) => {
      saved.push(`${value.side} ${value.host} ${value.left}`)
      return world.hosts.save(value, etag)
    }
    const told = { ...world, hosts: { ...world.hosts, save } }
    await adoptWakes(told, 'pair', 'secondary', new Set(['avd-1', 'avd-2']))
    expect(saved).toEqual(['secondary avd-1 '])
    expect(await hostsLeftOn(world, 'pair', 'primary')).toEqual([])
  })
})
