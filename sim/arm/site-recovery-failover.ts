import { idKey } from '../../src/lib/core/arm-id.ts'
import type { Millis } from '../../src/lib/core/time.ts'
import { bootAgent } from '../estate/agent.ts'
import { chargeCores, quotaMessage } from '../estate/quota.ts'
import { isAlive } from '../estate/regions.ts'
import { deallocateVm } from '../estate/vm-power.ts'
import { sample, takeTurn, worldOf } from '../estate/world.ts'
import type { SimPower, SimReplicatedItem, SimVm } from './estate-types.ts'
import { createLagged } from './lagged.ts'
import { type AsrEnd, type AsrJob, type AsrScenario, beginJob, failoverTasks } from './site-recovery-job.ts'
import { capital } from './site-recovery-resource.ts'
import type { Sim, SimRequest } from './types.ts'

type ItemState = ReturnType<SimReplicatedItem['state']['now']>
export type FailoverPlan = {
  readonly withShutdown: boolean
  readonly failure: AsrEnd['error']
  /** How much longer than usual it takes. */
  readonly delay?: Millis
}

/** Before it fails, a failover runs this share of its time (model value). */
const shareBeforeFailure = 0.6

/** Runs a failover, or a change of the recovery point of one, on an item that is free for it. */
export function runFailover(
  sim: Sim,
  request: SimRequest,
  item: SimReplicatedItem,
  scenario: AsrScenario,
  { withShutdown, failure, delay = 0 }: FailoverPlan,
): AsrJob {
  const before = item.state.now()
  const length = sample(sim, sim.timings.failover)
  const tasks = failoverTasks(sim.now(), length, withShutdown)
  const endsAt = Math.round(sim.now() + delay + (failure ? length * shareBeforeFailure : length))
  const job = beginJob(sim, request, { scenario, item, tasks, endsAt }, () => {
    const error = failure ?? makeTargetVm(sim, item)
    item.state.set(error ? before : 'CommitPending')
    delete item.currentJob
    return error
  })
  item.state.set('FailingOver')
  item.currentJob = job.id
  if (withShutdown) sim.agenda.at(tasks[1]?.from ?? sim.now(), () => shutDownSource(sim, item))
  return job
}

/** A job that was accepted beside another one of the same item: it finds the item taken, and fails. */
export function runSpareJob(sim: Sim, request: SimRequest, item: SimReplicatedItem, scenario: AsrScenario): AsrJob {
  const length = sample(sim, sim.timings.failover) / 10
  const tasks = failoverTasks(sim.now(), length, false)
  const endsAt = Math.round(sim.now() + length)
  const message = 'The failover of the virtual machine failed: another operation is in progress on it.'
  return beginJob(sim, request, { scenario, item, tasks, endsAt }, () => ({ code: '70038', message }))
}

function shutDownSource(sim: Sim, item: SimReplicatedItem): void {
  const source = sim.estate.vms.get(item.vm)
  if (!source || !isAlive(sim, source.location)) return
  const power = source.power.now()
  if (power === 'running' || power === 'starting' || power === 'stopped') deallocateVm(sim, source, 'siteRecovery')
}

/** Same name, other resource group, new identity, running; or the error the job ends with. */
function makeTargetVm(sim: Sim, item: SimReplicatedItem): AsrEnd['error'] {
  const source = sim.estate.vms.get(item.vm)
  const [, , subscription = '', , resourceGroup = ''] = item.targetResourceGroupId.split('/')
  const size = source?.size ?? 'Standard_D4s_v5'
  const { targetLocation: location } = item
  if (!isAlive(sim, location)) return { code: '70038', message: 'The target region does not answer.' }
  const id = `${item.targetResourceGroupId}/providers/Microsoft.Compute/virtualMachines/${item.vmName}`
  const isNew = !sim.estate.vms.has(idKey(id))
  const shortage = isNew ? chargeCores(sim, { subscription, location, size }) : undefined
  if (shortage) return { code: '28031', message: `A virtual machine could not be created. ${quotaMessage(shortage)}` }
  const vm: SimVm = {
    id,
    name: item.vmName,
    subscription,
    resourceGroup,
    location,
    size,
    vmId: worldOf(sim).random.uuid(),
    power: createLagged<SimPower>(sim, 'running'),
    tags: createLagged(sim, source?.tags.now() ?? {}),
    failedOver: true,
  }
  putVm(sim, item, vm)
  return undefined
}

function putVm(sim: Sim, item: SimReplicatedItem, vm: SimVm): void {
  const { hostOfVm } = worldOf(sim)
  const key = idKey(vm.id)
  sim.estate.vms.set(key, vm)
  item.targetVm = key
  const host = hostOfVm.get(item.vm)
  if (host !== undefined) hostOfVm.set(key, host)
  takeTurn(sim, vm)
  bootAgent(sim, vm)
}

/** The item of the other direction, which a reprotect makes. */
export function reversedItem(sim: Sim, item: SimReplicatedItem, fabric: string, container: string): SimReplicatedItem {
  const source = sim.estate.vms.get(item.vm)
  const id = `${item.vault}/replicationFabrics/${fabric}/replicationProtectionContainers/${container}/replicationProtectedItems/${item.name}`
  const [, , subscription = '', , resourceGroup = ''] = item.vm.split('/')
  return {
    id: capital(id),
    name: item.name,
    vault: item.vault,
    fabric,
    container,
    vm: item.targetVm ?? item.vm,
    vmName: item.vmName,
    targetResourceGroupId: `/subscriptions/${subscription}/resourceGroups/${source?.resourceGroup ?? resourceGroup}`,
    targetLocation: source?.location ?? item.fabric.replace('asr-a2a-default-', ''),
    state: createLagged<ItemState>(sim, 'Unprotected'),
    replicationHealth: 'Normal',
  }
}
