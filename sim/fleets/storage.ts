/** Storage accounts of one side: profiles, Office containers and app packages, each by itself. */
import { idKey } from '../../src/lib/core/arm-id.ts'
import type { Sim } from '../arm/types.ts'
import { addResource, surroundingsOf } from '../estate/surroundings.ts'
import type { SideGround } from './surrounding-ids.ts'

const gibibyte = 2 ** 30

export function addStorage(sim: Sim, { location, storage }: SideGround): void {
  addAccount(sim, storage.profiles, location, { name: 'profiles', quotaGiB: 10_240, usedGiB: 3_900 })
  addAccount(sim, storage.office, location, { name: 'office', quotaGiB: 5_120, usedGiB: 1_700 })
  addAccount(sim, storage.packages, location, { name: 'apps', quotaGiB: 512, usedGiB: 90 })
}

type Share = { readonly name: string; readonly quotaGiB: number; readonly usedGiB: number }

function addAccount(sim: Sim, id: string, location: string, { name, quotaGiB, usedGiB }: Share): void {
  addResource(sim, {
    id,
    type: 'Microsoft.Storage/storageAccounts',
    location,
    kind: 'FileStorage',
    sku: { name: 'Premium_ZRS', tier: 'Premium' },
    properties: { provisioningState: 'Succeeded', primaryLocation: location, statusOfPrimary: 'available' },
  })
  surroundingsOf(sim).shares.set(idKey(id), [{ name, quotaGiB, usedBytes: usedGiB * gibibyte }])
}
