import { batchAfterBatch, earliestBound, makespanBound, oneByOne } from './bounds.ts'
import { type Bench, type Entry, informed, judged } from './entry.ts'
import { highest } from './percentile.ts'
import type { StoryResult } from './run-story.ts'
import { thousand } from './thousand.ts'

const bar = 1.02

export const makespan: Bench = {
  name: 'makespan',
  about: `From the accepted start to the last VM committed; 1,000 personal VMs, five seeds, no faults, virtual time. The limit is
the latest VM's bound, computed from what the simulator drew in the same run and from nothing the product decided:

1. *release*: VMs go in the plan's order, 100 in 600 s, so the r-th (from 0) not before ⌊r ÷ 100⌋ × 600 s after the start;
2. where somebody is signed in: the grace, then the drain's read lag, the sign-out and the time until the list no longer has it;
3. the failover job, and the later of *the item and the job list show it* and *the new VM's agent has booted and AVD shows it*;
4. the undrain's read lag, then the commit job. Requests, queues, polls, storage and decisions count nothing;
5. the bound is the highest sum of these over all VMs. It does not borrow slots or durations between VMs.

*earliest* is lower still: as if everybody had been told and signed out any time ahead of his batch, which the product does not do.
*script* (one VM after the other) and *batches* (each waits for the whole one before) are computed from the same drawn lengths,
told once, looking without delay: kinder than any real script.`,
  run: async () => (await thousand()).flatMap(entriesOf),
}

function entriesOf({ seed, vms, pace, startedAt }: StoryResult): readonly Entry[] {
  const value = highest(vms.map(({ committedAt }) => committedAt)) - startedAt
  const bound = makespanBound(vms, pace)
  const line = (name: string) => `makespan, seed ${seed}: ${name}, s`
  const s = (length: number) => length / 1_000
  return [
    judged(line('last VM committed ÷ bound'), s(value), s(bound), bar),
    informed(line('÷ earliest'), s(value), s(earliestBound(vms, pace))),
    informed(line('script ÷ bound'), s(oneByOne(vms, pace)), s(bound)),
    informed(line('batches ÷ bound'), s(batchAfterBatch(vms, pace)), s(bound)),
  ]
}
