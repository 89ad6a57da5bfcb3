import { expect, it } from 'vitest'
import { base } from '../../sim/chaos/troubles.ts'
import { expectInjected, perSeed, runSeeds } from './support.ts'

const [from, to] = [1001, 1060]

it(
  `keeps every promise on a bad night, whatever is ordered meanwhile (seeds ${from} to ${to})`,
  async () => {
    const suite = await runSeeds(from, to, { trouble: base, orders: true })
    expect(suite.broken).toEqual([])
    expectInjected(suite, {
      crash: 200,
      stall: 30,
      'message lost': 100,
      'message doubled': 300,
      'message late': 300,
      'storage before': 300,
      'storage after': 300,
      'azure errorAfter': 100,
      'azure resetAfter': 100,
      'azure hangAfter': 10,
      'azure throttledWithWait': 100,
      'azure oddBody': 100,
    })
  },
  (to - from + 1) * perSeed,
)
