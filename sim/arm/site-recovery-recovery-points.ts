import { idKey } from '../../src/lib/core/arm-id.ts'
import { hours, type Instant, minutes } from '../../src/lib/core/time.ts'
import { worldOf } from '../estate/world.ts'
import { guidOf } from './avd-resource.ts'
import type { SimReplicatedItem } from './estate-types.ts'
import { jobsOfItem } from './site-recovery-job.ts'
import { wholeSeconds } from './site-recovery-job-body.ts'
import { capital, itemType } from './site-recovery-resource.ts'
import type { Sim } from './types.ts'

type Point = { readonly name: string; readonly at: Instant; readonly type: 'CrashConsistent' | 'ApplicationConsistent' }

/** By the fleet's policy: every five minutes, the last hour of them; every four hours application-consistent, a day of them. */
const crashConsistent = { every: minutes(5), kept: 12, type: 'CrashConsistent' } as const
const applicationConsistent = { every: hours(4), kept: 6, type: 'ApplicationConsistent' } as const

export function recoveryPointBodies(sim: Sim, item: SimReplicatedItem): object[] {
  return pointsOf(sim, item).map(({ name, at, type }) => ({
    id: `${capital(item.id)}/recoveryPoints/${name}`,
    name,
    type: `${itemType}/recoveryPoints`,
    properties: {
      recoveryPointTime: wholeSeconds(at),
      recoveryPointType: type,
      providerSpecificDetails: { instanceType: 'A2A', recoveryPointSyncType: 'PerVmRecoveryPoint', disks: [] },
    },
  }))
}

/** The moment an id stands for; without one it is the latest. Undefined: there is no such point. */
export function momentOf(sim: Sim, item: SimReplicatedItem, pointId: unknown): Instant | undefined {
  if (pointId === undefined || pointId === null || pointId === '') return lastChange(sim, item)
  const name = String(pointId).split('/').at(-1)?.toLowerCase()
  return pointsOf(sim, item).find((point) => point.name === name)?.at
}

/** From now on, or for a while, what is replicated of this item is broken: a machine made from it never reports in. */
export const spoilPoints = (sim: Sim, item: SimReplicatedItem, from: Instant, until = Number.POSITIVE_INFINITY): void =>
  void worldOf(sim).badPoints.set(idKey(item.id), { from, until })

export function isBadPoint(sim: Sim, item: SimReplicatedItem, at: Instant): boolean {
  const bad = worldOf(sim).badPoints.get(idKey(item.id))
  return bad !== undefined && bad.from <= at && at < bad.until
}

/** Newest first. */
function pointsOf(sim: Sim, item: SimReplicatedItem): Point[] {
  const last = lastChange(sim, item)
  return [crashConsistent, applicationConsistent]
    .flatMap(({ every, kept, type }) =>
      Array.from({ length: kept }, (_, i): Point => {
        const at = (Math.floor(last / every) - i) * every
        return { name: guidOf(`${item.id}/${type}/${at}`), at, type }
      }),
    )
    .sort((a, b) => b.at - a.at)
}

/** Replication ends with the source region, and with a failover. */
function lastChange(sim: Sim, item: SimReplicatedItem): Instant {
  const region = item.fabric.replace('asr-a2a-default-', '')
  const died = worldOf(sim).diedAt.get(region) ?? sim.now()
  const state = item.state.now()
  if (state === 'Protected') return died
  const left = jobsOfItem(item).findLast(({ scenario }) => scenario === 'UnplannedFailover')
  return Math.min(died, left?.startedAt ?? died)
}
