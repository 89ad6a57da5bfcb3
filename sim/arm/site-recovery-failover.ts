import { idKey } from '../../src/lib/core/arm-id.ts'
import type { Instant, Millis } from '../../src/lib/core/time.ts'
import { bootAgent, stopAgent } from '../estate/agent.ts'
import { addMachine } from '../estate/guest.ts'
import { chargeCores, quotaMessage } from '../estate/quota.ts'
import { isAlive } from '../estate/regions.ts'
import { noRoomFor, takeRoom } from '../estate/room.ts'
import { deallocateVm } from '../estate/vm-power.ts'
import { sample, takeTurn, worldOf } from '../estate/world.ts'
import type { SimPower, SimReplicatedItem, SimVm } from './estate-types.ts'
import { createLagged } from './lagged.ts'
import { type Asker, type AsrEnd, type AsrJob, type AsrScenario, beginJob, failoverTasks } from './site-recovery-job.ts'
import { isBadPoint } from './site-recovery-recovery-points.ts'
import type { Sim } from './types.ts'

export type FailoverPlan = {
  readonly withShutdown: boolean
  /** Moment that the machine is made from. */
  readonly point: Instant
  readonly failure: AsrEnd['error']
  /** How much longer than usual it takes. */
  readonly delay?: Millis
}

/** Before it fails, a failover runs this share of its time (model value). */
const shareBeforeFailure = 0.6

/** Runs a failover, or a change of the recovery point of one, on an item that is free for it. */
export function runFailover(
  sim: Sim,
  asker: Asker,
  item: SimReplicatedItem,
  scenario: 'UnplannedFailover' | 'ApplyRecoveryPoint',
  { withShutdown, point, failure, delay = 0 }: FailoverPlan,
): AsrJob {
  const before = item.state.now()
  const length = sample(sim, sim.timings.failover)
  const tasks = failoverTasks(sim.now(), length, withShutdown)
  const endsAt = Math.round(sim.now() + delay + (failure ? length * shareBeforeFailure : length))
  const job = beginJob(sim, asker, { scenario, item, tasks, endsAt }, () => {
    const error = failure ?? makeTargetVm(sim, item, point)
    item.state.set(error ? before : 'CommitPending')
    if (!error && scenario === 'UnplannedFailover') item.failedOverAt = sim.now()
    delete item.currentJob
    return error
  })
  item.state.set('FailingOver')
  item.currentJob = job.id
  if (withShutdown) sim.agenda.at(tasks[1]?.from ?? sim.now(), () => shutDownVm(sim, item.vm))
  if (scenario === 'ApplyRecoveryPoint' && !failure) takeDown(sim, item)
  return job
}

/** A job that was accepted beside another one of the same item: it finds the item taken, and fails. */
export function runSpareJob(sim: Sim, asker: Asker, item: SimReplicatedItem, scenario: AsrScenario): AsrJob {
  const length = sample(sim, sim.timings.failover) / 10
  const tasks = failoverTasks(sim.now(), length, false)
  const endsAt = Math.round(sim.now() + length)
  const message = 'The failover of the virtual machine failed: another operation is in progress on it.'
  return beginJob(sim, asker, { scenario, item, tasks, endsAt }, () => ({ code: '70038', message }))
}

/** Site Recovery shuts a machine down, where its region answers. */
export function shutDownVm(sim: Sim, vmKey: string): void {
  const vm = sim.estate.vms.get(vmKey)
  if (!vm || !isAlive(sim, vm.location)) return
  const power = vm.power.now()
  if (power === 'running' || power === 'starting' || power === 'stopped') deallocateVm(sim, vm, 'siteRecovery')
}

/** The machine of the first failover goes; another one is made in its place. */
function takeDown(sim: Sim, item: SimReplicatedItem): void {
  const vm = sim.estate.vms.get(item.targetVm ?? '')
  if (!vm) return
  takeTurn(sim, vm)
  stopAgent(sim, vm, 'lost')
  vm.power.set('deallocated')
}

/** Same name, other resource group, new identity, running; or the error the job ends with. */
function makeTargetVm(sim: Sim, item: SimReplicatedItem, point: Instant): AsrEnd['error'] {
  const source = sim.estate.vms.get(item.vm)
  const [, , subscription = '', , resourceGroup = ''] = item.targetResourceGroupId.split('/')
  const size = source?.size ?? 'Standard_D4s_v5'
  const { targetLocation: location, targetZone: zone } = item
  if (!isAlive(sim, location)) return { code: '70038', message: 'The target region does not answer.' }
  const id = `${item.targetResourceGroupId}/providers/Microsoft.Compute/virtualMachines/${item.vmName}`
  const place = { location, size, ...(zone !== undefined && { zone }) }
  const full = noRoomFor(sim, item, id, place)
  if (full) return full
  const shortage = holdsCores(sim, sim.estate.vms.get(idKey(id)))
    ? undefined
    : chargeCores(sim, { subscription, location, size })
  if (shortage) return { code: '28031', message: `A virtual machine could not be created. ${quotaMessage(shortage)}` }
  const vm: SimVm = {
    id,
    name: item.vmName,
    subscription,
    resourceGroup,
    ...place,
    vmId: worldOf(sim).random.uuid(),
    power: createLagged<SimPower>(sim, 'running'),
    tags: createLagged(sim, source?.tags.now() ?? {}),
    failedOver: true,
  }
  if (isBadPoint(sim, item, point)) worldOf(sim).broken.add(vm)
  putVm(sim, vm, item.vm)
  takeRoom(sim, vm, item)
  item.targetVm = idKey(id)
  return undefined
}

/** A machine of the same id that is replaced leaves its cores to the new one. */
const holdsCores = (sim: Sim, vm: SimVm | undefined): boolean =>
  vm !== undefined && (vm.power.now() !== 'deallocated' || worldOf(sim).switches.deallocatedCountsAgainstQuota)

/** A new machine runs, with the agent that is on the disk of `original`. */
export function putVm(sim: Sim, vm: SimVm, original: string): void {
  const { hostOfVm } = worldOf(sim)
  const key = idKey(vm.id)
  const host = hostOfVm.get(original)
  const replaced = sim.estate.vms.get(key)
  if (replaced) stopAgent(sim, replaced, 'lost')
  addMachine(sim, vm)
  if (host !== undefined) hostOfVm.set(key, host)
  takeTurn(sim, vm)
  bootAgent(sim, vm)
}
