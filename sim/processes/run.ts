/** Several processes of one app, with real storage and a simulated Azure beside them, under fire; then the ledger is asked. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Millis, minutes } from '../../src/lib/core/time.ts'
import { readPlan } from '../../src/lib/plan/read-plan.ts'
import { connectionStringOf } from '../../tools/azurite.ts'
import { createScaledClock } from '../clock.ts'
import { createClient } from '../demo/client.ts'
import { startStorage } from '../demo/processes.ts'
import type { FastTime } from '../fast-time/fast-time.ts'
import { fleetIds } from '../fleets/fleet-ids.ts'
import { planTextFor } from '../fleets/plan-text.ts'
import { type Apps, startApps, type WrongClock } from './apps.ts'
import { type AzureProcess, startAzure } from './azure.ts'
import { createCutter } from './cuttable.ts'
import { attend, stillHeld } from './driver.ts'
import { type Schedule, scheduleOf } from './schedule.ts'
import { makeTrouble, type StorageVictim } from './troublemaker.ts'

export type ProcessesOptions = {
  readonly seed: number
  /** 2 to 4. */
  readonly processes: number
  readonly fleet: 'tiny' | 'small'
  readonly speed: number
  /** Trouble begins nothing new after so much simulated time. */
  readonly troubledFor: Millis
  /** The bundle instead of the sources. */
  readonly bundle?: string
  /** Another list of troubles. */
  readonly schedule?: Schedule
}

export type ProcessesResult = {
  /** Empty: all that was promised held, and there was trouble to hold against. */
  readonly broken: readonly string[]
  readonly counts: Readonly<Record<string, number>>
  readonly story: readonly string[]
  readonly simulated: Millis
  readonly real: Millis
  /** Of everything that was started. */
  readonly pids: readonly number[]
}

type Cleanup = { readonly add: (task: () => Promise<void>) => void }

/** Whoever calls carries the cleanup out. A world that cannot be started is thrown. */
export async function runProcesses(options: ProcessesOptions, cleanup: Cleanup): Promise<ProcessesResult> {
  const begun = Date.now()
  const time: FastTime = { speed: options.speed, epochReal: begun, epochSim: begun }
  const clock = createScaledClock(time)
  const story: string[] = []
  const say = (line: string) => {
    story.push(line)
  }
  const world = await startWorld(options, time, cleanup)
  const client = createClient('http://any/api', world.apps.keys, world.apps.send)
  await client.collectInventory()
  const schedule = options.schedule ?? scheduleOf(options.seed, options.processes, options.troubledFor)
  const start = clock.now()
  const trouble = makeTrouble(schedule, world.apps.victims, world.storage, clock, say)
  const attended = await attend({ client, clock, say, pairIds: world.pairIds, check: trouble.check })
  const simulated = clock.now() - start
  await trouble.stop()
  // Whoever was stopped goes on with what he had in hand: only after that is it over.
  await clock.sleep(aftermath)
  const end = await world.azure.judge()
  const held = await stillHeld(world.connectionString, world.pairIds)
  const offsets = world.apps.victims.map((victim) => [...victim.offsets])
  const counts = { ...trouble.counts, failovers: end.failovers, starts: end.starts, torn: world.torn() }
  return {
    broken: [...attended, ...end.broken, ...held, ...harmless(counts, offsets)],
    counts,
    story: [...story, ...offsets.map((some, i) => `clock of process ${i} was off by ${some.join(', ')} min`)],
    simulated,
    real: Date.now() - begun,
    pids: [...world.pids, ...world.apps.pids()],
  }
}

const aftermath: Millis = minutes(1.5)

/** A run in which nothing struck has shown nothing. */
function harmless(counts: Readonly<Record<string, number>>, offsets: readonly (readonly number[])[]): string[] {
  const { kill = 0, pause = 0, cut = 0, silence = 0 } = counts
  const apart = Math.max(...offsets.flat()) - Math.min(...offsets.flat())
  const jumped = offsets.some((some) => Math.max(...some) - Math.min(...some) >= jumpBy / minutes(1) - 1)
  return [
    ...(kill > 0 ? [] : ['nobody was killed']),
    ...(pause > 0 ? [] : ['nobody was paused']),
    ...(cut + silence > 0 ? [] : ['storage was never away']),
    ...(apart >= (2 * skew) / minutes(1) - 1 ? [] : [`clocks were only ${apart} min apart`]),
    ...(jumped ? [] : ['no clock jumped']),
  ]
}

const skew: Millis = minutes(5)
const jumpBy: Millis = minutes(7)
/** After the beginning; the processes have started by then. */
const jumpAt: Millis = minutes(6)

/** The first two are ten minutes apart; the last one's clock jumps forward. */
const clocksOf = (processes: number, epoch: number): readonly WrongClock[] =>
  Array.from({ length: processes }, (_, i) => ({
    skew: [skew, -skew][i] ?? 0,
    ...(i === processes - 1 && { jump: { at: epoch + jumpAt, by: jumpBy } }),
  }))

type StartedWorld = {
  readonly apps: Apps
  readonly azure: AzureProcess
  readonly storage: StorageVictim
  readonly torn: () => number
  readonly connectionString: string
  readonly pairIds: readonly string[]
  readonly pids: readonly number[]
}

async function startWorld(options: ProcessesOptions, time: FastTime, cleanup: Cleanup): Promise<StartedWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'processes-'))
  cleanup.add(async () => rmSync(folder, { recursive: true, force: true }))
  const planFile = join(folder, 'plan.yaml')
  const limits = { batchSize: 3, batchInterval: '2 min', grace: '0 s' }
  const planText = planTextFor(fleetIds(options.fleet), limits)
  writeFileSync(planFile, planText)
  const azure = await startAzure({ fleet: options.fleet, seed: options.seed, planText, time })
  cleanup.add(azure.stop)
  const azurite = await startStorage(time)
  cleanup.add(azurite.stop)
  const cutter = createCutter()
  const wireTo = async (port: number) => {
    const wire = await cutter.wireTo(port)
    cleanup.add(wire.close)
    return wire.port
  }
  const ports = {
    blobPort: await wireTo(azurite.blobPort),
    queuePort: await wireTo(azurite.queuePort),
    tablePort: await wireTo(azurite.tablePort),
  }
  const told = settings(azure, connectionStringOf(ports), planFile, options.bundle)
  const apps = await startApps(clocksOf(options.processes, time.epochSim), told, time, folder)
  cleanup.add(apps.stop)
  const storage = {
    ...cutter,
    freeze: () => void process.kill(azurite.pid, 'SIGSTOP'),
    thaw: () => void process.kill(azurite.pid, 'SIGCONT'),
  }
  const read = readPlan(planText)
  const pairIds = read.ok ? read.plan.pairs.map(({ id }) => id) : []
  const { connectionString } = azurite
  return { apps, azure, storage, torn: cutter.struck, connectionString, pairIds, pids: [azurite.pid, azure.pid] }
}

const settings = (azure: AzureProcess, connectionString: string, planFile: string, bundle: string | undefined) => ({
  Storage: connectionString,
  AZURE_CLOUD: 'custom',
  ARM_ENDPOINT: azure.origin,
  ARM_AUDIENCE: azure.origin,
  ...azure.environment,
  PLAN_FILE: planFile,
  SWEEP_SCHEDULE: '*/30 * * * * *',
  INVENTORY_SCHEDULE: '0 */15 * * * *',
  ...(bundle !== undefined && { APP_BUNDLE: bundle }),
})
