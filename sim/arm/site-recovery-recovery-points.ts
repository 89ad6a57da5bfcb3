import { minutes } from '../../src/lib/core/time.ts'
import { guidOf } from './avd-resource.ts'
import type { SimReplicatedItem } from './estate-types.ts'
import { wholeSeconds } from './site-recovery-job-body.ts'
import { capital, itemType } from './site-recovery-resource.ts'
import type { Sim } from './types.ts'

/** Crash-consistent points every five minutes (policy); the last hour of them, newest first. */
const every = minutes(5)
const kept = 12

export function recoveryPointBodies(sim: Sim, item: SimReplicatedItem): object[] {
  const newest = Math.floor(sim.now() / every) * every
  return Array.from({ length: kept }, (_, i) => {
    const at = newest - i * every
    const name = guidOf(`${item.id}/${at}`)
    return {
      id: `${capital(item.id)}/recoveryPoints/${name}`,
      name,
      type: `${itemType}/recoveryPoints`,
      properties: {
        recoveryPointTime: wholeSeconds(at),
        recoveryPointType: 'CrashConsistent',
        providerSpecificDetails: { instanceType: 'A2A', recoveryPointSyncType: 'PerVmRecoveryPoint', disks: [] },
      },
    }
  })
}
