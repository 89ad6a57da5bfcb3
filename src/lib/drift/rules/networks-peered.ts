import { idKey } from '../../core/arm-id.ts'
import { otherSide } from '../../planning/situation.ts'
import { networksOn } from '../networks.ts'
import type { Side } from '../next-move.ts'
import { couldNotCheck, found, given, partOfEstate, together, well } from '../outcome.ts'
import {
  isBroken,
  isConnected,
  isNotBroken,
  isUnknown,
  leavesWhatIsSeen,
  lostOf,
  type Networks,
  peers,
  type Used,
} from '../peerings.ts'
import { placeName } from '../place-name.ts'
import type { Found, Outcome, Rule, RuleContext } from '../rule.ts'
import { sameRegion, sides } from '../session-machines.ts'
import { multiRegion } from '../sources.ts'

export const networksPeered: Rule = {
  id: 'networks-peered',
  title: 'The networks of both sides are connected, each by a hub of its own region',
  severity: 'warning',
  blocks: 'never',
  compares:
    'the networks the machines stand in, or would, by their peerings: all of them connected, a way from one side to the other, and no side that hangs on a hub of the other region alone. Whether routes and firewalls let traffic through is not seen, nor what lies behind a gateway or a Virtual WAN',
  why: 'Cloud Cache writes to the other region all day, and users who are moved need what they work with: domain controllers, file servers, applications.',
  source: multiRegion,
  howToFix:
    'Peer the network with a hub in its region, and the hubs of both regions with each other. A peering that is not connected is to be made again on both ends.',
  check: (context) =>
    given(
      {
        list: partOfEstate(context, 'networks'),
        primary: networksOn(context, 'primary'),
        secondary: networksOn(context, 'secondary'),
      },
      ({ list, ...used }) => {
        const networks: Networks = new Map(list.map((network) => [idKey(network.id), network]))
        return together([
          ...sides.flatMap((side) => used[side].map((id) => checkNetwork(context, side, id, { networks, used }))),
          checkWay(context, networks, used),
        ])
      },
    ),
}

function checkNetwork(
  { pair }: RuleContext,
  side: Side,
  id: string,
  { networks, used }: { readonly networks: Networks; readonly used: Used },
): Outcome {
  const network = networks.get(id)
  const subject = `${side}/${placeName(id)}`
  if (!network) return couldNotCheck('the network was not seen', subject)
  const broken = network.peerings.filter(isBroken)
  const unknown = network.peerings.filter(isUnknown).map(({ remoteId, state }) => {
    const remote = placeName(remoteId)
    return couldNotCheck(`its peering with ${remote} is ${state}`, `${subject}/${remote}`)
  })
  const findings: Found[] = broken.map(({ remoteId, state }) => {
    const remote = placeName(remoteId)
    return { subject: `${subject}/${remote}`, evidence: `The peering of ${subject} with ${remote} is ${state}.` }
  })
  const ids = peers(network, isConnected)
  const hubs = ids.filter((one) => !used.primary.includes(one) && !used.secondary.includes(one))
  const seen = hubs.flatMap((one) => networks.get(one) ?? [])
  const away = seen.filter(({ location }) => sameRegion(location, pair[otherSide(side)].region))
  const isAwayAlone = hubs.length > 0 && away.length === hubs.length && unknown.length === 0
  if (!isAwayAlone) return together([found(findings), ...unknown])
  const evidence = `${subject} is peered with ${away.map((one) => placeName(one.id)).join(', ')} in ${away[0]?.location} alone, and with no hub of its own region.`
  return found([...findings, { subject, evidence }])
}

function checkWay(context: RuleContext, networks: Networks, used: Used): Outcome {
  const lost = lostOf(networks, used, isConnected)
  if (lost.length === 0) return well
  const subject = 'primary/secondary'
  if (lostOf(networks, used, isNotBroken).length === 0)
    return couldNotCheck('the way is by peerings in a state that is not known', subject)
  if (sides.every((side) => leavesWhatIsSeen(networks, used[side])))
    return couldNotCheck('the way goes on in networks that were not seen, e.g. of a Virtual WAN', subject)
  return given({ gateways: partOfEstate(context, 'networkGateways') }, ({ gateways }) => {
    const has = (side: Side) => gateways.some(({ location }) => sameRegion(location, context.pair[side].region))
    if (sides.every(has)) return couldNotCheck('no peering, and whether gateways connect the two is not seen', subject)
    const evidence = `No way by peerings leads from the other side to ${lost.map(placeName).join(', ')}.`
    return found([{ subject, evidence }])
  })
}
