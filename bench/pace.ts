import type { Millis } from '../src/lib/core/time.ts'
import { batchDelays, mostInInterval, plannedBatchDelays } from './bounds.ts'
import { type Bench, type Entry, informed, judged } from './entry.ts'
import { highest } from './percentile.ts'
import type { StoryResult } from './run-story.ts'
import { thousand } from './thousand.ts'

const latenessPerBatch = 10_000

export const pace: Bench = {
  name: 'pace',
  about: `The same runs. *most*: failovers accepted by the simulated Azure in the fullest window of 600 s, slid over every acceptance.
*late*: a batch is what the plan releases together; its first acceptance after the first one of all, less 600 s × (k − 1), per
batch before it, worst k; at most 10 s each, and below zero where a batch is early, as it may get ready a minute ahead. *by rank*, for
information: the same for the 101st, 201st, … acceptance of all. It is late where people of the first batches sit out their grace and
fewer than a hundred others are there to go before them. A slot is free again 600 s after its own begin was answered, rounded up to
whole seconds (storage's clock has no more).`,
  run: async () => (await thousand()).flatMap(entriesOf),
}

const worst = (delays: readonly Millis[]): number => highest(delays.map((delay, i) => delay / (i + 1))) / 1_000

function entriesOf({ seed, accepted, vms, pace: limits }: StoryResult): readonly Entry[] {
  const late = worst(plannedBatchDelays(vms, limits))
  return [
    judged(`pace, seed ${seed}: most accepted in 600 s`, mostInInterval(accepted, limits), limits.batchSize),
    judged(`pace, seed ${seed}: late per batch, s`, Math.max(late, 0), latenessPerBatch / 1_000),
    informed(
      `pace, seed ${seed}: late per batch by rank, s`,
      worst(batchDelays(accepted, limits)),
      latenessPerBatch / 1_000,
    ),
  ]
}
