/** What the pools of a fleet stand on, as it ought to be: rules find nothing in it. */
import { idKey, parseArmId } from '../../src/lib/core/arm-id.ts'
import type { Sim } from '../arm/types.ts'
import { addNetwork } from '../estate/room.ts'
import { addResource, addResourceGroup, setTraits, surroundingsOf } from '../estate/surroundings.ts'
import { worldOf } from '../estate/world.ts'
import { addBackups } from './backups.ts'
import type { FleetIds, SideIds } from './fleet-ids.ts'
import type { FleetOptions } from './fleet-options.ts'
import { addPackages } from './packages.ts'
import { addRegions } from './regions.ts'
import { addReservations } from './reservations.ts'
import { addStorage } from './storage.ts'
import { type GroundIds, groundIds, type RegionGround } from './surrounding-ids.ts'

/** Behind the pools, and behind the quotas: none of it takes cores of theirs. */
export function addSurroundings(sim: Sim, ids: FleetIds, options: FleetOptions): void {
  const ground = groundIds(ids)
  const { pooledHosts, personalVms } = options
  addResourceGroup(sim, ground.recoveryGroup, ids.secondaryLocation)
  addRegions(sim, ground)
  addGallery(sim, ids, ground)
  addKeyVault(sim, ids)
  if (pooledHosts > 0) {
    addSide(sim, ids.pooled.primary, 'primary', ground)
    addSide(sim, ids.pooled.secondary, 'secondary', ground)
    addPackages(sim, ids, ground)
  }
  if (personalVms > 0) addPersonal(sim, ids, ground)
  if (options.isComplete) {
    addBackups(sim, ids, ground, options)
    addReservations(sim, ids, ground, options)
  }
}

function addSide(sim: Sim, side: SideIds, role: 'primary' | 'secondary', ground: GroundIds): void {
  const { imageVersion, logAnalytics } = ground
  const own = ground.pooled[role]
  const image = { image: { id: imageVersion, exactVersion: imageVersion.split('/').at(-1) ?? '' } }
  for (const vm of side.vms) setTraits(sim, vm, image)
  addStorage(sim, own)
  addSpoke(sim, own.network, own.resourceGroup, ground[role], ground)
  observe(sim, [side.hostPool, ...side.applicationGroups, side.workspace], logAnalytics[role])
}

/** The network with the machines in it, next to the hub of its region. */
function addSpoke(sim: Sim, id: string, group: string, { location, hub, dns }: RegionGround, ground: GroundIds): void {
  const others = location === ground.primary.location ? ground.secondary.dns : ground.primary.dns
  const known = worldOf(sim).networks.get(idKey(id))
  const subnets = known?.subnets ?? [{ name: 'default', prefix: '10.20.0.0/18', used: 0 }]
  const peerings = [{ remoteId: hub, state: 'Connected' as const }]
  addNetwork(sim, { id, location, subnets, dnsServers: [...dns, ...others], peerings })
  surroundingsOf(sim).subnetOfGroup.set(idKey(group), `${id}/subnets/default`)
  sim.estate.locations.set(idKey(id), location)
  const center = worldOf(sim).networks.get(idKey(hub))
  if (!center) return
  addNetwork(sim, { ...center, peerings: [...(center.peerings ?? []), { remoteId: id, state: 'Connected' }] })
}

/** The networks of replicated machines are there already: failovers take their addresses. */
function addPersonal(sim: Sim, { personal, primaryLocation, secondaryLocation }: FleetIds, ground: GroundIds): void {
  const sides = [
    { group: personal.resourceGroup, location: primaryLocation, region: ground.primary },
    { group: personal.targetResourceGroup, location: secondaryLocation, region: ground.secondary },
  ]
  for (const { group, location, region } of sides)
    addSpoke(sim, `${group}/providers/Microsoft.Network/virtualNetworks/vnet-${location}`, group, region, ground)
  const { personalWorkspace: id, logAnalytics } = ground
  const name = parseArmId(id)?.name ?? ''
  const applicationGroups = [personal.applicationGroup]
  worldOf(sim).workspaces.set(idKey(id), { id, name, location: primaryLocation, applicationGroups })
  observe(sim, [personal.hostPool, personal.applicationGroup, id], logAnalytics.primary)
}

function observe(sim: Sim, resources: readonly string[], workspaceId: string): void {
  const settings = [{ name: 'to-log-analytics', workspaceId }]
  for (const id of resources) surroundingsOf(sim).diagnostics.set(idKey(id), settings)
}

/** In the region that survives, with enough replicas for a batch in both. */
function addGallery(sim: Sim, ids: FleetIds, { gallery, imageVersion }: GroundIds): void {
  const { primaryLocation, secondaryLocation } = ids
  const location = secondaryLocation
  const identifier = { uniqueName: `${ids.subscription}-GAL_AVD` }
  const properties = { provisioningState: 'Succeeded', identifier }
  addResource(sim, { id: gallery, type: 'Microsoft.Compute/galleries', location, properties })
  const replicas = [primaryLocation, secondaryLocation].map((region) => ({
    region,
    count: 3,
    state: 'Completed' as const,
  }))
  surroundingsOf(sim).images.set(idKey(imageVersion), { id: imageVersion, location, replicas })
}

function addKeyVault(sim: Sim, { tenant, personal, secondaryLocation: location }: FleetIds): void {
  const properties = { tenantId: tenant, sku: { family: 'A', name: 'standard' }, enabledForDeployment: true }
  addResource(sim, { id: personal.keyVault, type: 'Microsoft.KeyVault/vaults', location, properties })
  for (const [id, location] of worldOf(sim).storageAccounts)
    addResource(sim, {
      id,
      type: 'Microsoft.Storage/storageAccounts',
      location,
      kind: 'StorageV2',
      sku: { name: 'Standard_LRS', tier: 'Standard' },
      properties: { provisioningState: 'Succeeded', primaryLocation: location },
    })
}
