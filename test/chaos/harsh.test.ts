import { expect, it } from 'vitest'
import { harsh } from '../../sim/chaos/troubles.ts'
import { expectInjected, perNight, runSeeds } from './support.ts'

const [from, to] = [2001, 2010]

it(
  `keeps every promise when a third of all that can fail does (seeds ${from} to ${to})`,
  async () => {
    const suite = await runSeeds(from, to, { trouble: harsh, orders: true })
    expect(suite.broken).toEqual([])
    expectInjected(suite, {
      crash: 200,
      stall: 40,
      freeze: 10,
      drain: 40,
      'message lost': 150,
      'message poisoned': 50,
      'storage after': 200,
      'azure errorAfter': 150,
      'azure entryMissing': 20,
    })
  },
  (to - from + 1) * perNight,
)
