/**
 * `npm run chaos -- --seeds N --from S --trouble base|harsh|withoutLoss|calm --acts N --threads N --verbose --story`: as
 * many bad nights as there is time for. A failing seed replays exactly alone, and tells its story.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { neverStruck } from './chaos/evidence.ts'
import { runSeeds } from './chaos/in-parallel.ts'
import { type SeedResult, troubles } from './chaos/one-seed.ts'
import type { TroubleName } from './chaos/troubles.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '1' },
    trouble: { type: 'string', default: 'base' },
    acts: { type: 'string', default: '4' },
    threads: { type: 'string', default: String(availableParallelism()) },
    verbose: { type: 'boolean', default: false },
    story: { type: 'boolean', default: false },
  },
})

const trouble = values.trouble as TroubleName
if (!Object.hasOwn(troubles, trouble)) throw new Error(`--trouble takes one of ${Object.keys(troubles).join(', ')}`)
const from = wholeNumber('--from', values.from)
const acts = wholeNumber('--acts', values.acts)
const all = Array.from({ length: wholeNumber('--seeds', values.seeds) }, (_, i) => from + i)

/** Between two lines that say how far it has come. */
const countEvery = 50
const enoughNights = 300
const sum: Record<string, number> = {}
const outcomes: Record<string, number> = {}
const brokenSeeds: number[] = []
let count = 0

await runSeeds(
  all.map((seed) => ({ seed, trouble, acts, wantsStory: values.story })),
  wholeNumber('--threads', values.threads),
  take,
)
console.log('injected:')
for (const [kind, times] of Object.entries(sum).sort()) console.log(`  ${kind}: ${times}`)
console.log(`operations: ${listed(outcomes)}`)
// In so many nights everything has to have happened; in a few it need not.
const missing = trouble === 'base' || trouble === 'harsh' ? neverStruck(sum) : []
if (missing.length > 0) console.log(`never struck: ${missing.join('; ')}`)
const hasShownTooLittle = missing.length > 0 && count >= enoughNights
if (brokenSeeds.length > 0) console.log(`broken seeds: ${brokenSeeds.sort((a, b) => a - b).join(' ')}`)
console.log(`${count - brokenSeeds.length} kept, ${brokenSeeds.length} broken`)
process.exitCode = brokenSeeds.length > 0 || hasShownTooLittle ? 1 : 0

function take(result: SeedResult): void {
  const { seed, broken, injected, virtual, story } = result
  count++
  for (const [kind, times] of Object.entries(injected)) sum[kind] = (sum[kind] ?? 0) + times
  for (const outcome of result.outcomes) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  if (broken.length > 0) brokenSeeds.push(seed)
  if (story !== undefined) console.log(story)
  if (broken.length > 0 || values.verbose || values.story) {
    const kept = broken.length > 0 ? 'broken' : 'kept'
    console.log(`seed ${seed}: ${result.outcomes.join(', ')} after ${Math.round(virtual / 60_000)} min, ${kept}`)
  }
  for (const line of broken) console.log(`  broken: ${line}`)
  if (count % countEvery === 0) console.log(`${count} of ${all.length}, ${brokenSeeds.length} broken`)
}

function listed(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, times]) => `${times} ${name}`)
    .join(', ')
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`${option} takes a whole number from 1`)
  return number
}
