import { createHash } from 'node:crypto'
import { idKey, parseArmId } from '../../src/lib/core/arm-id.ts'
import type { SimReplicatedItem, SimVm } from '../arm/estate-types.ts'
import { createLagged } from '../arm/lagged.ts'
import { containerOf, fabricOf } from '../arm/site-recovery-fabrics.ts'
import type { Sim } from '../arm/types.ts'
import { extensionMixes, monitorAgent } from '../estate/extension-sets.ts'
import { equip } from '../estate/guest.ts'
import { addNetwork, type SimNetwork, takeAddress, targetSubnetName } from '../estate/room.ts'
import { addSession } from '../estate/sessions.ts'
import { addResourceGroup } from '../estate/surroundings.ts'
import { worldOf } from '../estate/world.ts'
import type { FleetIds } from './fleet-ids.ts'
import type { FleetOptions } from './fleet-options.ts'
import { addSessionHost, addVm } from './machines.ts'
import { addApplicationGroup } from './pooled.ts'

const consistencyGroup = 'mvg-1'

/** A personal pool whose VMs Site Recovery replicates into the secondary region, each with its assigned user. */
export function addPersonalPool(sim: Sim, ids: FleetIds, options: FleetOptions): void {
  const { hostPool, applicationGroup, vms, resourceGroup, targetResourceGroup } = ids.personal
  const { subscription = '', resourceGroup: groupName = '', name = '' } = parseArmId(hostPool) ?? {}
  addResourceGroup(sim, resourceGroup, ids.primaryLocation)
  addResourceGroup(sim, targetResourceGroup, ids.secondaryLocation)
  sim.estate.hostPools.set(idKey(hostPool), {
    id: hostPool,
    name,
    subscription,
    resourceGroup: groupName,
    location: ids.primaryLocation,
    hostPoolType: 'Personal',
    maxSessionLimit: 1,
    startVMOnConnect: options.startOnConnect.primary,
  })
  addApplicationGroup(sim, applicationGroup, hostPool, ids.primaryLocation, [])
  addVault(sim, ids)
  addNetworks(sim, ids)
  vms.forEach((id, i) => {
    const machine = { id, location: ids.primaryLocation, size: options.vmSize, isOn: true }
    const vm = addVm(sim, { ...machine, ...(options.isComplete && { tags: { drTier: '1' } }) })
    addDesktop(sim, ids, options, vm, i)
    equipDesktop(sim, ids, options, vm, i)
    const group = i < options.consistencyGroup ? consistencyGroup : undefined
    if (i < vms.length - options.unreplicatedVms) addReplicatedItem(sim, ids, vm, group)
  })
  if (options.consistencyGroup > 0 && options.groupHasPlan) addRecoveryPlan(sim, ids.personal.vault, consistencyGroup)
}

/** Named after its group. */
function addRecoveryPlan(sim: Sim, vault: string, group: string): void {
  const name = `rp-${group}`
  const id = `${vault}/replicationRecoveryPlans/${name}`
  const members = [...sim.estate.replicatedItems.values()].filter(({ multiVmGroup }) => multiVmGroup === group)
  const vmNames = members.map(({ vmName }) => vmName)
  worldOf(sim).recoveryPlans.set(idKey(id), { id, name, vault, vmNames })
}

/** Its extensions, and the association that tells an Azure Monitor agent what to collect. */
function equipDesktop(sim: Sim, { personal }: FleetIds, { extensions: mix }: FleetOptions, vm: SimVm, i: number): void {
  const sets = extensionMixes[mix]
  const extensions = sets[i % sets.length] ?? []
  const isMonitored = extensions.includes(monitorAgent)
  const associations = isMonitored ? [{ name: 'dcr-avd', ruleId: personal.dataCollectionRule }] : []
  equip(sim, vm, { extensions, associations })
}

/** Share of the desktops whose user is signed in. */
const shareInUse = 0.5

function addDesktop(sim: Sim, ids: FleetIds, options: FleetOptions, vm: SimVm, i: number): void {
  const user = ids.users[i]
  const { hostPool: pool } = ids.personal
  const { tokenAgeDays } = options
  const host = addSessionHost(sim, vm, { pool, tokenAgeDays, ...(user && { assignedUser: user.name }) })
  const isInUse = worldOf(sim).random.chance(shareInUse)
  if (user && isInUse && options.openSessions) addSession(sim, `${idKey(pool)}/${vm.name.toLowerCase()}`, host, user.id)
}

function addVault(sim: Sim, { personal, primaryLocation, secondaryLocation }: FleetIds): void {
  const { vault: id } = personal
  const name = parseArmId(id)?.name ?? ''
  sim.estate.locations.set(idKey(id), secondaryLocation)
  addResourceGroup(sim, id.split('/').slice(0, 5).join('/'), secondaryLocation)
  const regions = [primaryLocation, secondaryLocation] as const
  const { vaults, secrets, storageAccounts, dataCollection } = worldOf(sim)
  vaults.set(idKey(id), { id, name, location: secondaryLocation, regions })
  const { cacheStorage, keyVault, secretUrl, dataCollectionRule } = personal
  storageAccounts.set(idKey(cacheStorage.primary), primaryLocation)
  storageAccounts.set(idKey(cacheStorage.secondary), secondaryLocation)
  secrets.set(secretUrl.toLowerCase(), idKey(keyVault))
  dataCollection.add(idKey(dataCollectionRule))
}

/** One network a region, in the group of its machines, with room for all of them and for whatever else. */
function addNetworks(sim: Sim, { personal, primaryLocation, secondaryLocation }: FleetIds): void {
  const { resourceGroup, targetResourceGroup, vms } = personal
  const network = (group: string, location: string, prefix: string): SimNetwork => ({
    id: `${group}/providers/Microsoft.Network/virtualNetworks/vnet-${location}`,
    location,
    subnets: [{ name: targetSubnetName, prefix, used: 0 }],
  })
  const home = network(resourceGroup, primaryLocation, '10.4.0.0/18')
  addNetwork(sim, home)
  addNetwork(sim, network(targetResourceGroup, secondaryLocation, '10.8.0.0/18'))
  for (const id of vms) for (const subnet of home.subnets) takeAddress(sim, id, subnet)
}

/** Recorded names of items are opaque, 43 characters of base64url. */
function addReplicatedItem(
  sim: Sim,
  { personal, primaryLocation, secondaryLocation }: FleetIds,
  vm: SimVm,
  multiVmGroup: string | undefined,
): void {
  const name = createHash('sha256').update(vm.id).digest('base64url')
  const [fabric, container] = [fabricOf(primaryLocation), containerOf(primaryLocation)]
  const id = `${personal.vault}/replicationFabrics/${fabric}/replicationProtectionContainers/${container}/replicationProtectedItems/${name}`
  sim.estate.replicatedItems.set(idKey(id), {
    id,
    name,
    vault: personal.vault,
    fabric,
    container,
    vm: idKey(vm.id),
    vmName: vm.name,
    targetResourceGroupId: personal.targetResourceGroup,
    targetLocation: secondaryLocation,
    state: createLagged<ReturnType<SimReplicatedItem['state']['now']>>(sim, 'Protected'),
    replicationHealth: 'Normal',
    ...(multiVmGroup !== undefined && { multiVmGroup }),
  })
}
