/** What keeps a fix away from the side where people work, and what its end leaves behind. */
import { describe, expect, it } from 'vitest'
import { latestInventoryName } from '../../../src/lib/execution/preview.ts'
import { startKeepAlive } from '../../../src/lib/execution/start-keep-alive.ts'
import { begin } from '../../../src/lib/execution/take-pair.ts'
import { tickTask } from '../../../src/lib/execution/tick-task.ts'
import { newOperation } from '../../../src/lib/machine/operation-state.ts'
import type { OperationKind } from '../../../src/lib/machine/spec.ts'
import { align } from '../../../src/lib/runbooks/align.ts'
import { concluded, done } from '../../support/concluded.ts'
import { begunAt, callOf, hostSpec, openEngine, putOperation, putTask, stepOf } from '../../support/engine-world.ts'
import { stage } from '../../support/operation-machine.ts'
import { inventoryOf, now, planOf, planText } from '../../support/plans.ts'
import { hostSubject } from '../../support/step-things.ts'
import { message } from '../../support/tick-scene.ts'

const spec = hostSpec({
  kind: 'align',
  target: 'secondary',
  stages: [{ name: 'capacity', after: [], steps: [callOf('startVm')], tasks: [hostSubject], trouble: 'goOn' }],
})

async function open(activeSide: 'primary' | 'secondary', holds: boolean) {
  const sent: string[] = []
  const startVm = stepOf(
    'startVm',
    () => ({ kind: 'notBegun' }),
    async () => {
      sent.push('begun')
      return { kind: 'accepted' }
    },
  )
  const opened = openEngine((world) => ({ ...world, steps: { ...world.steps, startVm } }))
  await putOperation(opened, { spec, holds })
  await putTask(opened, 'op-1')
  const { value, etag } = await opened.world.pairs.load('pair')
  await opened.world.pairs.save({ ...value, activeSide }, etag)
  return { ...opened, sent }
}

describe('an operation that puts findings right', () => {
  it.each([
    ['primary', 'running'],
    ['secondary', 'refused'],
  ] as const)('finds people on the %s side when it takes the pair: it is %s', async (side, ends) => {
    const { engine, world } = await open(side, false)
    const stored = await world.operations.load('op-1')
    if (stored) await begin(engine, stored)
    const state = (await world.operations.load('op-1'))?.value.state
    expect(ends === 'running' ? state?.status : state?.outcome).toBe(ends)
  })

  it.each([
    ['primary', ['begun']],
    ['secondary', []],
  ] as const)('begins what it holds the pair for while people are on the %s side: %j', async (side, wanted) => {
    const { engine, sent } = await open(side, true)
    await tickTask(engine, message)
    expect(sent).toEqual(wanted)
  })

  it.each<OperationKind>(['failover', 'failback', 'commit', 'restoreExtensions', 'reprotect', 'drill', 'keepAlive'])(
    'gives way to a %s, and takes the pair from none',
    async (kind) => {
      const opened = openEngine()
      await putOperation(opened, { kind: 'align' })
      await putOperation(opened, { id: 'op-2', kind, holds: false })
      const other = await opened.world.operations.load('op-2')
      if (other) await begin(opened.engine, other)
      expect((await opened.world.pairs.load('pair')).value.heldBy?.operationId).toBe('op-2')

      const late = openEngine()
      await putOperation(late, { kind })
      await putOperation(late, { id: 'op-2', kind: 'align', holds: false })
      const ours = await late.world.operations.load('op-2')
      if (ours) await begin(late.engine, ours)
      expect((await late.world.operations.load('op-2'))?.value.state.outcome).toBe('refused')
    },
  )

  it('holds up no wake-up of standby hosts', async () => {
    const { engine, world } = openEngine(undefined, now)
    const plan = planOf(planText.replace('strategy: pooledStandby', 'strategy: pooledStandby\n    keepAlive: {}'))
    await world.inventory.put(latestInventoryName, JSON.stringify(inventoryOf()))
    const pair = await world.pairs.load('pooled')
    await world.pairs.save({ ...pair.value, heldBy: { operationId: 'align-1', kind: 'align' } }, pair.etag)
    const wakes = [{ side: 'secondary', host: 'vm-w1' }] as const
    const started = await startKeepAlive({ ...engine, plan }, { pairId: 'pooled', wakes, putBack: [], by: 'timer' })
    expect(started.kind).toBe('started')
  })

  it('asks nobody about what could not be taken back', () => {
    expect(newOperation(spec, 0).replies).toEqual({ takingBackFailed: 'accept' })
  })
})

describe('what is left of it', () => {
  const fixes = hostSpec({
    kind: 'align',
    target: 'primary',
    stages: align('primary').map((one) => ({ ...one, ...stage(one.name, 1) })),
  })
  const task = (name: string, outcome: 'succeeded' | 'failed' = 'succeeded') => ({
    stage: name as 'access',
    key: `${name}-0`,
    state: done(outcome),
  })
  const state = { outcome: 'succeeded' } as const

  it('is when access was taken away, so that nobody is let in there too early', async () => {
    const { pair } = await concluded({
      spec: fixes,
      state,
      tasks: [task('access')],
      pair: { revokedAt: { secondary: 2 } },
    })
    expect(pair.revokedAt).toEqual({ primary: begunAt, secondary: 2 })
    expect(pair).not.toHaveProperty('heldBy')
    const without = await concluded({ spec: fixes, state, tasks: [task('drain')], pair: { revokedAt: { primary: 1 } } })
    expect(without.pair.revokedAt).toEqual({ primary: 1 })
  })

  it('is what it switched off, for the users who come to that side one day', async () => {
    const restore = { primary: ['enableStartOnConnect'], secondary: [] } as const
    const { pair } = await concluded({
      spec: fixes,
      state,
      tasks: [task('autoscale'), task('startOnConnect')],
      pair: { restore },
    })
    expect(pair.restore).toEqual({ primary: ['enableStartOnConnect', 'enableScalingPlan'], secondary: [] })
    const failed = await concluded({ spec: fixes, state, tasks: [task('autoscale', 'failed')] })
    expect(failed.pair.restore).toEqual({ primary: [], secondary: [] })
  })

  it('is no move: users are where they were', async () => {
    const { pair } = await concluded({
      spec: fixes,
      state,
      tasks: [task('settings')],
      pair: { activeSide: 'secondary' },
    })
    expect(pair.activeSide).toBe('secondary')
  })
})
