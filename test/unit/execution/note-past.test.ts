import { describe, expect, it } from 'vitest'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { conclude } from '../../../src/lib/execution/conclude.ts'
import { latestInventoryName, planNow } from '../../../src/lib/execution/preview.ts'
import type { OperationState } from '../../../src/lib/machine/operation-state.ts'
import type { OverTask } from '../../../src/lib/machine/task-state.ts'
import { operationRequestSchema } from '../../../src/lib/plan/request.ts'
import { begunAt, hostSpec, openEngine, putOperation, putTask } from '../../support/engine-world.ts'
import { inventoryOf, movedSeen } from '../../support/plans.ts'

const done: OverTask = { status: 'over', outcome: 'succeeded', at: 0, undo: [], passedOver: [] }
const at = (from: number, step: string, text = 'done') => ({ at: begunAt + seconds(from), step, text })
const timeline = [at(0, 'startVm@secondary', 'begins'), at(40, 'startVm@secondary'), at(100, 'awaitHost@secondary')]
const endedAt = begunAt + minutes(10)

async function ended(state: Partial<OperationState> = {}) {
  const opened = openEngine(undefined, endedAt)
  const spec = hostSpec({ pairId: 'pooled', strategy: 'pooledStandby' })
  const over = { status: 'over', outcome: 'succeeded', startedAt: begunAt, endedAt, pastNoReturn: true } as const
  const record = await putOperation(opened, { spec, state: { ...over, ...state } })
  await putTask(opened, 'op-1', { tick: 3, state: done, timeline })
  return { ...opened, conclude: () => conclude(opened.engine, record) }
}

describe('an operation that is over', () => {
  it('leaves its end and how long its parts took, once', async () => {
    const { conclude, world } = await ended()
    await conclude()
    await conclude()
    expect((await world.past.load('pooled'))?.value).toEqual({
      pairId: 'pooled',
      strategy: 'pooledStandby',
      last: {
        failover: {
          operationId: 'op-1',
          at: endedAt,
          outcome: 'succeeded',
          duration: minutes(10),
          primaryIsDown: false,
          arrived: 1,
        },
      },
      measured: [
        {
          operationId: 'op-1',
          kind: 'failover',
          at: endedAt,
          parts: { hostReady: { count: 1, deciles: Array(11).fill(seconds(100)) } },
        },
      ],
    })
  })

  it('that was refused leaves nothing: it has done nothing', async () => {
    const { conclude, world } = await ended({ outcome: 'refused' })
    await conclude()
    expect(await world.past.all()).toEqual([])
  })

  it('tells whoever plans next that inventories from before are of another estate', async () => {
    const { conclude, engine, world } = await ended()
    const request = operationRequestSchema.parse({ pairId: 'pooled', kind: 'failback' })
    const doubts = async (takenAt: number) => {
      const inventory = { ...inventoryOf({ pooled: movedSeen }), takenAt }
      await world.inventory.put(latestInventoryName, JSON.stringify(inventory))
      const { warnings } = await planNow(engine, request)
      return warnings.find(({ code }) => code === 'couldNotCheck')?.message ?? ''
    }
    await conclude()
    expect(await doubts(endedAt - 1)).toMatch(/before the pair was moved last/)
    expect(await doubts(endedAt)).not.toMatch(/before the pair was moved last/)
  })

  it('is what the next estimate goes by', async () => {
    const { conclude, engine, world } = await ended({ outcome: 'failed', pastNoReturn: false })
    await world.inventory.put(latestInventoryName, JSON.stringify({ ...inventoryOf(), takenAt: endedAt }))
    const request = operationRequestSchema.parse({ pairId: 'pooled', kind: 'failover', primaryIsDown: true })
    await conclude()
    const { eta } = await planNow(engine, request)
    expect(eta?.times).toContainEqual({ part: 'hostReady', takes: seconds(100), from: 'thisPair', count: 1 })
    expect(eta?.times).toContainEqual({ part: 'grant', takes: minutes(1), from: 'assumed', count: 0 })
  })
})
