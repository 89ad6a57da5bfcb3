/** A suite is worth what it finds: the opposite of each rule is planted here and has to show. The fence's is in fence.test.ts. */
import { expect, it } from 'vitest'
import { impatient, saveBeforeSend, withoutBarrier, withoutIfMatch, withoutSettle } from '../../sim/chaos/plants.ts'
import type { ChaosOptions } from '../../sim/chaos/run.ts'
import { base, withoutLoss } from '../../sim/chaos/troubles.ts'
import { findPlanted, perSeed } from './support.ts'

type Planted = readonly [rule: string, options: Omit<ChaosOptions, 'seed'>, shows: RegExp]

const seeds = Array.from({ length: 12 }, (_, i) => 4001 + i)
const doubled = { ...base, queue: { doubled: 1 } }
const deaf = {
  ...base,
  http: {
    ...base.http,
    rules: [{ action: /roleAssignments\/delete/i, kind: 'errorBefore' as const, probability: 0.5 }],
  },
}

const planted: readonly Planted[] = [
  ['If-Match', { trouble: doubled, plant: withoutIfMatch, strategies: ['personal'] }, /failedOverTwice|committedTwice/],
  ['settle', { trouble: base, plant: withoutSettle, strategies: ['personal'] }, /failedOverTwice|committedTwice/],
  ['send order', { trouble: withoutLoss, plant: saveBeforeSend, withoutSweep: true }, /does not end/],
  ['barrier', { trouble: deaf, plant: withoutBarrier, strategies: ['pooled'] }, /assignedBothSides|usesBothSides/],
]

it.each(planted)(
  'finds a missing rule: %s',
  async (_rule, options, shows) => {
    const found = await findPlanted(seeds, options, shows)
    expect(found?.broken).toBeDefined()
  },
  seeds.length * perSeed,
)

it.each(planted)(
  'finds nothing where the rule is kept: %s',
  async (rule, { plant: _, ...options }) => {
    const kept = rule === 'settle' ? { ...options, plant: impatient } : options
    expect(await findPlanted(seeds.slice(0, 5), kept, /./)).toBeUndefined()
  },
  5 * perSeed,
)
