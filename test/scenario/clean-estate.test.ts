/** The demo estate is as it ought to be: whoever looks, whenever, finds nothing, and can check everything. */
import { expect, it } from 'vitest'
import { usualActivity, usualAutoscale } from '../../sim/fleets/fleet-options.ts'
import { hours, minutes } from '../../src/lib/core/time.ts'
import { evaluate } from '../../src/lib/drift/evaluate.ts'
import { createDriftWorld } from '../support/drift-world.ts'

/** Moments at which one inventory is looked at, evenly over its first day. */
const moments = 50

it.each([1, 2, 3, 4, 5])(
  'seed %d: nothing is found in 200 evaluations, while people come and go',
  async (seed) => {
    const world = createDriftWorld({ fleet: 'demo', seed, options: { userActivity: usualActivity } })
    const first = await world.take()
    await world.clock.run(world.clock.now() + minutes(15))
    const second = await world.take(first)
    let evaluations = 0
    for (const inventory of [first, second])
      for (const { pair, context } of world.look(inventory))
        for (let i = 0; i < moments; i++) {
          const { findings, unchecked } = evaluate({ ...context, now: context.now + (i * hours(24)) / moments })
          expect([pair, findings, unchecked]).toEqual([pair, [], []])
          evaluations++
        }
    expect(evaluations).toBe(200)
    expect(second.estate?.gaps).toEqual([])
  },
  120_000,
)

it('nothing is found while autoscale starts and stops hosts, and what it is about just now is could not check', async () => {
  const options = { userActivity: usualActivity, autoscale: usualAutoscale }
  const world = createDriftWorld({ fleet: 'small', seed: 2, options })
  let inventory = await world.take()
  const unchecked = new Set<string>()
  for (let i = 0; i < 16; i++) {
    for (const look of world.look(inventory)) {
      expect([look.pair, look.findings]).toEqual([look.pair, []])
      for (const { rule } of look.unchecked) unchecked.add(rule)
    }
    await world.clock.run(world.clock.now() + minutes(15))
    inventory = await world.take(inventory)
  }
  expect([...unchecked]).toEqual(['hosts-healthy'])
}, 120_000)
