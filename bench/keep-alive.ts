import { availableParallelism } from 'node:os'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { keepHostsAlive, takeInventory } from '../sim/keepalive/app-timers.ts'
import { resultOf, type YearResult } from '../sim/keepalive/result.ts'
import { playYear, type YearOptions } from '../sim/keepalive/year.ts'
import { hours } from '../src/lib/core/time.ts'
import { type Bench, type Entry, informed, judged } from './entry.ts'

/** One estate a pair: three at once in one thread would take an hour. */
export type PairOfYear = Pick<YearOptions, 'seed' | 'pairs' | 'failover'>

export const pairsOfYear: readonly PairOfYear[] = [
  { seed: 1, pairs: [334], failover: { day: 150, backOn: 260 } },
  { seed: 2, pairs: [333] },
  { seed: 3, pairs: [333] },
]

const costBar = 1.1
const day = hours(24)

export const keepAlive: Bench = {
  name: 'keep-alive',
  about: `1,000 standby hosts in three pairs for 365 days at the plan's default settings, virtual time, judged by the ledger. Three
starts in a hundred find no room; agents want an update every 28 days; autoscale deallocates whatever it sees without the exclusion
tag; people start hosts by hand and work on them; the app is away for ten days, from the middle of a window on; users of the first
pair are on the other side from day 150 to day 260, and the failover takes the pair from a wake-up. A token is renewed by 20 minutes of
running and not by less, and a host whose token is 90 days old never reports in again.

*promises broken*: hosts silent for more than 90 days, expired, left on, drained or tagged, users disturbed, more at once than the plan
allows, and anything that went wrong and is told nowhere. *cost*: machine-hours from an accepted start to the deallocation, against the
least that the windows permit: for each host the wake-ups without which it would have been silent for longer than \`every\`, each with
the boot and the deallocation as they were drawn, and \`stayOn\`; patches fit into it. Whatever others switched on is free there. Hosts
start with tokens of all ages up to two months, so a backlog comes first; evening it out costs wake-ups that the least does not have.
Hosts that an outage of the app caught while they were on are counted by themselves: nobody was there to switch them off.

Unlike an app in production the story takes an inventory every 5 hours and runs the keep-alive timer every hour, its sweep every 10
minutes, and each pair has an estate of its own: what differs is the time it takes to run.`,
  run: async () => entriesOf(await runPairs(pairsOfYear)),
}

/** As `bench/keep-alive.ts` runs each of them. */
export const runPair = async (pair: PairOfYear): Promise<YearResult> =>
  resultOf(
    await playYear({
      days: 365,
      keepAlive: {},
      startFailures: 0.03,
      outage: { day: 80, days: 10 },
      portal: true,
      takeInventory,
      keepHostsAlive,
      ...pair,
    }),
  )

export function entriesOf(results: readonly YearResult[]): readonly Entry[] {
  const sum = (of: (result: YearResult) => number) => results.reduce((total, result) => total + of(result), 0)
  const most = (of: (result: YearResult) => number) => Math.max(...results.map(of))
  const [used, least] = [sum(({ cost }) => cost.usedHours), sum(({ cost }) => cost.leastHours)]
  return [
    judged(
      'keep-alive, promises broken',
      sum(({ broken }) => broken.length),
      0,
    ),
    judged(
      'keep-alive, longest silence of a host ÷ registration, days',
      most(({ longestSilence }) => longestSilence) / day,
      90,
    ),
    judged('keep-alive, cost ÷ least, machine-hours', used, least, costBar),
    judged(
      'keep-alive, most at once ÷ maxConcurrent',
      most(({ mostAtOnce }) => mostAtOnce),
      20,
    ),
    informed(
      'keep-alive, wake-ups ÷ forced',
      sum(({ cost }) => cost.wakes),
      sum(({ cost }) => cost.forced),
    ),
    informed(
      'keep-alive, failed starts ÷ wake-ups',
      sum(({ failedStarts }) => failedStarts),
      sum(({ cost }) => cost.wakes),
    ),
    informed(
      'keep-alive, machine-hours in the outage ÷ cost',
      sum(({ caughtHours }) => caughtHours),
      used,
    ),
  ]
}

async function runPairs(all: readonly PairOfYear[]): Promise<readonly YearResult[]> {
  const results: YearResult[] = []
  let next = 0
  const work = async () => {
    for (let i = next++; i < all.length; i = next++) {
      const pair = all[i]
      if (!pair) continue
      const result = await inThread(pair)
      results[i] = result
      for (const line of result.broken.slice(0, 20)) console.error(`  pair ${i + 1}: ${line}`)
    }
  }
  await Promise.all(Array.from({ length: Math.min(all.length, availableParallelism()) }, work))
  return results
}

function inThread(pair: PairOfYear): Promise<YearResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: pair })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`a year ended with ${code} and no result`)))
  })
}

if (!isMainThread) parentPort?.postMessage(await runPair(workerData as PairOfYear))
