import { expect, it } from 'vitest'
import { base } from '../../sim/chaos/troubles.ts'
import { badNights, expectInjected, perNight, runSeeds } from './support.ts'

const [from, to] = [1061, 1078]

it(
  `keeps every promise on bad nights of several operations, whatever is ordered meanwhile (seeds ${from} to ${to})`,
  async () => {
    const suite = await runSeeds(from, to, { trouble: base, orders: true, acts: 3 })
    expect(suite.broken).toEqual([])
    expectInjected(suite, badNights)
  },
  (to - from + 1) * perNight,
)
