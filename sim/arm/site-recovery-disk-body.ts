import { targetSubnetName } from '../estate/room.ts'
import { guidOf } from './avd-resource.ts'
import { osDiskName } from './compute-vm-body.ts'
import type { SimReplicatedItem } from './estate-types.ts'

type DiskView = { readonly hasFailedOver: boolean; readonly isProtected: boolean; readonly detail: 'list' | 'get' }

/** Before a failover the replica has an id and the target none; afterwards it is the other way round (recorded). */
export function diskBody(item: SimReplicatedItem, { hasFailedOver, isProtected, detail }: DiskView) {
  const disk = osDiskName(item.vmName)
  const source = item.vm.replace(/\/virtualmachines\/.*$/, `/disks/${disk}`).toLowerCase()
  const target = `${item.targetResourceGroupId}/providers/Microsoft.Compute/disks/${disk}`
  return {
    diskId: source,
    recoveryResourceGroupId: item.targetResourceGroupId,
    recoveryTargetDiskId: hasFailedOver ? target : null,
    recoveryReplicaDiskId: hasFailedOver ? '' : `${target}-ASRReplica`,
    recoveryOrignalTargetDiskId: hasFailedOver ? target.toLowerCase() : null,
    recoveryReplicaDiskAccountType: 'Premium_LRS',
    recoveryTargetDiskAccountType: 'Premium_LRS',
    recoveryDiskEncryptionSetId: null,
    primaryDiskEncryptionSetId: null,
    diskName: disk,
    diskCapacityInBytes: 136_367_308_800,
    primaryStagingAzureStorageAccountId: `${groupOf(item.vault)}/providers/Microsoft.Storage/storageAccounts/asrcache`,
    diskType: 'OperatingSystem',
    resyncRequired: false,
    monitoringPercentageCompletion: null,
    monitoringJobType: null,
    dataPendingInStagingStorageAccountInMB: 0,
    dataPendingAtSourceAgentInMB: isProtected ? 2.40283203125 : 0,
    diskState: detail === 'get' ? 'Protected' : null,
    allowedDiskLevelOperation: detail === 'get' ? [] : null,
    isDiskEncrypted: false,
    secretIdentifier: null,
    dekKeyVaultArmId: null,
    isDiskKeyEncrypted: false,
    keyIdentifier: null,
    kekKeyVaultArmId: null,
    failoverDiskName: disk,
    tfoDiskName: `${disk}-ASRtest`,
  }
}

export function nicBody(item: SimReplicatedItem, recoveryNetwork: string) {
  const sourceGroup = groupOf(item.vm)
  return {
    nicId: guidOf(`${item.vm}/nic`),
    replicaNicId: null,
    sourceNicArmId: `${sourceGroup}/providers/Microsoft.Network/networkInterfaces/${item.vmName}-nic`,
    vMNetworkName: `${sourceGroup}/providers/Microsoft.Network/virtualNetworks/vnet-avd`,
    recoveryVMNetworkId: recoveryNetwork,
    ipConfigs: [
      {
        name: 'ipconfig1',
        isPrimary: true,
        subnetName: 'default',
        staticIPAddress: '10.4.0.6',
        ipAddressType: 'Dynamic',
        isSeletedForFailover: true,
        recoverySubnetName: targetSubnetName,
        recoveryStaticIPAddress: '',
        recoveryIPAddressType: 'Dynamic',
        recoveryPublicIPAddressId: null,
        recoveryLBBackendAddressPoolIds: null,
        tfoSubnetName: null,
        tfoStaticIPAddress: null,
        tfoPublicIPAddressId: null,
        tfoLBBackendAddressPoolIds: null,
      },
    ],
    selectionType: 'SelectedByUserOverride',
    recoveryNetworkSecurityGroupId: null,
    enableAcceleratedNetworkingOnRecovery: true,
    tfoVMNetworkId: null,
    tfoNetworkSecurityGroupId: null,
    enableAcceleratedNetworkingOnTfo: null,
    recoveryNicName: null,
    recoveryNicResourceGroupName: null,
    reuseExistingNic: false,
    tfoRecoveryNicName: null,
    tfoRecoveryNicResourceGroupName: null,
    tfoReuseExistingNic: false,
    targetNicName: null,
  }
}

/** `/subscriptions/{s}/resourceGroups/{g}` of an id. */
const groupOf = (id: string): string => id.split('/').slice(0, 5).join('/')
