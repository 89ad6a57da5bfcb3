/**
 * `node sim/chaos/desktops/run.ts --seeds N --from S --trouble base|harsh|calm --story`: nights of replicated desktops. Thirty
 * of them in which one of the calls of that life was never struck have shown too little.
 */
import { parseArgs } from 'node:util'
import { troubles } from '../one-seed.ts'
import type { TroubleName } from '../troubles.ts'
import { runDesktopNight } from './night.ts'
import { neverStruckLate } from './struck.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '6' },
    from: { type: 'string', default: '1' },
    trouble: { type: 'string', default: 'base' },
    story: { type: 'boolean', default: false },
  },
})
const trouble = values.trouble as TroubleName
if (!Object.hasOwn(troubles, trouble)) throw new Error(`--trouble takes one of ${Object.keys(troubles).join(', ')}`)

const [from, count] = [Number(values.from), Number(values.seeds)]
const enoughNights = 30
const sum: Record<string, number> = {}
const brokenSeeds: number[] = []
for (let seed = from; seed < from + count; seed++) {
  const night = await runDesktopNight({ seed, trouble: troubles[trouble], wantsStory: values.story })
  for (const [name, times] of Object.entries(night.injected)) sum[name] = (sum[name] ?? 0) + times
  if (night.broken.length > 0) brokenSeeds.push(seed)
  if (night.story !== undefined) console.log(night.story)
  console.log(`seed ${seed}: ${night.outcomes.join(', ')} after ${Math.round(night.virtual / 60_000)} min`)
  for (const line of night.broken) console.log(`  broken: ${line}`)
}
for (const [name, times] of Object.entries(sum).sort()) console.log(`  ${name}: ${times}`)
const missing = trouble === 'calm' ? [] : neverStruckLate(sum)
if (missing.length > 0) console.log(`never struck: ${missing.join('; ')}`)
console.log(`${count - brokenSeeds.length} kept, ${brokenSeeds.length} broken: ${brokenSeeds.join(' ')}`)
process.exitCode = brokenSeeds.length > 0 || (missing.length > 0 && count >= enoughNights) ? 1 : 0
