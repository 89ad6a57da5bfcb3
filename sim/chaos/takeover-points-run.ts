/** `node sim/chaos/takeover-points-run.ts --stride N --offset N [--aborted] [--strike crashAfter]`: a failover begins at every call of a wake-up. */
import { parseArgs } from 'node:util'
import type { Strike } from '../virtual/life.ts'
import { callsOfWakeUp, calmTakeover, runTakeover } from './takeover-points.ts'

const { values } = parseArgs({
  options: {
    stride: { type: 'string', default: '1' },
    offset: { type: 'string', default: '0' },
    aborted: { type: 'boolean', default: false },
    strike: { type: 'string' },
  },
})

const options = { isAborted: values.aborted }
const strike = values.strike as Strike | undefined
const calls = await callsOfWakeUp()
const calm = await calmTakeover(options)
let runs = 0
let broken = 0
for (let call = Number(values.offset); call < calls.length; call += Number(values.stride)) {
  runs++
  const lines = await runTakeover({ call, ...(strike && { strike }) }, calm, options)
  if (lines.length === 0) continue
  broken++
  console.log(`call ${call} ${calls[call]}:`)
  for (const line of lines) console.log(`  ${line}`)
}
console.log(`${calls.length} calls, ${runs} runs: ${runs - broken} kept, ${broken} broken`)
process.exitCode = broken > 0 || runs === 0 ? 1 : 0
