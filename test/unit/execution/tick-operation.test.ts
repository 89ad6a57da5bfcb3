import { describe, expect, it } from 'vitest'
import { seconds } from '../../../src/lib/core/time.ts'
import { tickOperation } from '../../../src/lib/execution/tick-operation.ts'
import type { TaskRecord } from '../../../src/lib/ports/operations.ts'
import type { World } from '../../../src/lib/ports/world.ts'
import { begunAt } from '../../support/engine-world.ts'
import { open as openStage, stage } from '../../support/operation-machine.ts'
import { done, openOperation as open } from '../../support/operation-scene.ts'

describe('a message to an operation', () => {
  it('nobody knows is dropped', async () => {
    const { engine, deeds, sent } = await open({ stages: [stage('secure', 1)] })
    await tickOperation(engine, { v: 1, operationId: 'op-9', tick: 0 })
    expect([deeds, sent('operation-ticks'), await engine.world.operations.events('op-9')]).toEqual([[], [], []])
  })

  it.each<[string, { readonly tick?: number; readonly sentAt?: number }, boolean]>([
    ['of a tick before', { tick: 4 }, false],
    ['of this tick', { tick: 5 }, true],
    ['of a tick to come', { tick: 6 }, true],
    ['that is a nudge from before the last count', { sentAt: begunAt - 6 }, false],
    ['that is a nudge from the moment of the last count', { sentAt: begunAt - 5 }, false],
    ['that is a nudge from after it', { sentAt: begunAt - 4 }, true],
    ['that says nothing of when', {}, true],
  ])('%s is spare or counts: %j', async (_, message, counts) => {
    const record = { tick: 5, listedAt: begunAt - 5 }
    const state = { stages: { secure: openStage() } }
    const { tick, row } = await open({ stages: [stage('secure', 1)], state, given: { record } })
    await tick(message)
    expect((await row())?.tick).toBe(counts ? 6 : 5)
  })

  it('that is over tells its end, but not a second time', async () => {
    const state = { status: 'over', outcome: 'succeeded', endedAt: begunAt } as const
    const { tick, world, sent, deeds } = await open({ stages: [stage('secure', 1)], state, tasks: [] })
    await tick({ tick: 0 })
    expect(await world.active.list()).toEqual([])
    expect(sent('notifications')).toHaveLength(1)
    await tick({ tick: 9 })
    expect(sent('notifications')).toHaveLength(1)
    expect(deeds).toEqual([])
  })

  it('whose pair somebody else holds ends it: nothing is opened', async () => {
    const { tick, row, tasks, world, sent } = await open({ stages: [stage('secure', 1)], given: { holds: false } })
    const pair = await world.pairs.load('pair')
    await world.pairs.save({ ...pair.value, epoch: 1, heldBy: { operationId: 'x', kind: 'failover' } }, pair.etag)
    await tick()
    expect((await row())?.state).toMatchObject({ outcome: 'refused' })
    expect([await tasks(), sent('task-ticks')]).toEqual([[], []])
  })

  it('whose row nobody can read is put on record, and the row is left as it is', async () => {
    const { tick, storage, world } = await open({ stages: [stage('secure', 1)] })
    const table = storage.table('operations')
    const stored = await table.get('op-1', 'operation')
    const value = { ...stored?.value, tick: 'first' }
    if (stored) await table.replace({ ...stored, value }, stored.etag)
    await tick()
    expect((await table.get('op-1', 'operation'))?.value).toEqual(value)
    expect(await world.operations.events('op-1')).toContainEqual(expect.objectContaining({ act: 'unreadableRow' }))
  })
})

describe('a count', () => {
  const state = { stages: { secure: openStage() } }
  const one = { stage: 'secure', key: 'secure-0', tick: 1 } as const

  it('that finds something open asks nothing about an end', async () => {
    const stamp = () => Promise.reject(new Error('asked about its end'))
    const change = (world: World): World => ({ ...world, active: { ...world.active, stamp } })
    const { tick, row } = await open({ stages: [stage('secure', 1)], state, tasks: [one], change })
    await tick()
    expect((await row())?.tick).toBe(2)
  })

  it('is dated by its start; what is due next counts from its end', async () => {
    const { tick, row, pass } = await open({
      stages: [stage('secure', 1)],
      state,
      tasks: [one],
      change: (world) => ({
        ...world,
        operations: {
          ...world.operations,
          glances: (...args) => {
            pass(seconds(4))
            return world.operations.glances(...args)
          },
        },
      }),
    })
    await tick()
    expect(await row()).toMatchObject({ listedAt: begunAt, dueAt: begunAt + seconds(34) })
  })

  it('that finds all over ends the operation: its report is there, and no message is left', async () => {
    const tasks = [{ ...one, state: done }]
    const { tick, row, world, sent } = await open({ stages: [stage('secure', 1)], state, tasks })
    await tick()
    expect(await row()).toMatchObject({ tick: 2, state: { status: 'over', outcome: 'succeeded' } })
    expect(sent('operation-ticks')).toEqual([])
    expect(JSON.parse((await world.reports.get('op-1.json')) ?? '{}')).toMatchObject({ outcome: 'succeeded' })
    expect(sent('notifications')).toHaveLength(1)
    expect(await world.active.list()).toEqual([])
  })

  it.each<[string, Partial<TaskRecord>[]]>([
    ['ends nothing', [{ ...one, state: done }]],
    ['opens nothing further', []],
  ])('%s when somebody else has saved meanwhile', async (_, tasks) => {
    const stages = [stage('secure', 1)]
    const { tick, deeds, sent } = await open({
      stages,
      ...(tasks.length > 0 && { state }),
      tasks,
      change: (world) => ({
        ...world,
        operations: { ...world.operations, save: async () => undefined },
      }),
    })
    await tick()
    expect(deeds.filter((deed) => deed.startsWith('save'))).toEqual(['save operation 2'])
    expect([sent('notifications'), sent('task-ticks')]).toEqual([[], []])
  })
})
