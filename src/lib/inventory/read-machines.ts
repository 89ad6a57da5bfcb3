/** Machines of a side as Compute sees them: what one list does not tell of them others do. */
import { idKey } from '../core/arm-id.ts'
import type { Answer } from '../core/fault.ts'
import type { PowerState, Vm } from '../model/azure.ts'
import type { SideSeen } from '../model/inventory.ts'
import type { DrPlan, PlannedSide } from '../plan/schema.ts'
import type { Gateways } from '../ports/gateways.ts'
import { believed } from './believe.ts'
import { machineGroupsIn } from './estate-places.ts'
import { byId } from './known.ts'
import type { Reader } from './reader.ts'
import { computeAt } from './regions.ts'

type MachinesReading = {
  readonly gateways: Gateways
  readonly reader: Reader
  readonly plan: DrPlan
  readonly side: PlannedSide
  readonly old: SideSeen | undefined
}

/** `osDisks` is there only to say why kinds of disks are not known. */
export type MachinesRead = {
  readonly vms: Answer<readonly Vm[]>
  readonly osDisks?: Answer<never>
}

/** The status listing of a whole subscription, and the disks of all sides, are read once: each costs as much as all VMs. */
export async function readMachines({ gateways, reader, plan, side, old }: MachinesReading): Promise<MachinesRead> {
  const { compute, estate } = gateways
  const { subscription } = side
  const group = side.vmResourceGroup ?? side.resourceGroup
  const [vms, powers] = await Promise.all([
    reader(
      `vms ${subscription} ${group}`,
      () => believed(() => compute.vms(subscription, group), byId(old?.vms)),
      computeAt(side),
    ),
    reader(`powerStates ${subscription}`, () => compute.powerStates(subscription)),
  ])
  if (vms.kind !== 'ok') return { vms }
  if (powers.kind !== 'ok') return { vms: powers }
  if (vms.value.every(({ osDiskSku }) => osDiskSku !== undefined))
    return { vms: { kind: 'ok', value: vms.value.map((vm) => whole(vm, powers.value)) } }
  const disks = await reader('osDisks', () => estate.osDisks(...machineGroupsIn(plan)))
  const kinds = disks.kind === 'ok' ? disks.value : undefined
  const value = vms.value.map((vm) => whole(vm, powers.value, kinds))
  return { vms: { kind: 'ok', value }, ...(disks.kind !== 'ok' && { osDisks: disks }) }
}

/** Compute does not tell the kind of the disk of a deallocated machine, since it may be changed then; the disk itself does. */
function whole(vm: Vm, powers: ReadonlyMap<string, PowerState>, kinds?: ReadonlyMap<string, string>): Vm {
  const key = idKey(vm.id)
  const osDiskSku = vm.osDiskSku ?? kinds?.get(key)
  return { ...vm, power: powers.get(key) ?? 'unknown', ...(osDiskSku !== undefined && { osDiskSku }) }
}
