import { expect, test } from 'vitest'
import { jsonOf } from './kernel-world.ts'
import { inContainer, inVault, version, createReplicatedWorld as world } from './sim-replicated-world.ts'
import { faultsBySpec } from './sim-world.ts'

test('replicated items are listed for the vault and the container, page by page, without what only GET knows', async () => {
  const { siteRecovery, all, vaultName, group, item } = world({}, { switches: { pageSize: 2 } })
  const items = await all(siteRecovery.replicationProtectedItems.list(vaultName, group))
  expect(items.map(({ properties }) => properties?.friendlyName)).toEqual([
    'avdd-uks-0001',
    'avdd-uks-0002',
    'avdd-uks-0003',
  ])
  expect(items[0]?.id).toMatch(/^\/Subscriptions\//)
  const { fabric, container } = item
  const ofContainer = siteRecovery.replicationProtectedItems.listByReplicationProtectionContainers(
    vaultName,
    group,
    fabric,
    container,
  )
  expect(await all(ofContainer)).toHaveLength(3)
  const details = items[0]?.properties?.providerSpecificDetails as {
    fabricObjectId?: string
    vmSyncedConfigDetails?: { tags?: unknown }
  }
  expect(details.fabricObjectId).toBe(item.vm)
  expect(details.vmSyncedConfigDetails?.tags ?? undefined).toBeUndefined()
})

test('a protected item allows a failover, and its body fits the official file', async () => {
  const { siteRecovery, settled, send, vaultName, group, item, vault } = world()
  const found = await settled(
    siteRecovery.replicationProtectedItems.get(vaultName, group, item.fabric, item.container, item.name),
  )
  expect(found.properties).toMatchObject({ protectionState: 'Protected', activeLocation: 'Primary' })
  expect(found.properties?.allowedOperations).toEqual(['UnplannedFailover', 'DisableProtection', 'TestFailover'])
  const template = `${inContainer}/replicationProtectedItems/{replicatedProtectedItemName}`
  const one = jsonOf(await send(`${item.id}?${version}`))
  expect(one.properties.providerSpecificDetails.vmSyncedConfigDetails.tags).toEqual({ environment: 'production' })
  expect(faultsBySpec('siteRecovery', 'get', template, { status: 200, body: one })).toEqual([])
  const list = jsonOf(await send(`${vault}/replicationProtectedItems?${version}`))
  expect(list.value[0].properties.providerSpecificDetails.protectedManagedDisks[0].diskState).toBeNull()
  expect(
    faultsBySpec('siteRecovery', 'get', `${inVault}/replicationProtectedItems`, { status: 200, body: list }),
  ).toEqual([])
})

test('fabrics, containers, mappings, policies and recovery points are listed', async () => {
  const { siteRecovery, all, send, vaultName, group, item, vault } = world()
  const fabrics = await all(siteRecovery.replicationFabrics.list(vaultName, group))
  expect(fabrics.map(({ name }) => name)).toEqual(['asr-a2a-default-uksouth', 'asr-a2a-default-ukwest'])
  const containers = siteRecovery.replicationProtectionContainers.listByReplicationFabrics(
    vaultName,
    group,
    item.fabric,
  )
  expect((await all(containers))[0]?.properties?.protectedItemCount).toBe(3)
  const mappings = siteRecovery.replicationProtectionContainerMappings
  expect(
    await all(mappings.listByReplicationProtectionContainers(vaultName, group, item.fabric, item.container)),
  ).toHaveLength(2)
  expect(await all(siteRecovery.replicationPolicies.list(vaultName, group))).toHaveLength(1)
  const points = siteRecovery.recoveryPoints
  const found = await all(
    points.listByReplicationProtectedItems(vaultName, group, item.fabric, item.container, item.name),
  )
  expect(found.length).toBeGreaterThan(1)
  for (const [path, template] of [
    ['replicationFabrics', `${inVault}/replicationFabrics`],
    ['replicationProtectionContainers', `${inVault}/replicationProtectionContainers`],
    ['replicationProtectionContainerMappings', `${inVault}/replicationProtectionContainerMappings`],
    ['replicationPolicies', `${inVault}/replicationPolicies`],
  ] as const) {
    const body = jsonOf(await send(`${vault}/${path}?${version}`))
    expect(faultsBySpec('siteRecovery', 'get', template, { status: 200, body })).toEqual([])
  }
})
