import { minutes } from '../src/lib/core/time.ts'
import { type Bench, type Entry, informed, judged } from './entry.ts'
import { runStories } from './in-parallel.ts'
import type { StoryResult } from './run-story.ts'
import { fourProcesses, thousand } from './thousand.ts'

export const armCost: Bench = {
  name: 'arm-cost',
  about: `Requests that reached the simulated Resource Manager, from the start of the operation. *floor*: a failover and a commit per
VM; *whole floor*: those, a drain and an undrain per VM, a message and a sign-out per session, one write per pool setting. Reads are
whole listings, shared by all tasks of all processes: they grow with virtual time and the pages of a listing, not with the tasks.
*÷ reads of one process*: the same VMs and seed with four processes, each with memory and clock of its own; 1 would be a listing for
every moment at which one process asks, the rest is room for four of them asking at different moments. *429s* under the documented
buckets (250 + 25/s reads, 200 + 10/s writes, per principal and subscription; Compute's own besides); *32 processes*, which share nothing
but storage, over the first 20 minutes. *Four extensions*: VMs that carry four and a data collection association, all put back after the
failover; the floor is failover, commit and one write for each.`,
  async run() {
    const runs = await thousand()
    const four = await fourProcesses()
    const [many, equipped] = await runStories([
      { seed: 1, vms: 1_000, processes: 32, limit: minutes(20) },
      { seed: 1, vms: 1_000, extensions: 'four' },
    ])
    const one = runs.find(({ seed }) => seed === four.seed)
    return [
      ...runs.flatMap(entriesOf),
      ...throttled(four, 'four processes'),
      ...(many ? throttled(many, '32 processes') : []),
      ...(equipped ? extensionEntries(equipped) : []),
      judged('arm-cost, four processes: reads ÷ reads of one process', readsOf(four), one ? readsOf(one) : 0, 1.25),
    ]
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

/** Each VM carries four, and the data collection association of one of them. */
const carried = 5

function extensionEntries(run: StoryResult): readonly Entry[] {
  const restored = sumOf(run.requests, /^(PUT|DELETE) .*(extensions|dataCollectionRuleAssociations)\//i)
  const moves = sumOf(run.requests, /^POST (unplannedFailover|failoverCommit)\//)
  return [
    judged('arm-cost, four extensions: writes ÷ floor', moves + restored, (2 + carried) * run.vms.length),
    ...throttled(run, 'four extensions'),
  ]
}

const throttled = ({ requests, accepted }: StoryResult, which: string): readonly Entry[] => [
  judged(`arm-cost, ${which}: 429s`, sumOf(requests, / 429$/), 0),
  informed(`arm-cost, ${which}: reads ÷ failovers`, readsOf({ requests }), accepted.length),
]

const readsOf = ({ requests }: Pick<StoryResult, 'requests'>): number => sumOf(requests, /^GET /)

const sumOf = (requests: StoryResult['requests'], which: RegExp): number =>
  Object.entries(requests).reduce((sum, [name, count]) => (which.test(name) ? sum + count : sum), 0)
