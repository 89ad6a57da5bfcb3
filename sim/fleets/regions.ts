/** Hubs and domain controllers of both regions. */
import { idKey, parseArmId } from '../../src/lib/core/arm-id.ts'
import type { Sim } from '../arm/types.ts'
import { addNetwork } from '../estate/room.ts'
import { addResource, addResourceGroup } from '../estate/surroundings.ts'
import { worldOf } from '../estate/world.ts'
import type { GroundIds, RegionGround } from './surrounding-ids.ts'

export function addRegions(sim: Sim, { primary, secondary }: GroundIds): void {
  addRegion(sim, primary, secondary)
  addRegion(sim, secondary, primary)
}

function addRegion(sim: Sim, region: RegionGround, other: RegionGround): void {
  const { location, hubGroup, hub, identityGroup, dns, domainControllers } = region
  if (worldOf(sim).networks.has(idKey(hub))) return
  addResourceGroup(sim, hubGroup, location)
  addResourceGroup(sim, identityGroup, location)
  const subnets = [{ name: 'GatewaySubnet', prefix: '10.0.255.0/27', used: 0 }]
  const peerings = [{ remoteId: other.hub, state: 'Connected' as const }]
  addNetwork(sim, { id: hub, location, subnets, dnsServers: [...dns, ...other.dns], peerings })
  sim.estate.locations.set(idKey(hub), location)
  addGateway(sim, region)
  domainControllers.forEach((id, i) => {
    addController(sim, id, location, String(i + 1))
  })
}

function addGateway(sim: Sim, { gateway: id, location, hub }: RegionGround): void {
  const ipConfigurations = [{ name: 'default', properties: { subnet: { id: `${hub}/subnets/GatewaySubnet` } } }]
  const sku = { name: 'ErGw1AZ', tier: 'ErGw1AZ', capacity: 2 }
  const properties = { provisioningState: 'Succeeded', gatewayType: 'ExpressRoute', sku, ipConfigurations }
  addResource(sim, { id, type: 'Microsoft.Network/virtualNetworkGateways', location, properties })
}

/** Machines that nobody moves: Resource Graph knows them, and nothing happens to them. */
function addController(sim: Sim, id: string, location: string, zone: string): void {
  const properties = {
    vmId: parseArmId(id)?.name,
    hardwareProfile: { vmSize: 'Standard_D2s_v5' },
    provisioningState: 'Succeeded',
    extended: { instanceView: { powerState: { code: 'PowerState/running', displayStatus: 'VM running' } } },
  }
  const tags = { role: 'domain-controller' }
  addResource(sim, { id, type: 'Microsoft.Compute/virtualMachines', location, zones: [zone], tags, properties })
}
