import { expect, it } from 'vitest'
import { harsh } from '../../sim/chaos/troubles.ts'
import { expectInjected, perSeed, runSeeds } from './support.ts'

const [from, to] = [2001, 2050]

it(
  `keeps every promise when a third of all that can fail does (seeds ${from} to ${to})`,
  async () => {
    const suite = await runSeeds(from, to, { trouble: harsh, orders: true })
    expect(suite.broken).toEqual([])
    expectInjected(suite, {
      crash: 500,
      stall: 100,
      'message lost': 300,
      'storage after': 500,
      'azure errorAfter': 300,
    })
  },
  (to - from + 1) * perSeed,
)
