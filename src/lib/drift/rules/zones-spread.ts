import type { SizeOffer, Vm } from '../../model/azure.ts'
import { machinesOn } from '../host-machines.ts'
import { isPooled, type Side } from '../next-move.ts'
import { couldNotCheck, found, given, partOfSide, together, well } from '../outcome.ts'
import type { Outcome, Rule, RuleContext } from '../rule.ts'

/** Whether what is left without one zone is enough is `capacity-without-a-zone`'s. */
export const zonesSpread: Rule = {
  id: 'zones-spread',
  title: 'Session hosts are spread over the zones of their region',
  severity: 'warning',
  blocks: 'never',
  compares:
    'zones of the machines of each side with the zones Azure offers their sizes in. Found are hosts without a zone, an unused zone, and one zone with more than half as many again as an even share. Where no zone is offered, hosts outside of an availability set are advice.',
  why: 'One data centre that fails takes all hosts of its zone with it, and a region loses zones more often than itself.',
  source: {
    title: 'Multiregion Business Continuity and Disaster Recovery (BCDR) for Azure Virtual Desktop',
    url: 'https://learn.microsoft.com/azure/architecture/example-scenario/azure-virtual-desktop/azure-virtual-desktop-multi-region-bcdr',
  },
  howToFix: 'Deploy new hosts into the zones that have fewest, and take as many out of the one that has most.',
  appliesTo: isPooled,
  check: (context) => together((['primary', 'secondary'] as const).map((side) => checkSide(context, side))),
}

const checkSide = (context: RuleContext, side: Side): Outcome =>
  given({ machines: machinesOn(context, side), sizes: partOfSide(context, side, 'sizes') }, ({ machines, sizes }) =>
    judge(
      machines.flatMap(({ vm }) => vm ?? []),
      sizes,
      side,
    ),
  )

function judge(vms: readonly Vm[], sizes: readonly SizeOffer[], side: Side): Outcome {
  // One host cannot be spread.
  if (vms.length < 2) return well
  const used = new Set(vms.map(({ size }) => size.toLowerCase()))
  const offers = sizes.filter(({ size }) => used.has(size.toLowerCase()))
  if (offers.length === 0) return couldNotCheck('Azure does not list the sizes of its hosts', side)
  const zones = [...new Set(offers.flatMap((offer) => offer.zones))].sort()
  if (zones.length < 2) return withoutZones(vms, side)
  const counts = zones.map((zone) => vms.filter((vm) => vm.zone === zone).length)
  const unzoned = vms.filter(({ zone }) => zone === undefined).length
  const isUneven = Math.max(...counts) > mostAbove * (vms.length / zones.length) + 1
  const unused = vms.length >= zones.length && counts.includes(0)
  if (unzoned === 0 && !unused && !isUneven) return well
  const spread = zones.map((zone, i) => `${counts[i]} in zone ${zone}`).join(', ')
  const none = unzoned === 0 ? '' : `, ${unzoned} in none`
  return found([{ subject: side, evidence: `Hosts of the ${side} side: ${spread}${none}.` }])
}

/** Chosen: with three zones the fullest has half of all hosts at most, and small pools are let off one host. */
const mostAbove = 1.5

function withoutZones(vms: readonly Vm[], side: Side): Outcome {
  const alone = vms.filter(({ availabilitySetId }) => availabilitySetId === undefined).length
  if (alone === 0) return well
  const evidence = `Azure offers no zones for the hosts of the ${side} side; ${alone} of ${vms.length} are in no availability set.`
  return found([{ subject: side, severity: 'advice', evidence }])
}
