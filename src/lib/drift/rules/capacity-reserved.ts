import { idKey } from '../../core/arm-id.ts'
import { desktopRoom } from '../../planning/room.ts'
import { desktopsAhead, isPooled, nextMove, type Side, sidesOf } from '../next-move.ts'
import { couldNotCheck, found, given, partOfPair, partOfSide, together, well } from '../outcome.ts'
import { machinesThere } from '../pool-machines.ts'
import { isOff, roomFor } from '../reserved-room.ts'
import { foundIn } from '../room-notices.ts'
import type { Found, Outcome, Rule, RuleContext } from '../rule.ts'

export const capacityReserved: Rule = {
  id: 'capacity-reserved',
  title: 'Capacity is reserved for all machines that would start',
  severity: 'warning',
  blocks: 'never',
  compares:
    'machines of the standby side that are off, or that Site Recovery would make, with the on-demand capacity reservations they are in: whether there is one of their size and zone, and how much of it is free. Reserved instances are a price, not capacity, and are not looked at.',
  why: 'Azure promises no room for a machine that is deallocated. When a region fails, everybody starts machines in the others at once.',
  source: {
    title: 'On-demand capacity reservation',
    url: 'https://learn.microsoft.com/azure/virtual-machines/capacity-reservation-overview',
  },
  howToFix:
    'Reserve capacity of that size and zone, for as many machines, and put the machines (or their replicated items) into its group. Where the price is not worth it, waive the advice in the plan.',
  check: (context) => {
    const { standby } = sidesOf(context)
    return isPooled(context) ? checkHosts(context, standby) : checkDesktops(context, standby)
  },
}

function checkHosts(context: RuleContext, side: Side): Outcome {
  const parts = { machines: machinesThere(context, side), groups: partOfSide(context, side, 'reservations') }
  return given(parts, ({ machines, groups }) => {
    const without = machines.filter((vm) => !vm.capacityReservationGroup && isOff(vm))
    const unknown = machines.filter((vm) => !vm.capacityReservationGroup && vm.power === 'unknown')
    const within = machines.filter(({ capacityReservationGroup }) => capacityReservationGroup)
    const kinds = Map.groupBy(within, ({ capacityReservationGroup: id = '', size, zone = '' }) =>
      [idKey(id), size.toLowerCase(), zone].join(' '),
    )
    const isHeld = context.pairState.heldBy !== undefined
    return together([
      found(unreserved(side, without.length, machines.filter(isOff).length)),
      unknown.length === 0 ? well : couldNotCheck(`whether ${unknown.length} machines are on is not known`, side),
      ...[...kinds.values()].map((all) => roomFor(all, groups, isHeld)),
    ])
  })
}

const checkDesktops = (context: RuleContext, side: Side): Outcome =>
  given(
    {
      hosts: partOfSide(context, 'primary', 'sessionHosts'),
      primary: partOfSide(context, 'primary', 'vms'),
      secondary: partOfSide(context, 'secondary', 'vms'),
      items: partOfPair(context, 'replicatedItems'),
      reservations: partOfSide(context, side, 'reservations'),
    },
    () => {
      const move = nextMove(context)
      const { newcomers } = desktopsAhead(context)
      const without = newcomers.filter(({ item }) => !item.capacityReservationGroup)
      const notices = desktopRoom(move, newcomers)
      return found([
        ...unreserved(side, without.length, newcomers.length),
        ...foundIn(notices, ['reservationMissing', 'reservationShort']),
      ])
    },
  )

const unreserved = (side: Side, without: number, all: number): readonly Found[] => {
  if (without === 0) return []
  const evidence = `${without} of ${all} machines that would start on the ${side} side are in no capacity reservation group.`
  return [{ subject: side, severity: 'advice', evidence }]
}
