import { batchDelays, mostInInterval } from './bounds.ts'
import { type Bench, type Entry, judged } from './entry.ts'
import { highest } from './percentile.ts'
import type { StoryResult } from './run-story.ts'
import { thousand } from './thousand.ts'

const latenessPerBatch = 10_000

export const pace: Bench = {
  name: 'pace',
  about: `The same runs. *most*: failovers accepted by the simulated Azure in the fullest window of 600 s, slid over every acceptance.
*late*: the k-th batch's first acceptance after the first one of all, less 600 s × (k − 1), per batch before it, worst k; at most
10 s each. A slot is free again 600 s after its own begin was answered, rounded up to whole seconds (storage's clock has no more).`,
  run: async () => (await thousand()).flatMap(entriesOf),
}

function entriesOf({ seed, accepted, pace: limits }: StoryResult): readonly Entry[] {
  const late = highest(batchDelays(accepted, limits).map((delay, i) => delay / (i + 1)))
  return [
    judged(`pace, seed ${seed}: most accepted in 600 s`, mostInInterval(accepted, limits), limits.batchSize),
    judged(`pace, seed ${seed}: late per batch, s`, late / 1_000, latenessPerBatch / 1_000),
  ]
}
