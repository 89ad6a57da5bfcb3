import { idKey, parseArmId } from '../core/arm-id.ts'
import type { Reservation, Vm } from '../model/azure.ts'
import type { ReservationGroupSeen } from '../model/inventory.ts'
import { couldNotCheck, found, well } from './outcome.ts'
import type { Outcome } from './rule.ts'

/** Machines that have their room, also where they are stopped and not deallocated. */
const holding: ReadonlySet<Vm['power']> = new Set(['running', 'starting', 'stopping', 'stopped'])

/** Without room of its own. */
export const isOff = ({ power }: Vm): boolean => !holding.has(power) && power !== 'unknown'

/** Whether what is reserved suffices for `machines`, all of one group, size and zone. `isHeld`: an operation is at work. */
export function roomFor(machines: readonly Vm[], groups: readonly ReservationGroupSeen[], isHeld: boolean): Outcome {
  const { capacityReservationGroup: id = '', size = '', zone } = machines[0] ?? {}
  const name = parseArmId(id)?.name ?? id
  const subject = `${name}/${size}${zone === undefined ? '' : `/zone ${zone}`}`
  const fitting = (groups.find((group) => idKey(group.id) === idKey(id))?.reservations ?? []).filter(
    (one) => one.size.toLowerCase() === size.toLowerCase() && one.zone === zone,
  )
  const sum = (amount: (one: Reservation) => number) => fitting.reduce((total, one) => total + amount(one), 0)
  const free = sum(({ capacity, allocated }) => Math.max(0, capacity - allocated))
  const off = machines.filter(isOff).length
  const unknown = machines.filter(({ power }) => power === 'unknown').length
  if (free >= off + unknown) return well
  if (free >= off) return couldNotCheck(`whether ${unknown} machines are on is not known`, subject)
  // What was off when machines were listed may have been on when reservations were.
  if (isHeld && sum(({ capacity }) => capacity) >= machines.length)
    return couldNotCheck('an operation starts and stops hosts', subject)
  return found([{ subject, evidence: `${subject}: ${off} machines are off, ${free} are reserved and free.` }])
}
