import { idKey } from '../core/arm-id.ts'
import type { Vm } from '../model/azure.ts'

/** Compute does not tell the kind of the disk of a deallocated machine, since it may be changed then; the disk itself does. */
export const osDisksKnown = (vms: readonly Vm[], kinds: ReadonlyMap<string, string>): readonly Vm[] =>
  vms.map((vm) => {
    const osDiskSku = vm.osDiskSku ?? kinds.get(idKey(vm.id))
    return osDiskSku === undefined ? vm : { ...vm, osDiskSku }
  })
