import type { Instant } from '../../src/lib/core/time.ts'
import type { SimVm } from '../arm/estate-types.ts'
import { type OperationFault, operationErrors } from '../arm/operation-faults.ts'
import type { Sim } from '../arm/types.ts'
import { worldOf } from './world.ts'

/** For a while Azure has no room for a size, in a whole region or in one of its zones. */
export type Shortage = {
  readonly location: string
  readonly size: string
  readonly zone?: string
  readonly code: OperationFault
  readonly from: Instant
  readonly until: Instant
}

export const addShortage = (sim: Sim, shortage: Shortage): void => void worldOf(sim).shortages.push(shortage)

/** The error with which a start, or a failover to such a VM, ends now, if Azure has no room for it. */
export function shortageFor(
  sim: Sim,
  vm: Pick<SimVm, 'location' | 'size' | 'zone'>,
): { readonly code: string; readonly message: string } | undefined {
  const now = sim.now()
  const found = worldOf(sim).shortages.find(
    ({ location, size, zone, from, until }) =>
      same(location, vm.location) &&
      same(size, vm.size) &&
      (zone === undefined || zone === vm.zone) &&
      from <= now &&
      now < until,
  )
  return found && { code: found.code, message: operationErrors[found.code].message }
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
