import { expect, it } from 'vitest'
import { base } from '../../sim/chaos/troubles.ts'
import { badNights, expectInjected, perSeed, runSeeds } from './support.ts'

const [from, to] = [1001, 1060]

it(
  `keeps every promise on a bad night, whatever is ordered meanwhile (seeds ${from} to ${to})`,
  async () => {
    const suite = await runSeeds(from, to, { trouble: base, orders: true })
    expect(suite.broken).toEqual([])
    expectInjected(suite, badNights)
  },
  (to - from + 1) * perSeed,
)
