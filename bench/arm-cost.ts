import { minutes } from '../src/lib/core/time.ts'
import { type Bench, type Entry, informed, judged } from './entry.ts'
import { runStories } from './in-parallel.ts'
import type { StoryResult } from './run-story.ts'
import { thousand } from './thousand.ts'

export const armCost: Bench = {
  name: 'arm-cost',
  about: `Requests that reached the simulated Resource Manager, from the start of the operation. *floor*: a failover and a commit per
VM; *whole floor*: those, a drain and an undrain per VM, a message and a sign-out per session, one write per pool setting. Reads are
whole listings, shared by all tasks of a process: they grow with virtual time, the pages of a listing and the number of processes, not
with the tasks. *429s* under the documented buckets (250 + 25/s reads, 200 + 10/s writes, per principal and subscription; Compute's
own besides), with one process over the whole operation and with four over its first 45 minutes.`,
  async run() {
    const runs = await thousand()
    const [four] = await runStories([{ seed: 1, vms: 1_000, processes: 4, limit: minutes(45) }])
    return [...runs.flatMap(entriesOf), ...(four ? throttled(four, 'four processes') : [])]
  },
}

function entriesOf(run: StoryResult): readonly Entry[] {
  const { seed, vms, requests } = run
  const sessions = vms.filter(({ hadSession }) => hadSession).length
  const moves = sumOf(requests, /^POST (unplannedFailover|failoverCommit)\//)
  const writes = sumOf(requests, /^(POST|PUT|PATCH|DELETE) /)
  const settings = sumOf(requests, /^PATCH (hostPools|scalingPlans)\/write/)
  return [
    judged(`arm-cost, seed ${seed}: failovers and commits ÷ floor`, moves, 2 * vms.length),
    judged(`arm-cost, seed ${seed}: all writes ÷ whole floor`, writes, 4 * vms.length + 2 * sessions + settings),
    ...throttled(run, `seed ${seed}`),
  ]
}

const throttled = ({ requests, accepted }: StoryResult, which: string): readonly Entry[] => [
  judged(`arm-cost, ${which}: 429s`, sumOf(requests, / 429$/), 0),
  informed(`arm-cost, ${which}: reads ÷ failovers`, sumOf(requests, /^GET /), accepted.length),
]

const sumOf = (requests: StoryResult['requests'], which: RegExp): number =>
  Object.entries(requests).reduce((sum, [name, count]) => (which.test(name) ? sum + count : sum), 0)
