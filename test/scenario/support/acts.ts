/** The situations the tables of scenarios start from, one for each runbook. */

import type { Sim } from '../../../sim/arm/types.ts'
import { deallocateVm } from '../../../sim/estate/vm-power.ts'
import type { FleetIds } from '../../../sim/fleets/fleet-ids.ts'
import type { Asked } from '../../../sim/virtual/operator.ts'
import { idKey } from '../../../src/lib/core/arm-id.ts'
import { minutes } from '../../../src/lib/core/time.ts'
import type { Strategy } from '../../../src/lib/runbooks/index.ts'
import type { Picture } from './picture.ts'
import { openScene, personalOnly, pooledOnly, runThrough, type Scene, type SceneOptions } from './scene.ts'

export type ActKind = 'failover' | 'failback'
/** `before`: right before the operation that is under test. */
export type Act = Scene & { readonly request: Asked; readonly before: Picture }

export async function openAct(strategy: Strategy, kind: ActKind, options: SceneOptions = {}): Promise<Act> {
  if (strategy === 'personalReplicated') {
    const scene = await openScene({ fleet: personalOnly, arrange: addPersonalScalingPlan, ...options })
    return { ...scene, request: { pairId: 'personal-uk', kind } }
  }
  const scene = await openScene({ fleet: pooledOnly, ...options })
  const request = { pairId: 'pooled-uk', kind }
  return kind === 'failover' ? { ...scene, request } : { ...scene, request, before: await movedAway(scene) }
}

/**
 * Users are on the secondary side. Meanwhile somebody has switched the primary's hosts off, and the secondary's scaling
 * plan and Start VM on Connect on.
 */
async function movedAway(scene: Scene): Promise<Picture> {
  const { sim, ids, operator } = scene
  await runThrough(scene, { pairId: 'pooled-uk' })
  for (const id of ids.pooled.primary.vms) {
    const vm = sim.estate.vms.get(idKey(id))
    if (vm) deallocateVm(sim, vm)
  }
  for (const pool of sim.estate.scalingPlans.get(idKey(ids.pooled.secondary.scalingPlan))?.pools ?? [])
    pool.enabled = true
  const hostPool = sim.estate.hostPools.get(idKey(ids.pooled.secondary.hostPool))
  if (hostPool) hostPool.startVMOnConnect = true
  await operator.pass(minutes(5))
  await operator.collect()
  return scene.picture()
}

/** So that switching it off is something to begin in the personal pool, too. */
export function addPersonalScalingPlan({ estate }: Sim, ids: FleetIds): void {
  const id = ids.pooled.primary.scalingPlan.replace('pooled', 'personal')
  estate.scalingPlans.set(idKey(id), {
    id,
    name: 'sp-personal-uks',
    location: ids.primaryLocation,
    exclusionTag: ids.exclusionTag,
    pools: [{ hostPoolId: ids.personal.hostPool, enabled: true }],
  })
}
