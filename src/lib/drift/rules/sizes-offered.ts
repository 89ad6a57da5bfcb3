import type { Vm } from '../../model/azure.ts'
import { desktopRoom } from '../../planning/room.ts'
import { desktopsAhead, isPooled, nextMove, type Side, sidesOf } from '../next-move.ts'
import { couldNotCheck, found, given, partOfPair, partOfSide, together, well } from '../outcome.ts'
import { machinesThere } from '../pool-machines.ts'
import { foundIn, subjectOf, subjectsIn } from '../room-notices.ts'
import type { Outcome, Rule, RuleContext } from '../rule.ts'

export const sizesOffered: Rule = {
  id: 'sizes-offered',
  title: 'Azure offers the sizes of machines in the region and zones they would run in',
  severity: 'warning',
  blocks: 'never',
  compares:
    'sizes and zones of standby hosts, and of the machines Site Recovery would make, with what Compute offers the subscription in that region and what it restricts.',
  why: 'Of a restricted size Azure makes no machine: a desktop cannot fail over. Hosts that exist may start all the same, but none can be made anew.',
  source: {
    title: 'Resolve errors for SKU not available',
    url: 'https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-sku-not-available',
  },
  howToFix: 'Use another size or zone for the machines of that region, or ask Azure to lift the restriction.',
  check: (context) => (isPooled(context) ? checkHosts(context, sidesOf(context).standby) : checkDesktops(context)),
}

function checkHosts(context: RuleContext, side: Side): Outcome {
  const parts = {
    machines: machinesThere(context, side),
    sizes: partOfSide(context, side, 'sizes'),
  }
  return given(parts, ({ machines, sizes }) => {
    const nameOf = ({ size, zone }: Vm) => (zone === undefined ? size : `${size} in zone ${zone}`)
    const kinds = Map.groupBy(machines, (vm) => nameOf(vm).toLowerCase())
    return together(
      [...kinds].map(([key, [first, ...more]]) => {
        const name = first ? nameOf(first) : key
        const offer = sizes.find(({ size }) => size.toLowerCase() === first?.size.toLowerCase())
        if (!first || !offer) return couldNotCheck('Azure does not list the size there', subjectOf(name))
        const isOffered = !offer.isRestricted && (first.zone === undefined || offer.zones.includes(first.zone))
        if (isOffered) return well
        const { region } = context.pair[side]
        const evidence = `Azure does not offer ${name} in ${region}: ${more.length + 1} hosts of the ${side} side.`
        return found([{ subject: subjectOf(name), evidence }])
      }),
    )
  })
}

const checkDesktops = (context: RuleContext): Outcome =>
  given(
    {
      hosts: partOfSide(context, 'primary', 'sessionHosts'),
      primary: partOfSide(context, 'primary', 'vms'),
      secondary: partOfSide(context, 'secondary', 'vms'),
      items: partOfPair(context, 'replicatedItems'),
      sizes: partOfSide(context, sidesOf(context).standby, 'sizes'),
    },
    () => {
      const move = nextMove(context)
      const notices = desktopRoom(move, desktopsAhead(context).newcomers)
      const unknown = subjectsIn(notices, 'sizeUnknown')
      return together([
        found(foundIn(notices, ['sizeRestricted'])),
        ...unknown.map((size) => couldNotCheck('Azure does not list the size there', size)),
      ])
    },
  )
