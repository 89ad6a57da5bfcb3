import { overheads } from './bounds.ts'
import { type Bench, type Entry, informed, judged } from './entry.ts'
import { runStories } from './in-parallel.ts'
import { highest, percentile } from './percentile.ts'
import type { StoryResult } from './run-story.ts'
import { fourProcesses, thousand } from './thousand.ts'
import type { VmFacts } from './vm-facts.ts'

/** Per call of a process to Azure or storage, before it and after it. */
const crash = 0.0005
const killedSeeds = [11, 12, 13]

export const overhead: Bench = {
  name: 'overhead',
  about: `From the moment a VM is permitted to begin to its accepted failover, in virtual seconds; per seed over all VMs of the
makespan's runs, and with four processes for the first seed. Permitted: the drain is shown, nobody is listed any more, and a slot is free, that is 600 s after the acceptance
100 ranks earlier. It holds the poll (10 s while people are being signed out), the queue, whole seconds of storage's clock, and the
request. *with kills*: 200 VMs in batches of 20, three seeds, one process that dies at a call with probability
${crash} before and after each, started again 5–40 s later; no crash at all would be a miss. *steps*: waits between the steps
after the failover, for information: p99 against the longest poll of the step.`,
  async run() {
    const runs = await thousand()
    const killed = await runStories(
      killedSeeds.map((seed) => ({ seed, vms: 200, batchSize: 20, lifeFaults: { crash } })),
    )
    const calm = runs.flatMap((run) => entriesOf(run, `seed ${run.seed}`))
    const late = killed.flatMap(({ vms, pace }) => overheads(vms, pace)).map((length) => length / 1_000)
    const crashes = killed.reduce((sum, run) => sum + run.crashes, 0)
    const missing = killed.reduce((sum, run) => sum + 200 - run.vms.length + run.violations.length, 0)
    return [
      ...calm,
      ...entriesOf(await fourProcesses(), 'four processes'),
      judged('overhead, with kills: p99, s', percentile(late, 0.99), 120),
      informed('overhead, with kills: highest, s', highest(late), 120),
      judged('overhead, with kills: wanted ÷ injected crashes', killedSeeds.length, crashes),
      judged('overhead, with kills: VMs not committed, or rules broken', missing, 0),
      ...stepWaits(runs.flatMap(({ vms }) => vms)),
    ]
  },
}

function entriesOf({ vms, pace }: StoryResult, which: string): readonly Entry[] {
  const seconds = overheads(vms, pace).map((length) => length / 1_000)
  return [
    judged(`overhead, ${which}: p50, s`, percentile(seconds, 0.5), 3),
    judged(`overhead, ${which}: p99, s`, percentile(seconds, 0.99), 30),
  ]
}

function stepWaits(vms: readonly VmFacts[]): readonly Entry[] {
  const line = (name: string, poll: number, length: (vm: VmFacts) => number | undefined): Entry => {
    const waits = vms.map(length).filter((wait) => wait !== undefined)
    return informed(`overhead, steps: ${name}, s`, percentile(waits, 0.99) / 1_000, poll)
  }
  return [
    line('drain shown → sign-out sent', 10, ({ drainShown, signOut }) => signOut && signOut.askedAt - drainShown),
    line(
      'failover and agent shown → undrain sent',
      15,
      (vm) => vm.undrainedAt - Math.max(vm.failoverShown, vm.readyShown),
    ),
    line('undrain shown → commit sent', 10, (vm) => vm.commitAcceptedAt - vm.undrainShown),
  ]
}
