/** `npm run chaos:processes -- --seeds N --from S --processes 2|3|4`: real processes, killed, stopped, cut off and with wrong clocks. */
import { parseArgs } from 'node:util'
import { minutes, spell } from '../src/lib/core/time.ts'
import { buildApp, bundleUrl } from '../tools/build.ts'
import { createCleanup } from './demo/cleanup.ts'
import { runProcesses } from './processes/run.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '3' },
    from: { type: 'string', default: '1' },
    processes: { type: 'string', default: '3' },
    speed: { type: 'string', default: '20' },
    minutes: { type: 'string', default: '15' },
    sources: { type: 'boolean', default: false },
    story: { type: 'boolean', default: false },
  },
})

const from = wholeNumber('--from', values.from, 1, 1e9)
const to = from + wholeNumber('--seeds', values.seeds, 1, 1e6) - 1
const options = {
  processes: wholeNumber('--processes', values.processes, 2, 4),
  fleet: 'tiny' as const,
  speed: wholeNumber('--speed', values.speed, 1, 60),
  troubledFor: minutes(wholeNumber('--minutes', values.minutes, 1, 600)),
}
const cleanup = createCleanup()
if (!values.sources) await buildApp()
let broken = 0
for (let seed = from; seed <= to; seed++) if (!(await isKept(seed))) broken++
console.log(`${to - from + 1 - broken} kept, ${broken} broken`)
process.exitCode = broken > 0 ? 1 : 0

async function isKept(seed: number): Promise<boolean> {
  try {
    const result = await runProcesses({ ...options, seed, ...(!values.sources && { bundle: bundleUrl.href }) }, cleanup)
    const isWell = result.broken.length === 0
    if (!isWell || values.story) console.log(result.story.join('\n'))
    const counts = Object.entries(result.counts).map(([name, count]) => `${name} ${count}`)
    console.log(`seed ${seed}: ${counts.join(', ')}; ${spell(result.simulated)} in ${spell(result.real)} of real time`)
    for (const line of result.broken) console.log(`  broken: ${line}`)
    return isWell
  } catch (error) {
    console.log(`seed ${seed}: the world failed: ${error instanceof Error ? error.stack : error}`)
    return false
  } finally {
    await cleanup.all()
  }
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < least || number > most)
    throw new Error(`${option} takes a whole number from ${least} to ${most}`)
  return number
}
