import { describe, expect, it } from 'vitest'
import { seconds } from '../../../src/lib/core/time.ts'
import { nudge, sendTick } from '../../../src/lib/execution/engine.ts'
import { begunAt, openEngine, putOperation } from '../../support/engine-world.ts'

describe('a nudge', () => {
  it('comes two seconds later unless told otherwise, so that many are answered by one count', async () => {
    const { world, sent, storage } = openEngine()
    await nudge(world, 'op-1')
    expect(sent('operation-ticks')).toEqual([{ v: 1, operationId: 'op-1', sentAt: begunAt }])
    expect(storage.queue('operation-ticks').nextVisibleAt()).toBe(begunAt + seconds(2))
  })

  it('rests as long as it is told to', async () => {
    const { world, storage } = openEngine()
    await nudge(world, 'op-1', seconds(10))
    expect(storage.queue('operation-ticks').nextVisibleAt()).toBe(begunAt + seconds(10))
  })

  it('is never said to be older than it may be: a count of a moment before it would be taken for its answer', async () => {
    const { world, sent } = openEngine((world) => ({
      ...world,
      clock: { ...world.clock, latest: () => begunAt + 20.25 },
    }))
    await nudge(world, 'op-1')
    expect(sent('operation-ticks')).toMatchObject([{ sentAt: begunAt + 21 }])
  })
})

it('sends the tick an operation waits for, when it waits for it', async () => {
  const opened = openEngine()
  const record = await putOperation(opened, { record: { tick: 8 } })
  await sendTick(opened.engine, record, seconds(90))
  expect(opened.sent('operation-ticks')).toEqual([{ v: 1, operationId: 'op-1', tick: 8 }])
  expect(opened.storage.queue('operation-ticks').nextVisibleAt()).toBe(begunAt + seconds(90))
})
