import { idKey } from '../../src/lib/core/arm-id.ts'
import { type Millis, seconds } from '../../src/lib/core/time.ts'
import type { SimVm } from '../arm/estate-types.ts'
import type { Actor } from '../arm/ledger-types.ts'
import type { Sim } from '../arm/types.ts'
import { bootAgent, stopAgent } from './agent.ts'
import { releaseCores } from './quota.ts'
import { limiterOf, sample, takeTurn, worldOf } from './world.ts'

export type Outcome = { readonly code: string; readonly message: string } | undefined
/** A stop inside the guest is quicker than a deallocation (model value). */
const powerOffTakes: readonly [Millis, Millis] = [seconds(15), seconds(40)]
/** From the shutdown of the guest to its being up again (model value). */
const rebootTakes: readonly [Millis, Millis] = [seconds(20), seconds(60)]
/** Allocation failures are answered before the machine would have been up (model values). */
const failureComesAfter: readonly [Millis, Millis] = [seconds(5), seconds(20)]

/** Starts a VM that is off. Answers when it will have ended; `outcome` is the error it ends with, `delay` how much later. */
export function startVm(
  sim: Sim,
  vm: SimVm,
  outcome: Outcome,
  by?: Actor,
  delay: Millis = 0,
): { readonly endsAt: number } {
  const isCurrent = takeTurn(sim, vm)
  const before = vm.power.now()
  const key = idKey(vm.id)
  vm.power.set('starting')
  sim.ledger.write({
    kind: 'startAccepted',
    vm: key,
    limiter: limiterOf(vm.subscription, vm.location),
    ...(by && { by }),
  })
  const endsAt = sim.now() + delay + sample(sim, outcome ? failureComesAfter : sim.timings.vmStart)
  sim.agenda.at(endsAt, () => {
    sim.ledger.write({ kind: 'startEnded', vm: key, ok: !outcome, ...(outcome && { errorCode: outcome.code }) })
    if (!isCurrent()) return
    vm.power.set(outcome ? before : 'running')
    if (!outcome) bootAgent(sim, vm)
  })
  return { endsAt }
}

/** Stops and deallocates: the agent falls silent at once, the cores come free at the end. */
export function deallocateVm(sim: Sim, vm: SimVm, by?: Actor, delay: Millis = 0): { readonly endsAt: number } {
  const isCurrent = takeTurn(sim, vm)
  const key = idKey(vm.id)
  const wasOff = vm.power.now() === 'deallocated'
  vm.power.set('deallocating')
  stopAgent(sim, vm, 'shutdown')
  sim.ledger.write({
    kind: 'deallocateAccepted',
    vm: key,
    limiter: limiterOf(vm.subscription, vm.location),
    ...(by && { by }),
  })
  const endsAt = sim.now() + delay + sample(sim, sim.timings.vmDeallocate)
  sim.agenda.at(endsAt, () => {
    sim.ledger.write({ kind: 'deallocateEnded', vm: key, ok: true })
    if (!isCurrent()) return
    vm.power.set('deallocated')
    if (!wasOff && !worldOf(sim).switches.deallocatedCountsAgainstQuota) releaseCores(sim, vm)
  })
  return { endsAt }
}

/** Stops the guest; the VM stays allocated, holds its cores and is billed. */
export function powerOffVm(sim: Sim, vm: SimVm): { readonly endsAt: number } {
  const isCurrent = takeTurn(sim, vm)
  stopAgent(sim, vm, 'shutdown')
  const endsAt = sim.now() + sample(sim, powerOffTakes)
  sim.agenda.at(endsAt, () => {
    if (isCurrent()) vm.power.set('stopped')
  })
  return { endsAt }
}

/** The guest restarts: the machine stays running to Compute, its agent is gone for a while. Tells whether it is current. */
export function rebootVm(sim: Sim, vm: SimVm): () => boolean {
  const isCurrent = takeTurn(sim, vm)
  stopAgent(sim, vm, 'shutdown')
  sim.ledger.write({ kind: 'rebooted', vm: idKey(vm.id) })
  sim.agenda.at(sim.now() + sample(sim, rebootTakes), () => {
    if (isCurrent()) bootAgent(sim, vm)
  })
  return isCurrent
}
