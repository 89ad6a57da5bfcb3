/** What becomes of a task whose request there was no budget for. */
import { describe, expect, it } from 'vitest'
import type { Fault } from '../../../src/lib/core/fault.ts'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { newTask, type OpenTask } from '../../../src/lib/machine/task-state.ts'
import type { Gateways, Purpose } from '../../../src/lib/ports/gateways.ts'
import type { World } from '../../../src/lib/ports/world.ts'
import { begunAt, callOf, hostSpec, stepOf } from '../../support/engine-world.ts'
import { openTick, paced } from '../../support/tick-scene.ts'

const overBudget: Fault = { code: 'overBudget', message: 'used up', retryable: true, retryAfter: seconds(40) }

describe('a begin over budget', () => {
  it('comes again at its turn and was no attempt', async () => {
    const { tick, row, sent } = await openTick({ begin: { kind: 'refused', fault: overBudget } })
    await tick(0)
    expect((await row())?.state).toMatchObject({ status: 'open', attempt: 0, undo: [] })
    expect((await row())?.state).not.toHaveProperty('begunAt')
    expect(await row()).toMatchObject({ tick: 2, dueAt: begunAt + seconds(40) })
    expect(sent('task-ticks').at(-1)).toMatchObject({ tick: 2 })
    expect((await row())?.timeline.at(-1)).toMatchObject({ text: 'over budget: waits for its turn' })
  })

  it('gives its slot back', async () => {
    const { tick, deeds } = await openTick({ limits: paced, begin: { kind: 'refused', fault: overBudget } })
    await tick(0)
    expect(deeds).toContain('free slot')
  })

  it('never runs out of attempts, nor of time that it waited', async () => {
    const opened = await openTick({
      limits: { maxAttempts: 1, timeout: minutes(1) },
      begin: { kind: 'refused', fault: overBudget },
    })
    for (let n = 0; n < 8; n++) {
      await opened.tick(2 * n)
      opened.pass(seconds(40))
    }
    expect((await opened.row())?.state).toMatchObject({ status: 'open', attempt: 0 })
  })

  it('costs a step that cannot look afterwards none of its time', async () => {
    const see: { kind: 'notBegun' | 'couldNotLook'; fault: Fault } = {
      kind: 'notBegun',
      fault: { code: 'notFound', message: 'missing from its listing', retryable: true },
    }
    const opened = await openTick({
      limits: { timeout: minutes(1) },
      begin: { kind: 'refused', fault: { ...overBudget, retryAfter: minutes(2) } },
      see,
    })
    await opened.tick(0)
    opened.pass(minutes(2))
    see.kind = 'couldNotLook'
    await opened.tick(2)
    expect((await opened.row())?.state).toMatchObject({ status: 'open' })
  })
})

describe('a look over budget', () => {
  it('comes again when there is budget, however long that takes', async () => {
    const opened = await openTick({
      limits: { timeout: minutes(1) },
      see: { kind: 'couldNotLook', fault: overBudget },
    })
    for (let n = 0; n < 4; n++) {
      await opened.tick(n)
      opened.pass(seconds(40))
    }
    expect(await opened.row()).toMatchObject({ tick: 4, state: { status: 'open' } })
    expect((await opened.row())?.dueAt).toBe(begunAt + seconds(4 * 40))
  })
})

describe('the budget is asked', () => {
  /** Says for whom it would ask. */
  const told = { for: (purpose: Purpose) => ({ purpose }) as unknown as Gateways, purpose: 'forward' }
  const seen: unknown[] = []
  const step = stepOf('deallocateVm', ({ gateways }) => {
    seen.push((gateways as unknown as typeof told).purpose)
    return { kind: 'done' }
  })
  const back: OpenTask = {
    ...newTask(begunAt),
    path: 'back',
    undo: [{ step: 'deallocateVm', side: 'secondary' }],
    ending: 'aborted',
  }
  const withSteps = (world: World): World => ({
    ...world,
    gateways: told as unknown as Gateways,
    steps: { ...world.steps, deallocateVm: step },
  })

  it('for something urgent by what is taken back', async () => {
    const { tick } = await openTick({
      given: { state: { status: 'goingBack', intent: 'abort', backAt: 'capacity' } },
      task: { tick: 1, state: back },
      change: withSteps,
    })
    await tick(1)
    expect(seen.splice(0)).toEqual(['urgent'])
  })

  it('for going forward by everything else', async () => {
    const spec = hostSpec()
    const stage = { ...spec.stages[0], steps: [callOf('deallocateVm')] } as (typeof spec.stages)[number]
    const { tick } = await openTick({
      given: { spec: hostSpec({ stages: [stage] }) },
      task: { tick: 1, state: newTask(begunAt) },
      change: withSteps,
    })
    await tick(1)
    expect(seen.splice(0)).toEqual(['forward'])
  })
})
