/** What Azure Backup has of a fleet: desktops, and shares with profiles. In the primary region, as is usual. */
import type { Sim } from '../arm/types.ts'
import { addResource, addResourceGroup, surroundingsOf } from '../estate/surroundings.ts'
import type { FleetIds } from './fleet-ids.ts'
import type { FleetOptions } from './fleet-options.ts'
import type { GroundIds } from './surrounding-ids.ts'

export function addBackups(sim: Sim, ids: FleetIds, ground: GroundIds, options: FleetOptions): void {
  const { backupGroup, backupVault: vault } = ground
  addResourceGroup(sim, backupGroup, ids.primaryLocation)
  addResource(sim, {
    id: vault,
    type: 'Microsoft.RecoveryServices/vaults',
    location: ids.primaryLocation,
    sku: { name: 'RS0', tier: 'Standard' },
    properties: {
      provisioningState: 'Succeeded',
      redundancySettings: { standardTierStorageRedundancy: 'ZoneRedundant', crossRegionRestore: 'Disabled' },
    },
  })
  const { backupItems } = surroundingsOf(sim)
  const state = 'Protected' as const
  if (options.personalVms > 0)
    for (const sourceId of ids.personal.vms)
      backupItems.push({ vault, kind: 'vm', sourceId, policy: 'desktops-daily', state })
  if (options.pooledHosts === 0) return
  const { profiles, packages } = ground.pooled.primary.storage
  backupItems.push({ vault, kind: 'share', sourceId: profiles, share: 'profiles', policy: 'profiles-daily', state })
  backupItems.push({ vault, kind: 'share', sourceId: packages, share: 'apps', policy: 'apps-weekly', state })
}
