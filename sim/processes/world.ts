/** All that is started for one run: simulated Azure, storage behind a wire that can be cut, and the app's processes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Millis, minutes } from '../../src/lib/core/time.ts'
import { readPlan } from '../../src/lib/plan/read-plan.ts'
import { connectionStringOf } from '../../tools/azurite.ts'
import { appSettings, startStorage } from '../demo/processes.ts'
import type { FastTime } from '../fast-time/fast-time.ts'
import { fleetIds } from '../fleets/fleet-ids.ts'
import { planTextFor } from '../fleets/plan-text.ts'
import { type Apps, startApps, type WrongClock } from './apps.ts'
import { type AzureProcess, startAzure } from './azure.ts'
import { createCutter } from './cuttable.ts'
import { freeze } from './freeze.ts'
import type { StorageVictim } from './troublemaker.ts'

export type WorldOptions = {
  readonly seed: number
  /** 2 to 4. */
  readonly processes: number
  readonly fleet: 'tiny' | 'small'
  /** Address of the bundle, instead of the sources. */
  readonly bundle?: string
}

export type Cleanup = { readonly add: (task: () => Promise<void>) => void }

/** Of the first process; the second is as late. */
export const skew: Millis = minutes(5)
export const jumpBy: Millis = minutes(7)
export type StartedWorld = {
  readonly apps: Apps
  readonly azure: AzureProcess
  readonly storage: StorageVictim
  readonly torn: () => number
  readonly connectionString: string
  readonly pairIds: readonly string[]
  readonly pids: readonly number[]
}

/** Each part goes to the cleanup as soon as it is there. */
export async function startWorld(options: WorldOptions, time: FastTime, cleanup: Cleanup): Promise<StartedWorld> {
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
  const told = {
    ...appSettings(azure, connectionStringOf(ports), planFile),
    ...(options.bundle !== undefined && { APP_BUNDLE: options.bundle }),
  }
  const apps = await startApps(clocksOf(options), told, time, folder, cleanup)
  const storage = {
    ...cutter,
    freeze: () => freeze(azurite.pid),
  }
  const read = readPlan(planText)
  const pairIds = read.ok ? read.plan.pairs.map(({ id }) => id) : []
  const { connectionString } = azurite
  return { apps, azure, storage, torn: cutter.struck, connectionString, pairIds, pids: [azurite.pid, azure.pid] }
}

/** The first two are ten minutes apart; the clock of the last one jumps, with some seeds backward. */
const clocksOf = ({ processes, seed }: WorldOptions): readonly WrongClock[] =>
  Array.from({ length: processes }, (_, i) => ({
    skew: [skew, -skew][i] ?? 0,
    ...(i === processes - 1 && { jumpBy: seed % 2 === 0 ? -jumpBy : jumpBy }),
  }))
