/** `npm run chaos -- --seeds N --from S --trouble base|harsh|withoutLoss`: as many bad nights as there is time for. A failing seed replays exactly. */
import { parseArgs } from 'node:util'
import { runChaos } from './chaos/run.ts'
import { tellStory } from './chaos/tell-story.ts'
import { base, calm, harsh, type TroubleName, withoutLoss } from './chaos/troubles.ts'

const troubles = { calm, base, harsh, withoutLoss } satisfies Record<TroubleName, unknown>

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '1' },
    trouble: { type: 'string', default: 'base' },
    story: { type: 'boolean', default: false },
  },
})

const trouble = values.trouble as TroubleName
if (!(trouble in troubles)) throw new Error(`--trouble takes one of ${Object.keys(troubles).join(', ')}`)
const from = wholeNumber('--from', values.from)
const to = from + wholeNumber('--seeds', values.seeds) - 1
let broken = 0
for (let seed = from; seed <= to; seed++) {
  const result = await runChaos({
    seed,
    trouble: troubles[trouble],
    orders: true,
    withoutSweep: trouble === 'withoutLoss',
    inspect: async (operator, ids, violations) => {
      if (values.story || violations.length > 0) console.log(await tellStory(operator, ids))
    },
  })
  if (result.broken.length > 0) broken++
  const minutes = Math.round(result.virtual / 60_000)
  console.log(
    `seed ${seed}: ${result.outcomes.join(', ')} after ${minutes} min${result.broken.length > 0 ? '' : ', kept'}`,
  )
  for (const line of result.broken) console.log(`  broken: ${line}`)
}
console.log(`${to - from + 1 - broken} kept, ${broken} broken`)
process.exitCode = broken > 0 ? 1 : 0

function wholeNumber(option: string, text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`${option} takes a whole number from 1`)
  return number
}
