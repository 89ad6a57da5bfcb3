import { idKey } from '../../src/lib/core/arm-id.ts'
import { type Millis, minutes, seconds } from '../../src/lib/core/time.ts'
import { connectAgent, stopAgent } from '../estate/agent.ts'
import { removeMachine } from '../estate/guest.ts'
import { releaseCores } from '../estate/quota.ts'
import { isAlive } from '../estate/regions.ts'
import { sample, takeTurn, worldOf } from '../estate/world.ts'
import { failure } from './answers.ts'
import type { SimReplicatedItem } from './estate-types.ts'
import { createLagged } from './lagged.ts'
import { diskBody } from './site-recovery-disk-body.ts'
import { containerOf, fabricOf, policyId } from './site-recovery-fabrics.ts'
import { runSpareJob, shutDownVm } from './site-recovery-failover.ts'
import { type Asker, type AsrJob, beginJob, reprotectTasks } from './site-recovery-job.ts'
import { capital, containerType } from './site-recovery-resource.ts'
import type { Sim, SimResponse } from './types.ts'

const scenario = 'SwitchReplicationGroupProtection'
/** The preflight of a recorded reprotect took three seconds; then the item was listed under the other fabric. */
const switchTakes: Millis = seconds(3)
/** Until Site Recovery gives up on a region that does not answer (model). */
const regionIsAwaited: Millis = minutes(3)
/** While a region is away the seeding stands still; it goes on by itself (model). */
const looksAgainAfter: Millis = minutes(10)

/** What is wrong with what was asked, by the recorded request: undefined when nothing is. Codes are model. */
export function reprotectRefusal(sim: Sim, item: SimReplicatedItem, details: unknown): SimResponse | undefined {
  const {
    instanceType,
    recoveryContainerId,
    vmManagedDisks,
    recoveryResourceGroupId,
    policyId: policy,
  } = asRecord(details)
  const vault = worldOf(sim).vaults.get(idKey(item.vault))
  if (instanceType !== 'A2A') return invalid('providerSpecificDetails.instanceType must be A2A.')
  if (vault?.isOneWay)
    return invalid(`There is no mapping from '${containerOf(item.targetLocation)}' back to '${item.container}'.`)
  const container = idKey(item.id).replace(/\/replicationprotecteditems\/.*$/, '')
  if (idKey(String(recoveryContainerId)) !== container)
    return invalid('recoveryContainerId must be the container the item is in.')
  if (!sameId(recoveryResourceGroupId, item.vm.split('/').slice(0, 5).join('/')))
    return invalid('recoveryResourceGroupId must be the resource group the machine came from.')
  if (policy !== undefined && !sameId(policy, policyId(item.vault))) return invalid('The policy does not exist.')
  if (!Array.isArray(vmManagedDisks) || vmManagedDisks.length === 0)
    return invalid('Managed disk details not provided.')
  return diskRefusal(sim, item, vmManagedDisks)
}

/** Every disk of the machine that runs now, each with a cache account in its region. */
function diskRefusal(sim: Sim, item: SimReplicatedItem, disks: readonly unknown[]): SimResponse | undefined {
  const { recoveryTargetDiskId } = diskBody(item, { hasFailedOver: true, isProtected: false, detail: 'list' })
  if (disks.length !== 1) return invalid('VMDisksMissing: one managed disk was expected.')
  const { diskId, primaryStagingAzureStorageAccountId: cache, recoveryResourceGroupId } = asRecord(disks[0])
  if (!sameId(diskId, recoveryTargetDiskId ?? '')) return invalid(`The disk '${diskId}' is not one of the machine.`)
  if (typeof recoveryResourceGroupId !== 'string') return invalid('recoveryResourceGroupId of a disk is missing.')
  const region = worldOf(sim).storageAccounts.get(idKey(String(cache)))
  if (region === undefined) return invalid(`The storage account '${cache}' does not exist.`)
  return region === item.targetLocation
    ? undefined
    : invalid(`The storage account '${cache}' must be in '${item.targetLocation}', where the machine runs.`)
}

/** Protects a committed item the other way round: soon a new item of the same name is there, after hours it is protected. */
export function reprotect(sim: Sim, asker: Asker, item: SimReplicatedItem): AsrJob {
  const action = `${containerType}/switchprotection/action`
  const reversed = reversedItem(sim, item)
  const areAlive = () => isAlive(sim, reversed.targetLocation) && isAlive(sim, item.targetLocation)
  const message = `The region '${reversed.targetLocation}' does not answer.`
  const error = areAlive() ? sim.faults.operationFailure(action, idKey(item.id)) : { code: '70038', message }
  const length = error
    ? regionIsAwaited
    : sample(sim, worldOf(sim).switches.reprotect) + sim.faults.delay(action, idKey(item.id))
  const plan = { scenario, item, tasks: reprotectTasks(sim.now(), length), endsAt: sim.now() + length } as const
  const job = beginJob(sim, asker, plan, () => {
    if (error) return error
    if (!areAlive()) return { later: looksAgainAfter }
    reversed.state.set('Protected')
    return undefined
  })
  noteReprotect(sim, asker, item, job)
  if (!error) sim.agenda.at(sim.now() + switchTakes, () => turnRound(sim, item, reversed))
  return job
}

/** Accepted beside the one that runs: it finds the item taken, and fails. */
export function reprotectAgain(sim: Sim, asker: Asker, item: SimReplicatedItem): AsrJob {
  const job = runSpareJob(sim, asker, item, scenario)
  noteReprotect(sim, asker, item, job)
  return job
}

function noteReprotect(sim: Sim, { by }: Asker, item: SimReplicatedItem, { id: job }: AsrJob): void {
  sim.ledger.write({ kind: 'reprotectAccepted', item: idKey(item.id), vm: item.vm, job, ...(by && { by }) })
}

function turnRound(sim: Sim, item: SimReplicatedItem, reversed: SimReplicatedItem): void {
  sim.estate.replicatedItems.delete(idKey(item.id))
  sim.estate.replicatedItems.set(idKey(reversed.id), reversed)
  const { hostOfVm, switches } = worldOf(sim)
  const left = sim.estate.vms.get(item.vm)
  if (left && !switches.reprotectDeletesOldVm) shutDownVm(sim, item.vm)
  else if (left) {
    takeTurn(sim, left)
    stopAgent(sim, left, 'shutdown')
    releaseCores(sim, left)
    removeMachine(sim, left.id)
    hostOfVm.delete(item.vm)
  }
  // Had the old machine come back and taken the desktop's record, the other one has it again.
  const inUse = sim.estate.vms.get(reversed.vm)
  const host = sim.estate.sessionHosts.get(hostOfVm.get(reversed.vm) ?? '')
  if (inUse?.power.now() === 'running' && host && host.beatingSince === undefined) connectAgent(sim, inUse)
}

/** The item of the other direction. */
function reversedItem(sim: Sim, item: SimReplicatedItem): SimReplicatedItem {
  const [fabric, container] = [fabricOf(item.targetLocation), containerOf(item.targetLocation)]
  const left = sim.estate.vms.get(item.vm)
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
    targetResourceGroupId: `/subscriptions/${subscription}/resourceGroups/${left?.resourceGroup ?? resourceGroup}`,
    targetLocation: left?.location ?? item.fabric.replace('asr-a2a-default-', ''),
    ...(left?.zone !== undefined && { targetZone: left.zone }),
    state: createLagged<ReturnType<SimReplicatedItem['state']['now']>>(sim, 'Unprotected'),
    replicationHealth: 'Normal',
    ...(item.multiVmGroup !== undefined && { multiVmGroup: item.multiVmGroup }),
  }
}

const invalid = (message: string): SimResponse => failure(400, 'InvalidInput', message)
const sameId = (a: unknown, b: string): boolean => typeof a === 'string' && idKey(a) === idKey(b)
const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
