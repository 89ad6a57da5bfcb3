/** `npm run bench`: all entries, or `--only <name>`. Exit code 1 when one is not ok. */
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { accessMoves } from './access-moves.ts'
import { armCost } from './arm-cost.ts'
import type { Bench, Entry } from './entry.ts'
import { fanOut } from './fan-out.ts'
import { growth } from './growth.ts'
import { inventory } from './inventory.ts'
import { keepAlive } from './keep-alive.ts'
import { makespan } from './makespan.ts'
import { memory } from './memory.ts'
import { naive } from './naive.ts'
import { overhead } from './overhead.ts'
import { pace } from './pace.ts'
import { readmeOf } from './readme.ts'

const benches: readonly Bench[] = [
  makespan,
  pace,
  overhead,
  armCost,
  accessMoves,
  fanOut,
  memory,
  growth,
  inventory,
  keepAlive,
  naive,
]

const here = (name: string) => new URL(name, import.meta.url)

async function main(): Promise<void> {
  const { only } = parseArgs({ options: { only: { type: 'string', multiple: true } } }).values
  const wanted = benches.filter(({ name }) => only === undefined || only.includes(name))
  if (wanted.length === 0) throw new Error(`no such entry; there are ${benches.map(({ name }) => name).join(', ')}`)
  // What is not run again keeps its lines; read anew each time, because another run may have written meanwhile.
  let entries: readonly Entry[] = []
  for (const bench of wanted) {
    const startedAt = performance.now()
    const fresh = await bench.run()
    for (const entry of fresh) console.log(lineOf(entry))
    console.log(`${bench.name}: ${((performance.now() - startedAt) / 1_000).toFixed(0)} s\n`)
    if (only !== undefined) entries = await earlier()
    entries = inOrder([...entries.filter((entry) => !isOf(entry, bench)), ...fresh])
    await writeFile(here('results.json'), `${JSON.stringify(entries, null, 2)}\n`)
    await writeFile(here('README.md'), readmeOf(benches, entries))
  }
  if (entries.some(({ ok }) => !ok)) process.exitCode = 1
}

async function earlier(): Promise<readonly Entry[]> {
  const text = await readFile(here('results.json'), 'utf8').catch(() => '[]')
  return JSON.parse(text) as readonly Entry[]
}

const isOf = ({ name }: Entry, bench: Bench): boolean => name.startsWith(`${bench.name},`)

const inOrder = (entries: readonly Entry[]): readonly Entry[] =>
  benches.flatMap((bench) => entries.filter((entry) => isOf(entry, bench)))

const lineOf = ({ name, value, limit, ratio, bar, ok }: Entry): string =>
  `${bar === null ? '    ' : ok ? 'ok  ' : 'MISS'} ${name}: ${value} of ${limit}, ratio ${ratio}${bar === null ? '' : ` (bar ${bar})`}`

await main()
