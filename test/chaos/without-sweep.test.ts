import { expect, it } from 'vitest'
import { withoutLoss } from '../../sim/chaos/troubles.ts'
import { expectInjected, perSeed, runSeeds } from './support.ts'

const [from, to] = [3001, 3040]

it(
  `needs no sweep when no message is lost: every crash leaves a message behind (seeds ${from} to ${to})`,
  async () => {
    const suite = await runSeeds(from, to, { trouble: withoutLoss, withoutSweep: true })
    expect(suite.broken).toEqual([])
    expectInjected(suite, { crash: 200, 'message doubled': 300, 'message late': 300, 'storage after': 200 })
  },
  (to - from + 1) * perSeed,
)
