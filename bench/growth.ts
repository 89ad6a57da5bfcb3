import { minutes } from '../src/lib/core/time.ts'
import type { OperationSpec } from '../src/lib/machine/spec.ts'
import { type Bench, type Entry, judged } from './entry.ts'
import { planned, widened } from './fan-out-world.ts'
import { type Growth, runOperation } from './growth-world.ts'
import { createMeter } from './meter.ts'
import { median } from './percentile.ts'

const batches = 10
/** Runs of each size; the median counts. The first one of all warms up and does not count. */
const sizes = [
  { vms: 100, runs: 5 },
  { vms: 1_000, runs: 3 },
  { vms: 10_000, runs: 1 },
] as const
const bar = 1.3

export const growth: Bench = {
  name: 'growth',
  about: `Virtual time: an operation of N desktops in ${batches} batches of N ÷ ${batches}, from its first tick to its end, every message handled and the sweep
every 30 s. CPU is what this thread used less what storage, queues and Azure used, each of which is a map in memory whose every call runs in one go
and is metered by itself. So it is the engine with its steps, rules, decisions and rows, garbage collection included; the SDKs and the network are
not in it. That Azure passes the looks of the steps and answers at once; half of the desktops are in use. A transaction is a request to a table, queue
or blob; a page of 1,000 rows is one. Machine load moves CPU, for all
sizes alike; transactions are exact. The limit is the least per VM of all smaller sizes in the same run; median of runs: ${sizes.map(({ runs, vms }) => `${runs} at ${vms}`).join(', ')}.`,
  async run() {
    const { spec } = await planned()
    await measured(spec, 100)
    const grown: { readonly vms: number; readonly cpu: number; readonly transactions: number }[] = []
    for (const { vms, runs } of sizes) {
      const results: Growth[] = []
      for (let i = 0; i < runs; i++) results.push(await measured(spec, vms))
      grown.push({
        vms,
        cpu: median(results.map(({ cpuSeconds }) => (cpuSeconds * 1_000) / vms)),
        transactions: median(results.map(({ transactions }) => transactions / vms)),
      })
    }
    return grown.slice(1).flatMap((larger, i) => entriesOf(larger, grown.slice(0, i + 1)))
  },
}

async function measured(spec: OperationSpec, vms: number): Promise<Growth> {
  const result = await runOperation(widened(spec, vms, vms / batches), createMeter())
  console.error(
    `  growth of ${vms}: ${result.cpuSeconds.toFixed(1)} s of CPU, ${result.transactions} transactions, ${(result.length / minutes(1)).toFixed(0)} virtual minutes`,
  )
  if (result.committed !== vms) throw new Error(`${result.committed} of ${vms} VMs are committed`)
  return result
}

type Grown = { readonly vms: number; readonly cpu: number; readonly transactions: number }

function entriesOf({ vms, cpu, transactions }: Grown, smaller: readonly Grown[]): readonly Entry[] {
  const least = (of: (grown: Grown) => number) => Math.min(...smaller.map(of))
  return [
    judged(
      `growth, ${vms} VMs: CPU of the program per VM, ms`,
      cpu,
      least((one) => one.cpu),
      bar,
    ),
    judged(
      `growth, ${vms} VMs: storage transactions per VM`,
      transactions,
      least((one) => one.transactions),
      bar,
    ),
  ]
}
