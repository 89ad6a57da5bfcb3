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
A ratio just below 1 is no error: a second batch may get ready up to a minute before its turn. *script* (one VM after the other) and
*batches* (each waits for the whole one before) are computed from the same drawn lengths, looking without delay: kinder than any
real script. Told once before everything, batches lose nothing as long as a whole one fits into 600 s; told in turn, as a runbook
that takes a batch through all its steps does, they pay the grace every time.`,
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
    informed(line('batches, told once ÷ bound'), s(batchAfterBatch(vms, pace, 'once')), s(bound)),
    informed(line('batches, told in turn ÷ bound'), s(batchAfterBatch(vms, pace, 'in turn')), s(bound)),
  ]
}
