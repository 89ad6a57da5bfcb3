import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Bench, type Entry, informed, judged } from './entry.ts'
import { pairs, type Story, takeInventories } from './inventory-world.ts'
import type { RulesRun } from './rules-alone.ts'

const sizes = [1_000, 5_000, 10_000] as const
/** Seconds an invocation has (host.json). */
const invocation = 120
/** CPU seconds and MB of resident set for all rules. */
const limits = { cpu: 2, megabytes: 300 }

export const inventory: Bench = {
  name: 'inventory',
  about: `Virtual time: ${pairs} pairs of pooled hosts in one subscription, ${sizes.join(', ')} hosts on both sides together, read by the collector through the
real gateways and the request budget, with the latencies and buckets of the simulated Azure. *Fewest*: pages of 100 for session hosts, VMs and power states (one
listing for all), pages of 1,000 for Resource Graph, and one request for each other list, resource group, account, share, image and pool that
is asked about. Role assignments are read twice by [decision 22](../docs/decisions/0022-what-an-inventory-believes.md), which is what the rest is. The *first*
inventory has nothing to compare with and reads most lists twice. *One GET per VM*: what reading each machine by itself would come to, beside all other
requests. *Time* against 2 minutes, two fifths of an invocation. *Rules*: every rule for every pair, over that inventory as it is stored, alone in a process; resident set
with Node, the code and the inventory in it.`,
  async run() {
    const entries: Entry[] = []
    const rulesPerHost: number[] = []
    const perHost: number[] = []
    for (const hosts of sizes) {
      const story = await takeInventories(hosts)
      const rules = await runRules(story)
      console.error(`  inventory of ${hosts}: ${JSON.stringify({ first: story.first, next: story.next, rules })}`)
      entries.push(...entriesOf(hosts, story, rules))
      entries.push(...growthOf(hosts, story.next.requests / hosts, perHost, 'requests'))
      entries.push(...growthOf(hosts, (rules.cpuSeconds * 1e6) / hosts, rulesPerHost, 'CPU of rules, µs'))
    }
    return entries
  },
}

function entriesOf(hosts: number, { first, next }: Story, rules: RulesRun): readonly Entry[] {
  const name = (what: string) => `inventory, ${hosts} hosts: ${what}`
  return [
    judged(name('requests and pages ÷ fewest'), next.requests, next.fewest, 1.1),
    informed(name('of the first one ÷ fewest'), first.requests, first.fewest),
    judged(name('own 429s'), first.throttled + next.throttled, 0),
    informed(name('requests ÷ those with one GET per VM'), next.requests, next.requests + hosts),
    judged(name('time, s'), next.length / 1_000, invocation),
    judged(name('CPU of all rules, s'), rules.cpuSeconds, limits.cpu),
    judged(name('resident set of all rules, MB'), rules.megabytes, limits.megabytes),
  ]
}

/** Against the least per host of all smaller sizes. */
function growthOf(hosts: number, value: number, smaller: number[], what: string): readonly Entry[] {
  const least = Math.min(...smaller)
  smaller.push(value)
  return Number.isFinite(least) ? [judged(`inventory, ${hosts} hosts: ${what} per host`, value, least, 1.3)] : []
}

async function runRules({ inventory: seen, planText }: Story): Promise<RulesRun> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  try {
    const files = [join(folder, 'inventory.json'), join(folder, 'plan.yaml')] as const
    await writeFile(files[0], JSON.stringify(seen))
    await writeFile(files[1], planText)
    const script = fileURLToPath(new URL('rules-alone.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [script, ...files])
    return JSON.parse(stdout) as RulesRun
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
