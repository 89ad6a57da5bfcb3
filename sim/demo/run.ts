/** From nothing to the report: starts the parts, plays the story, asks the ledger, and leaves nothing running. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readPlan } from '../../src/lib/plan/read-plan.ts'
import type { DrPlan } from '../../src/lib/plan/schema.ts'
import type { FastTime } from '../fast-time/fast-time.ts'
import { planTextFor } from '../fleets/plan-text.ts'
import { createCleanup } from './cleanup.ts'
import { createClient } from './client.ts'
import { type DemoEstate, startEstate } from './estate.ts'
import type { DemoOptions } from './options.ts'
import { type AppProcess, appSettings, startApp, startStorage } from './processes.ts'
import { faultsOf, reportLines } from './report.ts'
import type { Screen } from './screen.ts'
import { playStory } from './story.ts'

/** Answers the exit code. */
export async function runDemo(options: DemoOptions, screen: Screen, logFile: string): Promise<number> {
  const cleanup = createCleanup()
  try {
    return await run(options, screen, logFile, cleanup)
  } catch (error) {
    screen.rest()
    screen.say(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`)
    screen.say(`The log of the app is ${logFile}.`)
    return 1
  } finally {
    await cleanup.all()
  }
}

async function run(
  options: DemoOptions,
  screen: Screen,
  logFile: string,
  cleanup: ReturnType<typeof createCleanup>,
): Promise<number> {
  const begun = Date.now()
  const time: FastTime = { speed: options.speed, epochReal: begun, epochSim: begun }
  screen.say(
    `Starting a simulated Azure with the fleet "${options.fleet}", Azurite and the app, ${options.speed} × as fast as real.`,
  )
  const folder = mkdtempSync(join(tmpdir(), 'demo-'))
  cleanup.add(async () => rmSync(folder, { recursive: true, force: true }))
  const estate = await startEstate(options.fleet, options.seed, time)
  cleanup.add(estate.server.close)
  const storage = await startStorage(time)
  cleanup.add(storage.stop)
  const { planFile, plan } = planOf(options, estate, folder)
  const app = await startApp(appSettings(estate.server, storage.connectionString, planFile), time, logFile)
  cleanup.add(app.stop)

  const report = await playStory({ options, screen, estate, plan, app, client: createClient(app.url, app.keys) })
  for (const line of reportLines(report)) screen.say(line)
  if (options.keep) await keep(screen, app, estate, storage.connectionString)
  const isWell = faultsOf(report).length === 0
  if (!isWell) screen.say(`The log of the app is ${logFile}.`)
  else cleanup.add(async () => rmSync(logFile, { force: true }))
  return isWell ? 0 : 1
}

/** The example of the documentation fits the fleet "demo". */
function planOf({ fleet }: DemoOptions, { ids }: DemoEstate, folder: string): { planFile: string; plan: DrPlan } {
  const example = fileURLToPath(new URL('../../plans/example.plan.yaml', import.meta.url))
  const planFile = fleet === 'demo' ? example : join(folder, 'plan.yaml')
  if (fleet !== 'demo') writeFileSync(planFile, planTextFor(ids))
  const read = readPlan(readFileSync(planFile, 'utf8'))
  if (!read.ok) throw new Error(`${planFile} has ${read.problems.length} problems`)
  return { planFile, plan: read.plan }
}

async function keep(screen: Screen, app: AppProcess, { server }: DemoEstate, connectionString: string): Promise<void> {
  screen.say('')
  screen.say(`The app:          ${app.url}/health?code=${app.keys.reading}`)
  screen.say(`  operations:     ${app.url}/operations?code=${app.keys.reading}`)
  screen.say(`  key to read:    ${app.keys.reading}`)
  screen.say(`  key to change:  ${app.keys.changing}`)
  screen.say(`Simulated Azure:  ${server.origin} (authority: ${server.caPath})`)
  screen.say(`Storage:          ${connectionString}`)
  screen.say('Ctrl-C ends all of it.')
  await new Promise(() => undefined)
}
