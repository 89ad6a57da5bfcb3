import { targetNetworkOf } from '../estate/room.ts'
import { guidOf } from './avd-resource.ts'
import type { SimReplicatedItem } from './estate-types.ts'
import { diskBody, nicBody } from './site-recovery-disk-body.ts'
import { rpoSecondsOf } from './site-recovery-health.ts'
import type { Sim } from './types.ts'

type A2aView = {
  readonly state: ReturnType<SimReplicatedItem['state']['now']>
  readonly words: string
  readonly description: string
  readonly location: string
  /** When replication was last measured. */
  readonly period: number
  readonly detail: 'list' | 'get'
}

/** `providerSpecificDetails` of an A2A item (recorded; commit pending is derived). */
export function a2aBody(sim: Sim, item: SimReplicatedItem, view: A2aView): Record<string, unknown> {
  return { ...placeBody(item), ...machineBody(sim, item, view), ...replicationBody(sim, item, view) }
}

/** Where the item comes from and goes to. */
function placeBody(item: SimReplicatedItem) {
  const primary = item.fabric.replace('asr-a2a-default-', '')
  return {
    instanceType: 'A2A',
    fabricObjectId: item.vm.toLowerCase(),
    initialPrimaryZone: '',
    initialPrimaryFabricLocation: primary,
    initialRecoveryZone: '',
    initialPrimaryExtendedLocation: null,
    initialRecoveryExtendedLocation: null,
    initialRecoveryFabricLocation: item.targetLocation,
    multiVmGroupId: guidOf(item.multiVmGroup ?? `${item.id}/group`),
    multiVmGroupName: item.multiVmGroup ?? '',
    multiVmGroupCreateOption: item.multiVmGroup === undefined ? 'AutoCreated' : 'UserSpecified',
    managementId: guidOf(`${item.id}/management`),
    primaryFabricLocation: primary,
    recoveryFabricLocation: item.targetLocation,
    primaryAvailabilityZone: null,
    recoveryAvailabilityZone: item.targetZone ?? null,
    primaryExtendedLocation: null,
    recoveryExtendedLocation: null,
  }
}

/** Disks, network and the machine to be made. */
function machineBody(sim: Sim, item: SimReplicatedItem, { state, location, detail }: A2aView) {
  const source = sim.estate.vms.get(item.vm)
  const network = targetNetworkOf(item)
  const disk = { hasFailedOver: location === 'Recovery', isProtected: state === 'Protected', detail }
  return {
    protectedDisks: null,
    unprotectedDisks: null,
    protectedManagedDisks: [diskBody(item, disk)],
    recoveryBootDiagStorageAccountId: null,
    osType: 'Windows',
    recoveryAzureVMSize: source?.size ?? 'Standard_D4s_v5',
    recoveryAzureVMName: item.vmName,
    recoveryAzureResourceGroupId: item.targetResourceGroupId,
    recoveryCloudService: null,
    recoveryAvailabilitySet: null,
    selectedRecoveryAzureNetworkId: network,
    selectedTfoAzureNetworkId: null,
    vmNics: [nicBody(item, network)],
    vmSyncedConfigDetails:
      detail === 'get' ? { tags: source?.tags.now() ?? {}, inputEndpoints: [] } : { tags: null, inputEndpoints: null },
    recoveryFabricObjectId: location === 'Recovery' ? (item.targetVm?.toLowerCase() ?? null) : null,
    testFailoverRecoveryFabricObjectId: null,
    vmEncryptionType: 'NotEncrypted',
    tfoAzureVMName: `${item.vmName}-test`,
    recoveryAzureGeneration: 'V2',
    recoveryProximityPlacementGroupId: null,
    recoveryVirtualMachineScaleSetId: null,
    recoveryCapacityReservationGroupId: item.capacityReservationGroup ?? null,
  }
}

function replicationBody(sim: Sim, item: SimReplicatedItem, { state, words, description, period }: A2aView) {
  const isProtected = state === 'Protected'
  const measured = new Date(period).toISOString()
  return {
    monitoringPercentageCompletion: isProtected ? 0 : null,
    monitoringJobType: isProtected ? 'InitialReplication' : null,
    lastHeartbeat: measured.replace('Z', '5765Z'),
    agentVersion: '9.65.7397.1',
    agentExpiryDate: '9999-12-31T23:59:59.9999999Z',
    isReplicationAgentUpdateRequired: false,
    isReplicationAgentCertificateUpdateRequired: false,
    vmProtectionState: words,
    vmProtectionStateDescription: description,
    lifecycleId: guidOf(`${item.id}/lifecycle`),
    rpoInSeconds: rpoSecondsOf(sim, item, period),
    lastRpoCalculatedTime: measured.replace('Z', '1608Z'),
    rtoInSeconds: null,
    autoProtectionOfDataDisk: 'Disabled',
    churnOptionSelected: 'Normal',
    ...(isProtected ? { agentCertificateExpiryDate: '2027-08-28T01:10:06Z' } : {}),
  }
}
