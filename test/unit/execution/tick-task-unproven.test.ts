import { expect, it } from 'vitest'
import type { OverTask } from '../../../src/lib/machine/task-state.ts'
import { openTick } from '../../support/tick-scene.ts'

const over: OverTask = { status: 'over', outcome: 'failed', at: 0, undo: [], passedOver: [] }

async function againFrom(state: OverTask, pastNoReturn: boolean) {
  const { tick, row } = await openTick({
    given: { state: { retries: 1, pastNoReturn } },
    task: { tick: 4, state },
    see: { kind: 'underway' },
  })
  await tick(4)
  return (await row())?.state
}

it.each<[string, OverTask, boolean, object]>([
  ['remembers that it had not been proven when access moved', over, true, { status: 'open', wasUnproven: true }],
  ['remembers it on a second try as well', { ...over, wasUnproven: true }, false, { wasUnproven: true }],
  [
    'remembers it with something to take back',
    { ...over, undo: [{ step: 'undrainHost', side: 'primary' }] },
    true,
    { wasUnproven: true },
  ],
])('a task that tries again %s', async (_, state, pastNoReturn, wanted) => {
  expect(await againFrom(state, pastNoReturn)).toMatchObject(wanted)
})

it('a task that tries again before access has moved has nothing to remember', async () => {
  const state = await againFrom(over, false)
  expect(state).toMatchObject({ status: 'open' })
  expect(state).not.toHaveProperty('wasUnproven')
})

it('a task keeps it to its end', async () => {
  const { tick, row } = await openTick({
    given: { state: { retries: 1, pastNoReturn: true } },
    task: { tick: 4, state: over },
    see: { kind: 'done' },
  })
  await tick(4)
  expect((await row())?.state).toMatchObject({ status: 'over', outcome: 'succeeded', wasUnproven: true })
})
