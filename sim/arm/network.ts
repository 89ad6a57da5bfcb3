/** Virtual networks and what is taken of their subnets: Microsoft.Network, api 2024-05-01 (REST reference). Read only. */
import { idKey, parseArmId } from '../../src/lib/core/arm-id.ts'
import { syncRegions } from '../estate/regions.ts'
import type { SimNetwork, SimSubnet } from '../estate/room.ts'
import { worldOf } from '../estate/world.ts'
import { resourceNotFound } from './answers.ts'
import type { Provider, Route, Sim } from './types.ts'

const type = 'Microsoft.Network/virtualNetworks'
const inGroup = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${type}`

export const network: Provider = {
  namespace: 'Microsoft.Network',
  apiVersions: ['2024-05-01'],
  routes: [{ method: 'GET', path: `${inGroup}/{name}`, bucket: 'reads', action: `${type}/read`, handle: get() }],
}

function get(): Route['handle'] {
  return (_request, { subscription = '', group = '', name = '' }, sim) => {
    syncRegions(sim)
    const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/${type}/${name}`
    const found = worldOf(sim).networks.get(idKey(id))
    return found ? { status: 200, body: networkBody(sim, found) } : resourceNotFound(type, name, group)
  }
}

function networkBody(sim: Sim, found: SimNetwork) {
  const { id, location } = found
  return { name: parseArmId(id)?.name, id, type, location, properties: networkProperties(sim, found) }
}

/** A network with Azure's own name servers has no `dhcpOptions`, or an empty list in them. */
export function networkProperties(sim: Sim, found: SimNetwork) {
  const { id, subnets, dnsServers, peerings = [] } = found
  return {
    provisioningState: 'Succeeded',
    addressSpace: { addressPrefixes: subnets.map(({ prefix }) => prefix) },
    ...(dnsServers && { dhcpOptions: { dnsServers } }),
    subnets: subnets.map((subnet) => subnetBody(sim, found, subnet)),
    virtualNetworkPeerings: peerings.map(({ remoteId, state }) => {
      const name = `to-${parseArmId(remoteId)?.name}`
      const properties = {
        provisioningState: 'Succeeded',
        peeringState: state,
        remoteVirtualNetwork: { id: remoteId },
        allowVirtualNetworkAccess: true,
        allowForwardedTraffic: true,
      }
      return { id: `${id}/virtualNetworkPeerings/${name}`, name, properties }
    }),
    enableDdosProtection: false,
  }
}

/** A subnet that nobody is in has no `ipConfigurations`. */
function subnetBody(sim: Sim, { id }: SimNetwork, subnet: SimSubnet) {
  const own = [...worldOf(sim).addressOf].filter(([, one]) => one === subnet).map(([vm]) => vm.split('/').at(-1) ?? '')
  const others = Array.from({ length: subnet.used - own.length }, (_, i) => `other-${i + 1}`)
  const group = id.split('/').slice(0, 5).join('/')
  const cards = [...own, ...others].map((name) => ({
    id: `${group}/providers/Microsoft.Network/networkInterfaces/${name}-nic/ipConfigurations/ipconfig1`,
  }))
  return {
    name: subnet.name,
    id: `${id}/subnets/${subnet.name}`,
    type: `${type}/subnets`,
    properties: {
      provisioningState: 'Succeeded',
      addressPrefix: subnet.prefix,
      ...(cards.length > 0 && { ipConfigurations: cards }),
      delegations: [],
      privateEndpointNetworkPolicies: 'Disabled',
    },
  }
}
