import { describe, expect, it } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import { conclude } from '../../../src/lib/execution/conclude.ts'
import type { OperationState } from '../../../src/lib/machine/operation-state.ts'
import type { OperationSpec } from '../../../src/lib/machine/spec.ts'
import type { OverTask } from '../../../src/lib/machine/task-state.ts'
import type { PairRecord, TaskRecord } from '../../../src/lib/ports/operations.ts'
import { away, concluded, done, home, moved, type Parts, scalingOff, started } from '../../support/concluded.ts'
import { begunAt, hostSpec, openEngine, putOperation } from '../../support/engine-world.ts'
import { over, stage } from '../../support/operation-machine.ts'
import { hostSubject, move } from '../../support/step-things.ts'

describe('users are on the other side', () => {
  it('not when access has moved and the operation failed all the same', async () => {
    const { pair } = await concluded({ state: { ...moved, outcome: 'failed' } })
    expect(pair).toMatchObject({ activeSide: 'primary', startedHosts: [] })
    expect(pair).not.toHaveProperty('heldBy')
  })

  const desktops = hostSpec({
    stages: [stage('desktops', 2, { taskPointOfNoReturn: 1 }), stage('settle', 1)],
  })
  it.each<[string, OverTask['outcome'], OverTask['outcome'], 'primary' | 'secondary']>([
    ['when every desktop is there, whatever else failed', 'succeeded', 'failed', 'secondary'],
    ['not when one of the desktops is not there', 'failed', 'succeeded', 'primary'],
  ])('%s', async (_, second, settle, side) => {
    const { pair } = await concluded({
      spec: desktops,
      state: { outcome: 'partial' },
      tasks: [
        { stage: 'desktops', key: 'desktops-0', state: done('succeeded') },
        { stage: 'desktops', key: 'desktops-1', state: done(second) },
        { stage: 'settle', key: 'settle-0', state: done(settle) },
      ],
    })
    expect(pair.activeSide).toBe(side)
  })
})

describe('a failover leaves for the way back', () => {
  it('when access to the old side was taken away, beside what is known of the other one', async () => {
    const { pair } = await concluded({
      state: { ...moved, stages: { revoke: { ...over(), overAt: begunAt - 5 } } },
      pair: { revokedAt: { primary: 1, secondary: 2 } },
    })
    expect(pair.revokedAt).toEqual({ primary: begunAt - 5, secondary: 2 })
  })

  it('no new moment where nothing was revoked', async () => {
    const { pair } = await concluded({ state: { ...moved, stages: {} }, pair: { revokedAt: { primary: 1 } } })
    expect(pair.revokedAt).toEqual({ primary: 1 })
  })

  it('what was switched off where people worked, beside what was off already; nothing that hosts take back', async () => {
    const { pair } = await concluded({
      tasks: [
        { stage: 'secure', key: 'secure-0', state: done('succeeded', { undo: [scalingOff] }) },
        {
          stage: 'capacity',
          key: 'avd-1',
          state: done('succeeded', { undo: [{ step: 'enableStartOnConnect', side: 'secondary' }] }),
        },
      ],
      pair: { restore: { primary: ['enableScalingPlan'], secondary: ['enableStartOnConnect'] } },
    })
    expect(pair.restore).toEqual({ primary: ['enableScalingPlan'], secondary: [] })
  })

  it('the assignments it took away: those of last time where they are the same ones, and no others', async () => {
    const taken = (key: string, principalId = key) => ({ ...move(key), key, principalId })
    const { pair, saved } = await concluded({ pair: { recordedAssignments: [taken('a', 'old'), taken('z')] } })
    const whose = ({ recordedAssignments }: PairRecord) =>
      recordedAssignments.map(({ key, principalId }) => [key, principalId]).sort()
    expect(saved && whose(saved)).toEqual(whose(pair))
    expect(whose(pair)).toEqual([
      ['a', 'a'],
      ['b', 'b'],
      ['z', 'z'],
    ])
  })
})

describe('a failback leaves', () => {
  it('users at home, no started hosts, and the assignments of the failover as they were', async () => {
    const recordedAssignments = [{ ...move('z'), key: 'z' }]
    const { pair } = await concluded({
      spec: home,
      tasks: [{ stage: 'capacity', key: 'avd-1', state: done('succeeded', { undo: [started] }) }],
      pair: { activeSide: 'secondary', startedHosts: ['avd-9'], recordedAssignments },
    })
    expect(pair).toMatchObject({ activeSide: 'primary', startedHosts: [] })
    expect(pair.recordedAssignments.map(({ key }) => key)).toEqual(['z'])
  })

  it('only what could not be switched on again at home, and what it switched off itself', async () => {
    const { pair } = await concluded({
      spec: home,
      tasks: [
        {
          stage: 'secure',
          key: 'secure-0',
          state: done('succeeded', { undo: [{ ...scalingOff, side: 'secondary' }] }),
        },
        { stage: 'settle', key: 'settle-0', state: done('succeeded', { passedOver: ['enableScalingPlan'] }) },
        { stage: 'capacity', key: 'avd-1', state: done('succeeded', { passedOver: ['enableStartOnConnect'] }) },
      ],
      pair: {
        activeSide: 'secondary',
        restore: { primary: ['enableScalingPlan', 'enableStartOnConnect'], secondary: [] },
      },
    })
    expect(pair.restore).toEqual({ primary: ['enableScalingPlan'], secondary: ['enableScalingPlan'] })
  })
})

describe('hosts that a wake-up had left on', () => {
  const capacity = (key: string, state: TaskRecord['state']) => ({ stage: 'capacity', key, state }) as const

  it('are the failover’s from now on where people were let onto them, and no others', async () => {
    const { stillLeft } = await concluded({
      spec: { ...away, stages: [...away.stages, stage('announce', 1)] },
      tasks: [
        capacity('avd-1', done('succeeded')),
        capacity('avd-2', done('degraded')),
        capacity('avd-3', done('failed')),
        { stage: 'announce', key: 'avd-4', state: done('succeeded') },
      ],
      leftOn: ['avd-1', 'avd-2', 'avd-3', 'avd-4', 'avd-5'],
    })
    expect(stillLeft).toEqual(['avd-3', 'avd-4', 'avd-5'])
  })

  it.each<[string, Parts]>([
    ['nobody was moved', { state: { outcome: 'failed' }, pair: { activeSide: 'secondary' } }],
    [
      'another one has the pair',
      { pair: { epoch: 2, activeSide: 'secondary', heldBy: { operationId: 'op-2', kind: 'failover' } } },
    ],
    ['another one had it since', { pair: { epoch: 2, activeSide: 'secondary' } }],
    ['users are elsewhere', { pair: { heldBy: { operationId: 'op-2', kind: 'failover' } } }],
  ])('stay on record where %s', async (_, parts) => {
    const tasks = [capacity('avd-1', done('succeeded'))]
    const { stillLeft } = await concluded({ ...parts, tasks, leftOn: ['avd-1'] })
    expect(stillLeft).toEqual(['avd-1'])
  })
})

describe('the pair', () => {
  it('is let go by one that was cut off before it knew its own epoch', async () => {
    const opened = openEngine()
    const spec = away
    const state = { status: 'over', outcome: 'failed', endedAt: begunAt } as const
    const record = await putOperation(opened, { spec, holds: false, state })
    const { value, etag } = await opened.world.pairs.load('pair')
    await opened.world.pairs.save({ ...value, epoch: 3, heldBy: { operationId: 'op-1', kind: 'failover' } }, etag)
    await conclude(opened.engine, record)
    expect((await opened.world.pairs.load('pair')).value).not.toHaveProperty('heldBy')
  })

  it('is not written again when the end is repeated', async () => {
    const { engine, world, record } = await concluded({})
    const before = await world.pairs.load('pair')
    await conclude(engine, record)
    expect((await world.pairs.load('pair')).etag).toBe(before.etag)
  })
})

it.each<[string, Partial<OperationState>]>([
  ['is under way again', { status: 'running' }],
  ['was under way again and is over since', { retries: 1 }],
])('leaves an operation alone that %s', async (_, state) => {
  const opened = openEngine()
  const record = await putOperation(opened, { state: { status: 'over', outcome: 'failed', endedAt: begunAt } })
  const stored = await opened.world.operations.load('op-1')
  if (stored) await opened.world.operations.save({ ...stored.value, state: { ...record.state, ...state } }, stored.etag)
  await conclude(opened.engine, record)
  expect(await opened.world.reports.get('op-1.json')).toBeUndefined()
  expect((await opened.world.pairs.load('pair')).value).toHaveProperty('heldBy')
})

it.each<[OperationSpec['kind'], boolean]>([
  ['keepAlive', true],
  ['failover', false],
])('writes what became of its hosts into their clocks when it is a %s: %s', async (kind, isWritten) => {
  const limits = { stayOn: minutes(30), maxOnTime: minutes(480), patches: 'assess' } as const
  const spec = hostSpec({ kind, keepAlive: limits, stages: [stage('wake', 0, { tasks: [hostSubject] })] })
  const { world } = await concluded({
    spec,
    state: { outcome: 'succeeded' },
    tasks: [{ stage: 'wake', key: 'avd-1', state: done('succeeded') }],
  })
  const clocks = (await world.hosts.list('pair')).map(({ value }) => [value.host, value.lastWake?.operationId])
  expect(clocks).toEqual(isWritten ? [['avd-1', 'op-1']] : [])
})
