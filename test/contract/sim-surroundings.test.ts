/** What pools stand on: images, storage, packages, diagnostics, disks, in the words of Resource Manager and Resource Graph. */
import { expect, test } from 'vitest'
import { addResource, setTraits } from '../../sim/estate/surroundings.ts'
import { type FleetOptions, optionsOf } from '../../sim/fleets/fleet-options.ts'
import { groundIds } from '../../sim/fleets/surrounding-ids.ts'
import { jsonOf } from './kernel-world.ts'
import { createFleetWorld, faultsBySpec } from './sim-world.ts'

function world(fleet: Partial<FleetOptions> = {}) {
  const made = createFleetWorld(optionsOf('tiny', { isComplete: true, openSessions: false, ...fleet }))
  const { send, ids } = made
  return {
    ...made,
    ground: groundIds(ids),
    get: async (path: string, version: string) => {
      const answer = await send(`${path}${path.includes('?') ? '&' : '?'}api-version=${version}`)
      return { status: answer.status, body: jsonOf(answer) }
    },
    ask: async (query: string) => {
      const body = { subscriptions: [ids.subscription], query }
      return jsonOf(
        await send('/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01', { method: 'POST', body }),
      ).data
    },
  }
}

const inGroup = '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers'

test('a version of an image names its regions as people read them, and how far they are when it is asked to', async () => {
  const { get, ground } = world()
  const template = `${inGroup}/Microsoft.Compute/galleries/{galleryName}/images/{galleryImageName}/versions/{galleryImageVersionName}`
  const whole = await get(`${ground.imageVersion}?$expand=ReplicationStatus`, '2023-07-03')
  expect(faultsBySpec('galleries', 'get', template, whole)).toEqual([])
  expect(whole.body.properties.publishingProfile.targetRegions).toMatchObject([
    { name: 'UK South', regionalReplicaCount: 3 },
    { name: 'UK West', regionalReplicaCount: 3 },
  ])
  expect(whole.body.properties.replicationStatus.summary).toMatchObject([
    { state: 'Completed' },
    { state: 'Completed' },
  ])
  expect((await get(ground.imageVersion, '2023-07-03')).body.properties.replicationStatus).toBeUndefined()
  const gallery = await get(ground.gallery, '2023-07-03')
  expect(faultsBySpec('galleries', 'get', `${inGroup}/Microsoft.Compute/galleries/{galleryName}`, gallery)).toEqual([])
  expect(gallery.body.location).toBe('ukwest')
  expect((await get(`${ground.gallery}/images/none/versions/1.0.0`, '2023-07-03')).status).toBe(404)
  expect((await get(ground.gallery, '2026-04-01')).status).toBe(400)
})

test('what is used of a share is told by the share alone, never by the list', async () => {
  const { get, ground } = world()
  const all = `${ground.pooled.primary.storage.profiles}/fileServices/default/shares`
  const shares = `${inGroup}/Microsoft.Storage/storageAccounts/{accountName}/fileServices/default/shares`
  const list = await get(all, '2023-05-01')
  expect(faultsBySpec('shares', 'get', shares, list)).toEqual([])
  expect(list.body.value).toMatchObject([{ name: 'profiles', properties: { shareQuota: 10_240 } }])
  expect(list.body.value[0].properties.shareUsageBytes).toBeUndefined()
  expect((await get(`${all}?$expand=stats`, '2023-05-01')).status).toBe(400)
  const one = await get(`${all}/profiles?$expand=stats`, '2023-05-01')
  expect(faultsBySpec('shares', 'get', `${shares}/{shareName}`, one)).toEqual([])
  expect(one.body.properties.shareUsageBytes).toBe(3_900 * 2 ** 30)
  expect((await get(`${all}/profiles`, '2023-05-01')).body.properties.shareUsageBytes).toBeUndefined()
  expect((await get(`${all}/none`, '2023-05-01')).status).toBe(404)
})

test('packages are of a pool or name the pools they are for', async () => {
  const { get, ids } = world()
  const { hostPool } = ids.pooled.secondary
  const msix = await get(`${hostPool}/msixPackages`, '2024-04-03')
  const ofPool = `${inGroup}/Microsoft.DesktopVirtualization/hostPools/{hostPoolName}/msixPackages`
  expect(faultsBySpec('avd', 'get', ofPool, msix)).toEqual([])
  expect(msix.body.value).toMatchObject([{ properties: { isActive: true, version: '2.1.0.0' } }])
  expect(msix.body.value[0].name.startsWith('hp-pooled-ukw/ContosoNotes_')).toBe(true)
  const all = `/subscriptions/${ids.subscription}/providers/Microsoft.DesktopVirtualization/appAttachPackages`
  const attached = await get(all, '2024-04-03')
  const template = '/subscriptions/{subscriptionId}/providers/Microsoft.DesktopVirtualization/appAttachPackages'
  expect(faultsBySpec('avd', 'get', template, attached)).toEqual([])
  expect(attached.body.value).toHaveLength(2)
  const filtered = await get(`${all}?$filter=${encodeURIComponent(`HostPool eq '${hostPool}'`)}`, '2024-04-03')
  expect(filtered.body.value).toMatchObject([{ location: 'ukwest' }])
})

test('diagnostic settings are of pools, groups and workspaces, and of nothing that does not exist', async () => {
  const { get, ids, ground } = world()
  const path = (id: string) => `${id}/providers/Microsoft.Insights/diagnosticSettings`
  const found = await get(path(ids.pooled.primary.hostPool), '2021-05-01-preview')
  const template = '/{resourceUri}/providers/Microsoft.Insights/diagnosticSettings'
  expect(faultsBySpec('diagnostics', 'get', template, found)).toEqual([])
  expect(found.body.value).toMatchObject([{ properties: { workspaceId: ground.logAnalytics.primary } }])
  expect((await get(path(ids.personal.vms[0] ?? ''), '2021-05-01-preview')).body.value).toEqual([])
  expect((await get(path(`${ids.pooled.primary.hostPool}x`), '2021-05-01-preview')).status).toBe(404)
  expect((await get(path(ids.pooled.primary.hostPool), '2022-06-01')).status).toBe(400)
})

test('of a machine that is deallocated nobody tells the kind of its disk, but the disk itself', async () => {
  const { sim, get, ask, ids } = world()
  const [on = '', off = ''] = [ids.pooled.primary.vms[0], ids.pooled.secondary.vms[0]]
  setTraits(sim, off, { osDiskSku: 'StandardSSD_LRS' })
  const diskOf = async (id: string) => (await get(id, '2026-04-01')).body.properties.storageProfile.osDisk.managedDisk
  expect((await diskOf(on)).storageAccountType).toBe('Premium_LRS')
  expect(Object.keys(await diskOf(off))).toEqual(['id'])
  const rows = await ask(
    "resources | where type =~ 'microsoft.compute/disks' and isnotempty(properties.osType) | project id, managedBy, sku = sku.name | order by id asc",
  )
  const skuOf = (id: string) => rows.find(({ managedBy }: { managedBy: string }) => managedBy === id)?.sku
  expect([skuOf(on), skuOf(off)]).toEqual(['Premium_LRS', 'StandardSSD_LRS'])
})

test('Resource Graph has one row a subnet and group for thousands of network cards', async () => {
  const { ask, ids } = world({ pooledHosts: 200 })
  const rows = await ask(
    "resources | where type =~ 'microsoft.network/networkinterfaces' | summarize cards = count() by resourceGroup, subnetId = tostring(properties.ipConfigurations[0].properties.subnet.id) | order by resourceGroup asc",
  )
  expect(rows).toMatchObject([
    { resourceGroup: 'rg-avd-personal-uksouth', cards: ids.personal.vms.length },
    { resourceGroup: 'rg-avd-uksouth', cards: 200 },
    { resourceGroup: 'rg-avd-ukwest', cards: 200 },
  ])
})

test('what is only looked at is in Resource Graph as it is', async () => {
  const { sim, ask, ids, ground } = world()
  const id = `${ground.recoveryGroup}/providers/Microsoft.Storage/storageAccounts/stother`
  const properties = { provisioningState: 'Succeeded' }
  addResource(sim, { id, type: 'Microsoft.Storage/storageAccounts', location: 'ukwest', kind: 'StorageV2', properties })
  const accounts = await ask(
    "resources | where type =~ 'Microsoft.Storage/storageAccounts' and name startswith 'st' | project id, kind, sku = sku.name | order by id asc",
  )
  expect(accounts).toContainEqual({ id, kind: 'StorageV2', sku: null })
  expect(accounts).toContainEqual({ id: ground.pooled.primary.storage.office, kind: 'FileStorage', sku: 'Premium_ZRS' })
  const groups = await ask(
    "resourcecontainers | where type =~ 'microsoft.resources/subscriptions/resourcegroups' | project id, location | order by id asc",
  )
  expect(groups).toContainEqual({ id: ids.pooled.secondary.resourceGroup, location: 'ukwest' })
  const backups = await ask(
    "recoveryservicesresources | where type =~ 'microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems' | project id, kind = properties.backupManagementType, of = properties.sourceResourceId | order by id asc",
  )
  expect(backups).toHaveLength(ids.personal.vms.length + 2)
  expect(backups).toContainEqual(expect.objectContaining({ kind: 'AzureIaasVM', of: ids.personal.vms[0] }))
})
