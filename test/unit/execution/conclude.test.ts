import { describe, expect, it } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import { conclude } from '../../../src/lib/execution/conclude.ts'
import type { Engine } from '../../../src/lib/execution/engine.ts'
import type { OperationState } from '../../../src/lib/machine/operation-state.ts'
import type { OperationSpec, StageSpec } from '../../../src/lib/machine/spec.ts'
import type { OverTask, Undo } from '../../../src/lib/machine/task-state.ts'
import { begunAt, hostSpec, openEngine, putOperation, putTask } from '../../support/engine-world.ts'
import { stage } from '../../support/operation-machine.ts'
import { desktop, hostSubject, move } from '../../support/step-things.ts'

const done = (outcome: OverTask['outcome'], ...undo: Undo[]): OverTask => ({
  status: 'over',
  outcome,
  at: 0,
  undo,
  passedOver: [],
})
const started: Undo = { step: 'deallocateVm', side: 'secondary' }
const scalingOff: Undo = { step: 'enableScalingPlan', side: 'primary' }

const pooled = hostSpec({
  stages: [
    stage('secure', 1),
    stage('capacity', 0, { tasks: [hostSubject] }),
    stage('revoke', 0, { tasks: [move('a')] }),
    stage('grant', 0, { tasks: [move('a')], pointOfNoReturn: true }),
  ],
})
const personal = hostSpec({ stages: [stage('desktops', 0, { tasks: [desktop], taskPointOfNoReturn: 1 })] })

async function ended(state: Partial<OperationState>, spec: OperationSpec = pooled, task = done('succeeded', started)) {
  const opened = openEngine()
  const record = await putOperation(opened, { spec, state: { status: 'over', endedAt: begunAt, ...state } })
  const name = spec === personal ? 'desktops' : 'capacity'
  await putTask(opened, 'op-1', { stage: name, tick: 3, state: task })
  if (spec === pooled)
    await putTask(opened, 'op-1', { stage: 'secure', key: 'secure-0', tick: 2, state: done('succeeded', scalingOff) })
  return {
    ...opened,
    conclude: () => conclude(opened.engine, record),
    pair: async () => (await opened.world.pairs.load('pair')).value,
  }
}

async function reopen({ world }: Engine) {
  const stored = await world.operations.load('op-1')
  if (!stored) throw new Error('there is no op-1')
  const state = { ...stored.value.state, status: 'running', retries: 1 } as const
  await world.operations.save({ ...stored.value, state }, stored.etag)
}

describe('the end of an operation', () => {
  it('leaves a report, lets go of the pair, tells people, and removes the entry of the sweep', async () => {
    const { conclude, world, pair, sent } = await ended({ outcome: 'succeeded', pastNoReturn: true })
    await conclude()
    expect(JSON.parse((await world.reports.get('op-1.json')) ?? '')).toMatchObject({ outcome: 'succeeded' })
    expect(await pair()).not.toHaveProperty('heldBy')
    expect(sent('notifications')).toEqual([{ v: 1, event: 'operationOver', operationId: 'op-1', outcome: 'succeeded' }])
    expect(await world.active.list()).toEqual([])
  })

  it('may be repeated: everything comes out the same', async () => {
    const { conclude, world, pair } = await ended({ outcome: 'succeeded', pastNoReturn: true })
    await conclude()
    const first = [await world.reports.get('op-1.json'), await pair()]
    await conclude()
    expect([await world.reports.get('op-1.json'), await pair()]).toEqual(first)
  })

  it('remembers for the way back what was moved, started and switched off', async () => {
    const { conclude, pair } = await ended({ outcome: 'partial', pastNoReturn: true })
    await conclude()
    expect(await pair()).toMatchObject({
      activeSide: 'secondary',
      startedHosts: ['avd-1'],
      restore: { primary: ['enableScalingPlan'], secondary: [] },
      recordedAssignments: [{ key: 'a', principalId: 'a' }],
    })
  })

  const onePast = { outcome: 'succeeded', pastNoReturn: true } as const
  it.each<[string, Partial<OperationState>, OperationSpec, OverTask['outcome'], 'primary' | 'secondary']>([
    ['when access has moved', onePast, pooled, 'succeeded', 'secondary'],
    ['not when it was taken back', { outcome: 'aborted' }, pooled, 'aborted', 'primary'],
    ['not when it ended before access moved', { outcome: 'partial', pastNoReturn: false }, pooled, 'failed', 'primary'],
    ['when every desktop has arrived', { outcome: 'succeeded' }, personal, 'succeeded', 'secondary'],
    ['when every desktop has, though one is degraded', { outcome: 'partial' }, personal, 'degraded', 'secondary'],
    ['not when one has not', { outcome: 'partial' }, personal, 'failed', 'primary'],
    [
      'not when one was left out',
      { outcome: 'partial' },
      { ...personal, out: [{ host: 'x', code: 'c', reason: 'r' }] },
      'succeeded',
      'primary',
    ],
  ])('says that users are on the other side %s', async (_, state, spec, outcome, side) => {
    const opened = openEngine()
    const record = await putOperation(opened, { spec, state: { status: 'over', endedAt: begunAt, ...state } })
    const name = spec.stages.some((stage) => stage.name === 'desktops') ? 'desktops' : 'capacity'
    await putTask(opened, 'op-1', { stage: name, tick: 3, state: done(outcome) })
    await conclude(opened.engine, record)
    expect((await opened.world.pairs.load('pair')).value.activeSide).toBe(side)
  })

  it('moves nobody with a wake-up, however well it went', async () => {
    const { conclude, pair } = await ended(
      { outcome: 'succeeded' },
      { ...pooled, kind: 'keepAlive', stages: pooled.stages.slice(0, 2) },
    )
    await conclude()
    expect(await pair()).toMatchObject({ activeSide: 'primary', startedHosts: [] })
    expect(await pair()).not.toHaveProperty('heldBy')
  })

  it('remembers as started what a wake-up had left on, and clears it only for hosts that people were let onto', async () => {
    const { conclude, pair, world } = await ended(
      { outcome: 'succeeded', pastNoReturn: true },
      pooled,
      done('succeeded'),
    )
    const clock = {
      pairId: 'pair',
      side: 'secondary',
      firstSeen: 1,
      startFailures: [],
      left: ['deallocateVm'],
      leftSince: 1,
    } as const
    for (const host of ['avd-1', 'avd-2']) await world.hosts.save({ ...clock, host })
    await world.hosts.save({ ...clock, host: 'avd-3', left: ['undrainHost'] })
    await conclude()
    expect((await pair()).startedHosts).toEqual(['avd-1', 'avd-2'])
    const left = (await world.hosts.list('pair')).map(({ value }) => [value.host, value.left])
    expect(left).toEqual([
      ['avd-1', []],
      ['avd-2', ['deallocateVm']],
      ['avd-3', ['undrainHost']],
    ])
  })

  describe('remembers which standby hosts may carry our exclusion tag', () => {
    const tagged: Undo = { step: 'includeInScaling', side: 'secondary' }
    const stages = (...names: readonly StageSpec[]) => ({ ...pooled, stages: [...pooled.stages, ...names] })
    const handBack = stage('handBack', 0, { tasks: [hostSubject] })
    const standDown = stage('standDown', 0, { tasks: [hostSubject] })
    const moved = { outcome: 'partial', pastNoReturn: true } as const
    const unproven = { ...done('succeeded'), passedOver: ['includeInScaling'] } as const
    type Case = { spec: OperationSpec; task: OverTask; last?: OverTask; before?: readonly string[]; wanted: unknown }

    it.each<[string, Case]>([
      ['where it could not be taken off', { spec: pooled, task: done('failed', tagged), wanted: ['avd-1'] }],
      ['where the host ran already', { spec: pooled, task: done('succeeded', tagged), wanted: ['avd-1'] }],
      ['but those that are put to rest', { spec: pooled, task: done('succeeded', tagged, started), wanted: [] }],
      ['but those without it', { spec: pooled, task: done('succeeded'), wanted: [] }],
      [
        'but those that were handed back',
        { spec: stages(handBack), task: done('succeeded', tagged), last: done('succeeded'), wanted: [] },
      ],
      [
        'where handing back was passed over',
        { spec: stages(handBack), task: done('succeeded', tagged), last: unproven, wanted: ['avd-1'] },
      ],
      ['from before', { spec: pooled, task: done('succeeded'), before: ['avd-9'], wanted: ['avd-9'] }],
      [
        'where a failback could not take it off',
        {
          spec: { ...stages(standDown), kind: 'failback', target: 'primary' },
          task: done('succeeded', { ...tagged, side: 'primary' }),
          last: unproven,
          before: ['avd-9'],
          wanted: ['avd-1'],
        },
      ],
      [
        'until a failback has taken it off',
        {
          spec: { ...stages(standDown), kind: 'failback', target: 'primary' },
          task: done('succeeded'),
          last: done('succeeded'),
          before: ['avd-1'],
          wanted: [],
        },
      ],
    ])('%s', async (_, { spec, task, last, before, wanted }) => {
      const opened = openEngine()
      const record = await putOperation(opened, { spec, state: { status: 'over', endedAt: begunAt, ...moved } })
      await putTask(opened, 'op-1', { stage: 'capacity', tick: 3, state: task })
      const name = spec.stages.at(-1)?.name
      if (last && name) await putTask(opened, 'op-1', { stage: name, tick: 3, state: last })
      const pair = await opened.world.pairs.load('pair')
      if (before) await opened.world.pairs.save({ ...pair.value, taggedHosts: before }, pair.etag)
      await conclude(opened.engine, record)
      expect((await opened.world.pairs.load('pair')).value.taggedHosts).toEqual(wanted)
    })
  })

  it('does not touch a pair that somebody else holds', async () => {
    const { conclude, world, pair, pass } = await ended({ outcome: 'takenOver' })
    pass(minutes(1))
    const before = await world.pairs.load('pair')
    const heldBy = { operationId: 'op-2', kind: 'failover' } as const
    await world.pairs.save({ ...before.value, epoch: 2, heldBy }, before.etag)
    await conclude()
    expect(await pair()).toMatchObject({ epoch: 2, heldBy, activeSide: 'primary' })
    expect(await world.active.list()).toEqual([])
  })

  it('leaves an operation alone that was reopened before it came', async () => {
    const { engine, conclude, world, pair } = await ended({ outcome: 'failed' })
    const before = await pair()
    await reopen(engine)
    await conclude()
    expect([await pair(), await world.active.list(), await world.reports.get('op-1.json')]).toEqual([
      before,
      ['op-1'],
      undefined,
    ])
  })

  it('leaves its pair and the entry of the sweep to one that is reopened meanwhile', async () => {
    let reopened = false
    const opened = openEngine((world) => ({
      ...world,
      reports: {
        ...world.reports,
        async put(name, text) {
          await world.reports.put(name, text)
          reopened = true
          await world.active.add('op-1')
          const { value, etag } = await world.pairs.load('pair')
          await world.pairs.save({ ...value, epoch: value.epoch + 1 }, etag)
        },
      },
    }))
    const record = await putOperation(opened, { state: { status: 'over', outcome: 'failed', endedAt: begunAt } })
    await conclude(opened.engine, record)
    expect(reopened).toBe(true)
    expect((await opened.world.pairs.load('pair')).value.heldBy).toMatchObject({ operationId: 'op-1' })
    expect(await opened.world.active.list()).toEqual(['op-1'])
  })

  it('keeps the entry of the sweep when the pair changes under it', async () => {
    const opened = openEngine((world) => ({ ...world, pairs: { ...world.pairs, save: async () => undefined } }))
    const record = await putOperation(opened, { state: { status: 'over', outcome: 'failed', endedAt: begunAt } })
    await opened.storage.table('pairs').insert({
      pk: 'pair',
      rk: 'pair',
      value: {
        pairId: 'pair',
        epoch: 1,
        activeSide: 'primary',
        startedHosts: [],
        restore: { primary: [], secondary: [] },
        heldBy: { operationId: 'op-1', kind: 'failover' },
      },
    })
    await expect(conclude(opened.engine, record)).rejects.toThrow(/letting go/)
    expect(await opened.world.active.list()).toEqual(['op-1'])
  })
})
