/** The same app packages on both sides, each from its own side's storage. */
import { idKey, parseArmId } from '../../src/lib/core/arm-id.ts'
import type { Sim } from '../arm/types.ts'
import { surroundingsOf } from '../estate/surroundings.ts'
import type { FleetIds, SideIds } from './fleet-ids.ts'
import type { GroundIds, SideGround } from './surrounding-ids.ts'

export function addPackages(sim: Sim, { pooled }: FleetIds, ground: GroundIds): void {
  addTo(sim, pooled.primary, ground.pooled.primary)
  addTo(sim, pooled.secondary, ground.pooled.secondary)
}

function addTo(sim: Sim, { hostPool, location, resourceGroup }: SideIds, { storage }: SideGround): void {
  const share = `\\\\${parseArmId(storage.packages)?.name}.file.core.windows.net\\apps`
  const { msixPackages, appAttachPackages } = surroundingsOf(sim)
  const notes = { fullName: 'ContosoNotes_2.1.0.0_x64__8wekyb3d8bbwe', version: '2.1.0.0', isActive: true }
  msixPackages.set(idKey(hostPool), [{ ...notes, imagePath: `${share}\\notes.vhdx` }])
  const ledger = { fullName: 'ContosoLedger_7.0.3.0_x64__8wekyb3d8bbwe', version: '7.0.3.0', isActive: true }
  const id = `${resourceGroup}/providers/Microsoft.DesktopVirtualization/appAttachPackages/ledger-${location}`
  const attached = { ...ledger, id, location, hostPools: [hostPool], imagePath: `${share}\\ledger.cim` }
  appAttachPackages.set(idKey(id), attached)
}
