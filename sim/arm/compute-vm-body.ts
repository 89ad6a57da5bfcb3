import { idKey } from '../../src/lib/core/arm-id.ts'
import { extensionsSeen, isGuestReady } from '../estate/guest.ts'
import { traitsOf } from '../estate/surroundings.ts'
import type { MachineTraits } from '../estate/surroundings-types.ts'
import { worldOf } from '../estate/world.ts'
import { extensionBody, extensionId, extensionStatus } from './compute-extension-body.ts'
import { patchStatusBody } from './compute-patch-body.ts'
import type { SimPower, SimVm } from './estate-types.ts'
import { preciseTime } from './lro.ts'
import type { Sim } from './types.ts'

type Fixed = {
  readonly traits: MachineTraits
  readonly reservedIn: string | undefined
  readonly parts: readonly [on: Part, off: Part]
}
type Part = { readonly head: object; readonly properties: object }

const frozen = new WeakMap<SimVm, Fixed>()

/** As GET and list answer without `$expand`; a list names its extensions alone. What a failover makes looks as recorded. */
export function vmBody(sim: Sim, vm: SimVm, isWhole = false): Record<string, unknown> {
  const { head, properties } = fixedPart(sim, vm)
  return { ...head, ...resourcesOf(sim, vm, isWhole), tags: vm.tags.seen(), properties }
}

export function vmWithInstanceView(sim: Sim, vm: SimVm, isWhole = false): Record<string, unknown> {
  const { head, properties } = fixedPart(sim, vm)
  const instanceView = instanceViewBody(sim, vm)
  const extensions = isWhole ? extensionsSeen(sim, vm).map(extensionStatus) : []
  const view = extensions.length > 0 ? { ...instanceView, extensions } : instanceView
  return {
    ...head,
    ...resourcesOf(sim, vm, isWhole),
    tags: vm.tags.seen(),
    properties: { ...properties, instanceView: view },
  }
}

/** Recorded: a machine without extensions has no `resources` at all. */
function resourcesOf(sim: Sim, vm: SimVm, isWhole: boolean) {
  const extensions = extensionsSeen(sim, vm)
  if (extensions.length === 0) return {}
  if (isWhole) return { resources: extensions.map((extension) => extensionBody(vm, extension)) }
  const known = named.get(vm)
  if (known?.of === extensions) return known.part
  const part = { resources: extensions.map(({ name }) => ({ id: extensionId(vm, name) })) }
  named.set(vm, { of: extensions, part })
  return part
}

/** Lists are long and asked for often. */
const named = new WeakMap<SimVm, { readonly of: readonly object[]; readonly part: object }>()

/** An entry of the list with `statusOnly=true`. */
export function vmStatusBody(_sim: Sim, vm: SimVm): Record<string, unknown> {
  const { id, name, location, vmId } = vm
  const properties = { vmId, instanceView: { statuses: statusesOf(vm.power.seen()) } }
  return { id, name, type: 'Microsoft.Compute/virtualMachines', location, properties }
}

export function instanceViewBody(sim: Sim, vm: SimVm): Record<string, unknown> {
  const power = vm.power.seen()
  const agent = power === 'running' || power === 'stopped' ? { vmAgent: agentBody(sim, vm) } : {}
  const patchStatus = patchStatusBody(sim, vm)
  return { ...agent, hyperVGeneration: 'V2', ...(patchStatus && { patchStatus }), statuses: statusesOf(power) }
}

/** Before the guest agent is ready it shows what a fresh VM was recorded with. */
function agentBody(sim: Sim, vm: SimVm) {
  const time = preciseTime(sim.now())
  if (isGuestReady(sim, vm)) {
    const ready = { code: 'ProvisioningState/succeeded', level: 'Info', displayStatus: 'Ready' }
    const message = 'GuestAgent is running and processing the extensions.'
    return { vmAgentVersion: '2.7.41491.1149', statuses: [{ ...ready, message, time }] }
  }
  const notReady = { code: 'ProvisioningState/Unavailable', level: 'Warning', displayStatus: 'Not Ready' }
  const message = 'VM status blob is found but not yet populated.'
  return { vmAgentVersion: 'Unknown', statuses: [{ ...notReady, message, time }] }
}

const displayStatuses = new Map<SimPower, readonly object[]>()

function statusesOf(power: SimPower): readonly object[] {
  const known = displayStatuses.get(power)
  if (known) return known
  const [first, display] =
    power === 'starting' || power === 'deallocating'
      ? [{ code: 'ProvisioningState/updating', level: 'Info', displayStatus: 'Updating' }, power]
      : [{ code: 'ProvisioningState/succeeded', level: 'Info', displayStatus: 'Provisioning succeeded' }, power]
  const statuses = [first, { code: `PowerState/${power}`, level: 'Info', displayStatus: `VM ${display}` }]
  displayStatuses.set(power, statuses)
  return statuses
}

/** Of a deallocated machine nobody says what kind its disk is: it may be changed meanwhile (Azure/azure-powershell 13213). */
function fixedPart(sim: Sim, vm: SimVm): Part {
  const isOff = vm.power.seen() === 'deallocated'
  const traits = traitsOf(sim, vm.id)
  const reservedIn = worldOf(sim).reservedIn.get(idKey(vm.id))
  const known = frozen.get(vm)
  const isNewest = known?.traits === traits && known.reservedIn === reservedIn
  const parts = isNewest ? known.parts : ([partOf(sim, vm, false), partOf(sim, vm, true)] as const)
  if (!isNewest) frozen.set(vm, { traits, reservedIn, parts })
  return isOff ? parts[1] : parts[0]
}

function partOf(sim: Sim, vm: SimVm, isOff: boolean): Part {
  const head = {
    name: vm.name,
    id: vm.id,
    type: 'Microsoft.Compute/virtualMachines',
    location: vm.location,
    ...(vm.zone === undefined ? {} : { zones: [vm.zone] }),
  }
  return { head, properties: fixedProperties(sim, vm, isOff) }
}

export const vmProperties = (sim: Sim, vm: SimVm): object => fixedPart(sim, vm).properties

export const diskIdOf = ({ subscription, resourceGroup, name }: SimVm): string =>
  `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.Compute/disks/${osDiskName(name)}`

export const osDiskSkuOf = (sim: Sim, { id }: SimVm): string => traitsOf(sim, id).osDiskSku ?? 'Premium_LRS'

/** What Site Recovery makes has an attached disk and neither image, guest profile nor extensions. */
function fixedProperties(sim: Sim, vm: SimVm, isOff: boolean) {
  const group = `/subscriptions/${vm.subscription}/resourceGroups/${vm.resourceGroup}/providers`
  const { image = usualImage, isEphemeral, availabilitySetId } = traitsOf(sim, vm.id)
  const reservedIn = worldOf(sim).reservedIn.get(idKey(vm.id))
  const osDisk = {
    osType: 'Windows',
    name: osDiskName(vm.name),
    createOption: vm.failedOver ? 'Attach' : 'FromImage',
    caching: 'ReadWrite',
    ...(isEphemeral && { diffDiskSettings: { option: 'Local', placement: 'CacheDisk' } }),
    managedDisk: { ...(!isOff && { storageAccountType: osDiskSkuOf(sim, vm) }), id: diskIdOf(vm) },
    deleteOption: 'Detach',
    diskSizeGB: 127,
  }
  const guest = {
    computerName: vm.name.slice(0, 15),
    adminUsername: 'localadmin',
    windowsConfiguration: { provisionVMAgent: true, enableAutomaticUpdates: false },
  }
  return {
    hardwareProfile: { vmSize: vm.size },
    provisioningState: 'Succeeded',
    vmId: vm.vmId,
    storageProfile: { ...(vm.failedOver ? {} : { imageReference: image }), osDisk, dataDisks: [] },
    ...(vm.failedOver ? {} : { osProfile: guest }),
    networkProfile: { networkInterfaces: [{ id: `${group}/Microsoft.Network/networkInterfaces/${vm.name}-nic` }] },
    ...(availabilitySetId !== undefined && { availabilitySet: { id: availabilitySetId } }),
    ...(reservedIn !== undefined && { capacityReservation: { capacityReservationGroup: { id: reservedIn } } }),
    timeCreated: preciseTime(sim.now()),
  }
}

/** Of the marketplace: which version `latest` came to is in `exactVersion`. */
const usualImage = {
  publisher: 'microsoftwindowsdesktop',
  offer: 'office-365',
  sku: 'win11-24h2-avd-m365',
  version: 'latest',
  exactVersion: '26100.3476.250306',
}

/** The same disk name on both sides, so that a replicated item and its VMs agree. */
export const osDiskName = (vmName: string): string => `${vmName}_OsDisk_1_3df79f45354b43f4ba8a28480582e708`
