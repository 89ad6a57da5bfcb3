/** `npm run demo`: a simulated Azure, the emulator of its storage and the app as real processes, in fast time. */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readOptions, usage } from './demo/options.ts'
import { runDemo } from './demo/run.ts'
import { createScreen } from './demo/screen.ts'

const logs = fileURLToPath(new URL('../.tmp/', import.meta.url))

async function main(): Promise<number> {
  const read = readOptions(process.argv.slice(2))
  if (read.kind !== 'run') {
    console.log(read.kind === 'wrong' ? `${read.problem}\n\n${usage}` : usage)
    return read.kind === 'wrong' ? 2 : 0
  }
  mkdirSync(logs, { recursive: true })
  return runDemo(read.options, createScreen(process.stdout, read.options.speed), `${logs}demo-${process.pid}.log`)
}

process.exitCode = await main()
