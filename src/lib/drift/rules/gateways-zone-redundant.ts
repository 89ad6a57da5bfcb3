import type { Side } from '../next-move.ts'
import { couldNotCheck, found, given, partOfEstate, together, well } from '../outcome.ts'
import { placeName } from '../place-name.ts'
import type { Outcome, Rule, RuleContext } from '../rule.ts'
import { hasZones, sameRegion, sides } from '../session-machines.ts'

export const gatewaysZoneRedundant: Rule = {
  id: 'gateways-zone-redundant',
  title: 'Gateways outlive the loss of a zone where their region has some',
  severity: 'advice',
  blocks: 'never',
  compares:
    'the SKUs of VPN and ExpressRoute gateways in the regions of the pair with those for zones (`…AZ`, `ErGwScale`). A region has zones when a size of this pair is offered in one there. All gateways of the subscriptions are looked at: which of them users come by is not seen',
  why: 'With its gateway a region loses the way to what is on premises, and desktops that run are of no use.',
  source: {
    title: 'About zone-redundant virtual network gateway in Azure availability zones',
    url: 'https://learn.microsoft.com/azure/vpn-gateway/about-zone-redundant-vnet-gateways',
  },
  howToFix: 'Change the gateway to an AZ SKU, or make a new one beside it.',
  check: (context) => together(sides.map((side) => checkSide(context, side))),
}

const isZonal = (sku: string): boolean => /(az|^ergwscale)$/i.test(sku)
/** Those of one building (`VirtualNetworkGatewaySkuName`); what is new to us may be anything. */
const isLocal = (sku: string): boolean => /^(basic|standard|highperformance|ultraperformance|(vpn|er)gw\d)$/i.test(sku)

const checkSide = (context: RuleContext, side: Side): Outcome =>
  given({ gateways: partOfEstate(context, 'networkGateways') }, ({ gateways }) => {
    const weak = gateways.filter(
      ({ kind, sku, location }) => kind !== 'other' && !isZonal(sku) && sameRegion(location, context.pair[side].region),
    )
    const zones = hasZones(context, side)
    return together(
      weak.map(({ id, sku, location }) => {
        const subject = placeName(id)
        if (zones.kind === 'unseen') return couldNotCheck(zones.reason, subject)
        if (zones.value && !isLocal(sku)) return couldNotCheck(`whether ${sku} is for zones`, subject)
        return zones.value
          ? found([{ subject, evidence: `${subject} in ${location} is ${sku}, and the region has zones.` }])
          : well
      }),
    )
  })
