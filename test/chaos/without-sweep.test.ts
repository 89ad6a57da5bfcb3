import { expect, it } from 'vitest'
import { withoutLoss } from '../../sim/chaos/troubles.ts'
import { expectInjected, perSeed, runSeeds } from './support.ts'

const [from, to] = [3001, 3030]

it(
  `needs no sweep when no message is lost: every crash leaves a message behind (seeds ${from} to ${to})`,
  async () => {
    const suite = await runSeeds(from, to, { trouble: withoutLoss, withoutSweep: true })
    expect(suite.broken).toEqual([])
    expectInjected(suite, { crash: 150, 'message doubled': 200, 'message late': 200, 'storage after': 150 })
  },
  (to - from + 1) * perSeed,
)
