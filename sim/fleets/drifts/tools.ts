/** How faults are laid into an estate. */
import { idKey } from '../../../src/lib/core/arm-id.ts'
import { desktopVirtualizationUser } from '../../../src/lib/model/azure.ts'
import { assignAtStart } from '../../arm/access.ts'
import { guidOf } from '../../arm/avd-resource.ts'
import type { SimRoleAssignment, SimSessionHost, SimVm } from '../../arm/estate-types.ts'
import type { Sim } from '../../arm/types.ts'
import { surroundingsOf } from '../../estate/surroundings.ts'
import type { SimBackupItem, SimResource } from '../../estate/surroundings-types.ts'
import { worldOf } from '../../estate/world.ts'
import type { DriftPlace } from '../drift.ts'

/** Another value in place of what is there under this id. */
export function edit<T>(all: Map<string, T>, id: string, change: (value: T) => T): void {
  const value = all.get(idKey(id))
  if (value === undefined) throw new Error(`there is no ${id}`)
  all.set(idKey(id), change(value))
}

export const editResource = (sim: Sim, id: string, change: Partial<SimResource>): void =>
  edit(surroundingsOf(sim).resources, id, (one) => ({ ...one, ...change }))

/** The same machine in other words: what is on it stays. */
export function editVm(sim: Sim, id: string, change: Partial<SimVm>): void {
  const { equipment } = worldOf(sim)
  edit(sim.estate.vms, id, (vm) => {
    const changed = { ...vm, ...change }
    const own = equipment.get(vm)
    if (own) equipment.set(changed, own)
    return changed
  })
}

export function hostOf(sim: Sim, vmId: string): SimSessionHost {
  const host = sim.estate.sessionHosts.get(worldOf(sim).hostOfVm.get(idKey(vmId)) ?? '')
  if (!host) throw new Error(`there is no session host on ${vmId}`)
  return host
}

/** What guests of these machines tell of FSLogix, over what they told. */
export function tell(sim: Sim, vms: readonly string[], facts: Readonly<Record<string, unknown>>): void {
  for (const id of vms) {
    const tags = sim.estate.vms.get(idKey(id))?.tags
    // Another fault may have taken the machine away.
    if (!tags) continue
    const told = JSON.parse(tags.now()['avd-dr-fslogix'] ?? '{}') as object
    tags.set({ ...tags.now(), 'avd-dr-fslogix': JSON.stringify({ ...told, ...facts }) })
  }
}

/** Access that somebody gave by hand. */
export function grantByHand({ sim, ids }: DriftPlace, scope: string, principalId: string): void {
  const name = guidOf(`${scope}/${principalId}/by hand`)
  const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`
  const roleDefinitionId = `/subscriptions/${ids.subscription}/providers/Microsoft.Authorization/roleDefinitions/${desktopVirtualizationUser}`
  const assignment: SimRoleAssignment = { id, name, scope, principalId, principalType: 'Group', roleDefinitionId }
  assignAtStart(sim.estate, assignment)
}

/** Sessions that are open on the primary pool in truth. */
export const sessionsOf = ({ sim, ids }: DriftPlace): number =>
  ids.pooled.primary.vms.reduce((sum, vm) => sum + hostOf(sim, vm).sessions.size, 0)

export function removeBackup(sim: Sim, isMeant: (item: SimBackupItem) => boolean): void {
  const { backupItems } = surroundingsOf(sim)
  const at = backupItems.findIndex(isMeant)
  if (at < 0) throw new Error('there is no such backup')
  backupItems.splice(at, 1)
}

export function first<T>(all: readonly T[]): T {
  const [one] = all
  if (one === undefined) throw new Error('there is none')
  return one
}
