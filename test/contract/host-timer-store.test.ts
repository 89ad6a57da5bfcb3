import { randomUUID } from 'node:crypto'
import { BlobServiceClient } from '@azure/storage-blob'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBlobTimerStore } from '../../sim/host/blob-timer-store.ts'
import { createTimerStore } from '../../sim/host/timer-store.ts'
import { type Azurite, startAzurite } from '../../tools/azurite.ts'

let azurite: Azurite
beforeAll(async () => {
  azurite = await startAzurite()
})
afterAll(() => azurite.stop())

const stores = {
  'in memory': () => createTimerStore({ now: () => Date.now() }),
  'in blob storage': () => {
    const service = BlobServiceClient.fromConnectionString(azurite.connectionString)
    return createBlobTimerStore(service.getContainerClient('azure-webjobs-hosts'), randomUUID())
  },
}

describe.each(Object.entries(stores))('the timer store %s', (_, create) => {
  test('keeps the status of each timer', async () => {
    const store = create()
    expect(await store.read('sweep')).toBeUndefined()
    await store.write('sweep', { last: undefined, next: 1_773_567_000_000, updated: undefined })
    expect(await store.read('sweep')).toEqual({ last: undefined, next: 1_773_567_000_000, updated: undefined })
    await store.write('sweep', { last: 1_773_567_000_000, next: 1_773_567_030_000, updated: 1_773_567_000_001 })
    expect(await store.read('sweep')).toEqual({
      last: 1_773_567_000_000,
      next: 1_773_567_030_000,
      updated: 1_773_567_000_001,
    })
    expect(await store.read('other')).toBeUndefined()
  })

  test('lets one holder at a time have a timer', async () => {
    const store = create()
    const [first, second] = [randomUUID(), randomUUID()]
    const taken = await Promise.all([first, second].map((holder) => store.lease('sweep', holder, 60_000)))
    expect(taken.filter(Boolean)).toHaveLength(1)
    const [holder, other] = taken[0] ? [first, second] : [second, first]
    expect(await store.lease('sweep', holder, 60_000)).toBe(true)
    await store.release('sweep', other)
    expect(await store.lease('sweep', other, 60_000)).toBe(false)
    await store.release('sweep', holder)
    expect(await store.lease('sweep', other, 60_000)).toBe(true)
    expect(await store.lease('other', holder, 60_000)).toBe(true)
  })
})
