import { describe, expect, it } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { historyName, readHistory, readLatest, runReadiness } from '../../../src/lib/readiness/run-readiness.ts'
import { StorageAway } from '../../../src/lib/storage/errors.ts'
import { openEngine } from '../../support/engine-world.ts'
import { inventoryOf, now, planOf, pooledSeen, withoutPart } from '../../support/plans.ts'

const plan = planOf()

function open(change?: Parameters<typeof openEngine>[0]) {
  const opened = openEngine(change, now)
  const run = (inventory = inventoryOf()) => runReadiness({ world: opened.world, plan }, inventory)
  const latest = async () => (await readLatest(opened.world.readiness))?.pairs ?? []
  return { ...opened, run, latest, history: (id = 'pooled') => readHistory(opened.world.readiness, id) }
}

describe('after an inventory', () => {
  it('the readiness of every pair is kept', async () => {
    const { run, latest } = open()
    await run()
    expect((await latest()).map(({ pairId, at }) => [pairId, at])).toEqual([
      ['pooled', now],
      ['personal', now],
    ])
  })

  it('a line of history is written when something changes, and one a day', async () => {
    const { run, history, pass } = open()
    for (let i = 0; i < 3; i++) {
      await run()
      pass(minutes(15))
    }
    const lengths = [(await history()).length]
    await run(inventoryOf({ pooled: withoutPart(pooledSeen, 'secondary', 'vms') }))
    lengths.push((await history()).length)
    pass(hours(24))
    await run()
    lengths.push((await history()).length)
    expect(lengths).toEqual([1, 2, 3])
  })

  it('a pair the inventory has not seen is left out', async () => {
    const { run, latest } = open()
    await run({ v: 1, takenAt: now, pairs: { pooled: pooledSeen } })
    expect((await latest()).map(({ pairId }) => pairId)).toEqual(['pooled'])
  })
})

describe('trouble', () => {
  it('with one pair leaves what was known of it, and the others are evaluated', async () => {
    let isBroken = false
    const { run, latest, pass } = open((world) => ({
      ...world,
      pairs: {
        ...world.pairs,
        load: (id) => (isBroken && id === 'pooled' ? Promise.reject(new Error('unreadable')) : world.pairs.load(id)),
      },
    }))
    await run()
    isBroken = true
    pass(minutes(15))
    await run()
    const [pooled, personal] = await latest()
    expect(pooled).toMatchObject({ at: now, failure: 'unreadable' })
    expect(personal).toMatchObject({ at: now + minutes(15) })
    expect(personal).not.toHaveProperty('failure')
  })

  it('with storage never becomes the inventory’s', async () => {
    const { run } = open((world) => ({
      ...world,
      readiness: { ...world.readiness, put: () => Promise.reject(new StorageAway('503')) },
    }))
    await expect(run()).resolves.toBeUndefined()
  })

  it('between history and evaluation writes the line again, and never loses it', async () => {
    let isCutOff = true
    const { run, history } = open((world) => ({
      ...world,
      readiness: {
        ...world.readiness,
        put: (name, text) =>
          isCutOff && name !== historyName('pooled') && name !== historyName('personal')
            ? Promise.reject(new StorageAway('503'))
            : world.readiness.put(name, text),
      },
    }))
    await run()
    isCutOff = false
    await run()
    expect((await history()).map(({ can }) => can)).toEqual([expect.anything(), expect.anything()])
  })
})
