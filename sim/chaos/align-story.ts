/** A pool whose standby side has fallen behind, and what puts it right: by hand, at whichever call the process is struck. */
import { idKey } from '../../src/lib/core/arm-id.ts'
import { minutes } from '../../src/lib/core/time.ts'
import type { Engine } from '../../src/lib/execution/engine.ts'
import { readInventory } from '../../src/lib/execution/preview.ts'
import { readDrift } from '../../src/lib/execution/read-drift.ts'
import type { Sim } from '../arm/types.ts'
import { startVm } from '../estate/vm-power.ts'
import { worldOf } from '../estate/world.ts'
import type { FleetIds } from '../fleets/fleet-ids.ts'
import { fleetIds } from '../fleets/fleet-ids.ts'
import { completeOptions } from '../fleets/fleet-options.ts'
import { overrides, type PointStory, pooled } from './point-stories.ts'

/** Settings of the pool and of a group, an application, autoscale that was left on, a host that somebody starts: a failover could be planned all the same. */
export function lagBehind(sim: Sim, { pooled: { primary, secondary } }: FleetIds): void {
  const { estate } = sim
  const [here, there] = [primary, secondary].map(({ hostPool }) => estate.hostPools.get(idKey(hostPool)))
  const [, , group] = primary.applicationGroups.map((id) => estate.applicationGroups.get(idKey(id)))
  if (!here || !there || !group) throw new Error('there is no such pooled pair')
  here.settings = { ...here.settings, loadBalancerType: 'DepthFirst', customRdpProperty: 'audiomode:i:0;' }
  there.settings = { ...there.settings, loadBalancerType: 'BreadthFirst' }
  group.settings = { ...group.settings, friendlyName: 'Office' }
  const { applications } = worldOf(sim)
  const notes = { name: 'Notes', settings: { filePath: 'C:\\Notes\\notes.exe', commandLineSetting: 'DoNotAllow' } }
  const filled = idKey(primary.applicationGroups[1] ?? '')
  applications.set(filled, [...(applications.get(filled) ?? []), notes])
  const plan = estate.scalingPlans.get(idKey(secondary.scalingPlan))
  for (const pool of plan?.pools ?? []) pool.enabled = true
  const vm = estate.vms.get(idKey(secondary.vms[0] ?? ''))
  if (!vm) throw new Error('there is no standby host')
  startVm(sim, vm, undefined, 'person')
  for (const host of estate.sessionHosts.values()) if (host.vm === idKey(vm.id)) host.allowNewSession.set(true)
}

/** The same, and a whole application group is missing. */
export function fallBehind(sim: Sim, ids: FleetIds): void {
  lagBehind(sim, ids)
  const missing = idKey(ids.pooled.secondary.applicationGroups[2] ?? '')
  sim.estate.applicationGroups.delete(missing)
  worldOf(sim).applications.delete(missing)
}

/** Ids of findings that software can put right, by what was seen last. */
export async function fixableNow(engine: Engine, pairId: string): Promise<readonly string[]> {
  const { world } = engine
  const [inventory, { value: pair }] = await Promise.all([readInventory(world.inventory), world.pairs.load(pairId)])
  const seen = await readDrift(engine, inventory, pair, [], 'align')
  return (seen?.findings ?? []).flatMap(({ fingerprint, fix }) => (fix ? [fingerprint] : []))
}

export const driftedPool = { ...pooled.fleet, applicationGroups: 3 } as const

export const alignStory: PointStory = {
  name: 'align',
  aim: 'process',
  fleet: driftedPool,
  overrides,
  play: async (operator, mark, _door, story) => {
    fallBehind(story.region.sim, fleetIds(completeOptions(driftedPool)))
    await operator.pass(minutes(5))
    await operator.collect()
    const findings = await operator.ask(fixableNow(story.desk, pooled.pairId))
    mark()
    return [await operator.begin({ pairId: pooled.pairId, kind: 'align', findings: [...findings] })]
  },
}
