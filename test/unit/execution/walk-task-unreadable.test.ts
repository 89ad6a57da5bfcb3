import { expect, it } from 'vitest'
import { newTask } from '../../../src/lib/machine/task-state.ts'
import { begunAt, hostSpec } from '../../support/engine-world.ts'
import { openTick } from '../../support/tick-scene.ts'

const undo = [{ step: 'deallocateVm', side: 'secondary' }] as const

it.each<[string, number | undefined, object]>([
  ['past its point of no return is half-way, and is not begun anew', 0, { at: 7, isHalfWay: true }],
  ['before it may be tried again from the start', undefined, { at: 0 }],
])('a row that does not fit its runbook, %s', async (_, taskPointOfNoReturn, wanted) => {
  const [stage] = hostSpec().stages
  if (!stage) throw new Error('no stage')
  const point = taskPointOfNoReturn === undefined ? {} : { taskPointOfNoReturn }
  const { tick, row } = await openTick({
    given: { spec: hostSpec({ stages: [{ ...stage, ...point }] }) },
    task: { tick: 3, state: { ...newTask(begunAt), at: 7, undo } },
  })
  await tick(3)
  const fault = expect.objectContaining({ code: 'unreadable' })
  expect((await row())?.state).toEqual({ status: 'over', outcome: 'failed', undo, passedOver: [], fault, ...wanted })
})
