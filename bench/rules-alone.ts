/** All rules over a stored inventory, alone in a process: `node bench/rules-alone.ts <inventory> <plan>` prints what it took. */
import { readFileSync } from 'node:fs'
import { contextOfPair } from '../src/lib/drift/context-of.ts'
import { evaluate } from '../src/lib/drift/evaluate.ts'
import { rules } from '../src/lib/drift/rules/index.ts'
import type { Inventory } from '../src/lib/model/inventory.ts'
import { untouchedPair } from '../src/lib/model/pair-state.ts'
import { readPlan } from '../src/lib/plan/read-plan.ts'

export type RulesRun = {
  readonly cpuSeconds: number
  /** Highest resident set of the process: Node, the code, the inventory and all it took. */
  readonly megabytes: number
  readonly rules: number
  readonly findings: number
  readonly unchecked: number
}

const [inventoryFile = '', planFile = ''] = process.argv.slice(2)

function run(): RulesRun {
  const read = readPlan(readFileSync(planFile, 'utf8'))
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  const { plan } = read
  const inventory = JSON.parse(readFileSync(inventoryFile, 'utf8')) as Inventory
  const before = process.cpuUsage()
  const outcomes = plan.pairs.map((pair) => {
    const parts = { plan, pair, pairState: untouchedPair, clocks: [], now: inventory.takenAt }
    const context = contextOfPair({ ...parts, inventory, place: { region: 'ukwest' } })
    if (!context) throw new Error(`${pair.id} is not in the inventory`)
    return evaluate(context, rules)
  })
  const { user, system } = process.cpuUsage(before)
  const count = (of: (one: (typeof outcomes)[number]) => readonly unknown[]) =>
    outcomes.reduce((sum, one) => sum + of(one).length, 0)
  return {
    cpuSeconds: (user + system) / 1e6,
    // Kilobytes of 1,024 bytes, on Linux.
    megabytes: (process.resourceUsage().maxRSS * 1_024) / 1e6,
    rules: rules.length,
    findings: count(({ findings }) => findings),
    unchecked: count(({ unchecked }) => unchecked),
  }
}

console.log(JSON.stringify(run()))
