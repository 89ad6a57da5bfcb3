/** Vaults, and what Azure Backup protects. */
import { parseArmId } from '../../src/lib/core/arm-id.ts'
import { hours, type Instant } from '../../src/lib/core/time.ts'
import { surroundingsOf } from '../estate/surroundings.ts'
import type { SimBackupItem } from '../estate/surroundings-types.ts'
import { worldOf } from '../estate/world.ts'
import type { Row } from './resource-graph-query.ts'
import type { RowMaker } from './resource-graph-row.ts'
import type { Sim } from './types.ts'

export const domainOf = {
  replication:
    'microsoft.recoveryservices/vaults/replicationfabrics/replicationprotectioncontainers/replicationprotecteditems',
  backup: 'microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems',
} as const

export function vaultRows(sim: Sim, row: RowMaker): readonly Row[] {
  return [...worldOf(sim).vaults.values()].map(({ id, location, redundancy = 'ZoneRedundant' }) => {
    const redundancySettings = { standardTierStorageRedundancy: redundancy, crossRegionRestore: 'Disabled' }
    const properties = { provisioningState: 'Succeeded', redundancySettings }
    return { ...row(id, 'microsoft.recoveryservices/vaults', location, properties), sku: { name: 'RS0' } }
  })
}

export function backupRows(sim: Sim, row: RowMaker): readonly Row[] {
  return surroundingsOf(sim).backupItems.map((item) => {
    const { vault, policy, state, kind, lastBackup = lastNight(sim.now()) } = item
    const common = {
      protectionState: state,
      lastBackupStatus: 'Completed',
      lastBackupTime: new Date(lastBackup).toISOString(),
      policyId: `${vault}/backupPolicies/${policy}`,
      policyName: policy,
      sourceResourceId: item.sourceId,
      vaultId: vault,
      isScheduledForDeferredDelete: false,
    }
    const location = sim.estate.locations.get(vault.toLowerCase()) ?? ''
    const own = kind === 'vm' ? ofMachine(item) : ofShare(item)
    return row(`${vault}/${own.path}`, domainOf.backup, location, { ...own.properties, ...common })
  })
}

/** Two in the morning, UTC. */
const lastNight = (now: Instant): Instant => Math.floor((now - hours(2)) / hours(24)) * hours(24) + hours(2)

/** Names as Azure Backup makes them: of the container, then of the item in it. */
function ofMachine({ sourceId }: SimBackupItem) {
  const { name = '', resourceGroup = '' } = parseArmId(sourceId) ?? {}
  const own = `iaasvmcontainerv2;${resourceGroup};${name}`.toLowerCase()
  return {
    path: `backupFabrics/Azure/protectionContainers/IaasVMContainer;${own}/protectedItems/VM;${own}`,
    properties: {
      friendlyName: name,
      backupManagementType: 'AzureIaasVM',
      workloadType: 'VM',
      protectedItemType: 'Microsoft.Compute/virtualMachines',
      virtualMachineId: sourceId,
    },
  }
}

function ofShare({ sourceId, share = '' }: SimBackupItem) {
  const { name = '', resourceGroup = '' } = parseArmId(sourceId) ?? {}
  const container = `StorageContainer;Storage;${resourceGroup};${name}`
  return {
    path: `backupFabrics/Azure/protectionContainers/${container}/protectedItems/AzureFileShare;${share}-${name}`,
    properties: {
      friendlyName: share,
      backupManagementType: 'AzureStorage',
      workloadType: 'AzureFileShare',
      protectedItemType: 'AzureFileShareProtectedItem',
    },
  }
}
