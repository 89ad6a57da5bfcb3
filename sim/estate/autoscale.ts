import { idKey } from '../../src/lib/core/arm-id.ts'
import type { Millis } from '../../src/lib/core/time.ts'
import type { SimScalingPlan, SimSessionHost, SimVm } from '../arm/estate-types.ts'
import type { Sim } from '../arm/types.ts'
import { isAlive } from './regions.ts'
import { deallocateVm, startVm } from './vm-power.ts'
import { worldOf } from './world.ts'

type Candidate = { readonly host: SimSessionHost; readonly vm: SimVm }

/**
 * Autoscale as an adversary. Every so often it undrains, starts or deallocates hosts of the pools a plan is enabled for:
 * autoscale overrides drain mode and powers VMs (documented). VMs with the plan's exclusion tag are left alone.
 */
export function startAutoscale(sim: Sim, options: { readonly every: Millis; readonly changesAtOnce: number }): void {
  const tick = () => {
    for (const plan of sim.estate.scalingPlans.values()) {
      for (const { hostPoolId, enabled } of plan.pools)
        if (enabled && plan.scalesIn) scaleIn(sim, plan, idKey(hostPoolId))
        else if (enabled) meddle(sim, plan, idKey(hostPoolId), options.changesAtOnce)
    }
    sim.agenda.at(sim.now() + options.every, tick)
  }
  sim.agenda.at(sim.now() + options.every, tick)
}

function meddle(sim: Sim, plan: SimScalingPlan, pool: string, changes: number): void {
  const { random } = worldOf(sim)
  const candidates = candidatesOf(sim, plan, pool)
  for (let i = 0; i < changes && candidates.length > 0; i += 1) {
    const [chosen] = candidates.splice(Math.floor(random.next() * candidates.length), 1)
    if (chosen) change(sim, chosen)
  }
}

/** Whatever runs there without sessions is too much. */
function scaleIn(sim: Sim, plan: SimScalingPlan, pool: string): void {
  for (const { host, vm } of candidatesOf(sim, plan, pool))
    if (vm.power.now() === 'running' && host.sessions.size === 0) deallocateVm(sim, vm, 'scalingPlan')
}

function candidatesOf(sim: Sim, { exclusionTag }: SimScalingPlan, pool: string): Candidate[] {
  const candidates: Candidate[] = []
  for (const key of worldOf(sim).hostsOfPool.get(pool) ?? []) {
    const host = sim.estate.sessionHosts.get(key)
    const vm = host && sim.estate.vms.get(host.vm)
    if (host && vm && isAlive(sim, vm.location) && !(exclusionTag in vm.tags.now())) candidates.push({ host, vm })
  }
  return candidates
}

/** One thing autoscale would do to this host in its state. */
function change(sim: Sim, { host, vm }: Candidate): void {
  const power = vm.power.now()
  if (!host.allowNewSession.now()) {
    host.allowNewSession.set(true)
    const { pool, name } = host
    sim.ledger.write({ kind: 'drainSet', pool, host: name, allowNewSession: true, by: 'scalingPlan' })
  } else if (power === 'deallocated') startVm(sim, vm, undefined, 'scalingPlan')
  else if (power === 'running' && host.sessions.size === 0) deallocateVm(sim, vm, 'scalingPlan')
}
