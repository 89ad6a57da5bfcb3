/** What Resource Graph says of what pairs stand on, row by row, and how it is understood. */
import { describe, expect, test } from 'vitest'
import type { Answer } from '../../../src/lib/core/fault.ts'
import type { Estate } from '../../../src/lib/ports/estate.ts'
import { type Reply, scripted, subscription } from './support.ts'

const other = '00000000-0000-4000-8000-000000000002'
const group = `/subscriptions/${subscription}/resourceGroups/rg-avd`
const page = (...data: readonly object[]): Reply => ({
  status: 200,
  body: { totalRecords: data.length, count: data.length, resultTruncated: 'false', data },
})
const okOf = <T>(answer: Answer<T>): T => {
  if (answer.kind !== 'ok') throw new Error(JSON.stringify(answer.fault))
  return answer.value
}
const read = async <T>(ask: (estate: Estate) => Promise<Answer<T>>, ...rows: readonly object[]): Promise<T> =>
  okOf(await ask(scripted(() => page(...rows)).gateways.estate))

const lists = [
  'resourceGroups',
  'storageAccounts',
  'networks',
  'networkGateways',
  'networkUse',
  'vaults',
  'keyVaults',
  'backupItems',
  'domainServices',
] as const

describe.each(lists)('%s', (name) => {
  test('are one query for all subscriptions, in a fixed order', async () => {
    const { gateways, sent } = scripted(() => page())
    expect(okOf<unknown>(await gateways.estate[name]([subscription, other]))).toEqual([])
    expect(sent.map(({ method, body }) => [method, body])).toEqual([
      [
        'POST',
        {
          subscriptions: [subscription, other],
          query: expect.stringMatching(/^\w+ \| where type =~ '[a-z./]+'.* \| order by (id|subscriptionId) asc/),
          options: { resultFormat: 'objectArray', $top: 1_000 },
        },
      ],
    ])
  })

  test('are not asked for without a subscription, which would be all there are', async () => {
    const { gateways, sent } = scripted(() => page({ id: '/x' }))
    expect(okOf<unknown>(await gateways.estate[name]([]))).toEqual([])
    expect(sent).toEqual([])
  })

  test('are unreadable where a row does not say what it is about', async () => {
    const { gateways } = scripted(() => page({ location: 'uksouth' }))
    expect(await gateways.estate[name]([subscription])).toMatchObject({
      kind: 'refused',
      fault: { code: 'unreadable' },
    })
  })

  test('are refused as Azure refuses them', async () => {
    const { gateways } = scripted(() => ({ status: 403, body: { error: { code: 'AuthorizationFailed' } } }))
    expect(await gateways.estate[name]([subscription])).toMatchObject({ kind: 'refused', fault: { code: 'forbidden' } })
  })
})

describe('rows', () => {
  test('of resource groups and key vaults have a place', async () => {
    const rows = [
      { id: group, location: 'uksouth' },
      { id: `${group}-2`, location: null },
    ]
    const wanted = [rows[0], { id: `${group}-2`, location: '' }]
    expect(await read((estate) => estate.resourceGroups([subscription]), ...rows)).toEqual(wanted)
    expect(await read((estate) => estate.keyVaults([subscription]), ...rows)).toEqual(wanted)
  })

  test('of storage accounts have Azure’s words for kind and redundancy', async () => {
    const id = `${group}/providers/Microsoft.Storage/storageAccounts/stp`
    const row = { id, name: 'stp', location: 'uksouth', kind: 'FileStorage', sku: 'Premium_ZRS' }
    expect(await read((estate) => estate.storageAccounts([subscription]), row, { id: `${id}2` })).toEqual([
      row,
      { id: `${id}2`, name: 'stp2', location: '', kind: '', sku: '' },
    ])
  })

  test('of networks have servers of names, and peerings that point somewhere', async () => {
    const peering = (properties: object) => ({ id: 'x', name: 'y', properties })
    const row = {
      id: '/net',
      location: 'uksouth',
      dnsServers: ['10.0.0.4'],
      peerings: [
        peering({ remoteVirtualNetwork: { id: '/Hub' }, peeringState: 'Connected' }),
        peering({ remoteVirtualNetwork: { id: '/Gone' }, peeringState: null }),
        peering({ remoteVirtualNetwork: null }),
        null,
      ],
    }
    const bare = { id: '/bare', location: 'ukwest', dnsServers: null, peerings: null }
    expect(await read((estate) => estate.networks([subscription]), row, bare)).toEqual([
      {
        id: '/net',
        location: 'uksouth',
        dnsServers: ['10.0.0.4'],
        peerings: [
          { remoteId: '/Hub', state: 'Connected' },
          { remoteId: '/Gone', state: 'Unknown' },
        ],
      },
      { id: '/bare', location: 'ukwest', dnsServers: [], peerings: [] },
    ])
  })

  test.each([
    ['ExpressRoute', 'ExpressRoute'],
    ['vpn', 'Vpn'],
    ['Satellite', 'other'],
    [null, 'other'],
  ])('of gateways of the kind %s', async (kind, wanted) => {
    const row = { id: '/gw', location: 'uksouth', kind, sku: 'ErGw1AZ' }
    expect(await read((estate) => estate.networkGateways([subscription]), row)).toEqual([{ ...row, kind: wanted }])
  })

  test('of network cards have their resource group as keys have it; those in no subnet are left out', async () => {
    const row = { subscriptionId: subscription.toUpperCase(), resourceGroup: 'RG-avd', cards: 3 }
    const subnetId = '/net/subnets/hosts'
    const none = { ...row, subnetId: '' }
    expect(await read((estate) => estate.networkUse([subscription]), { ...row, subnetId }, none)).toEqual([
      { group: `${subscription}/rg-avd`, subnetId },
    ])
  })

  test('of vaults may not say how they keep backups', async () => {
    const rows = [
      { id: '/v', location: 'ukwest', redundancy: 'ZoneRedundant' },
      { id: '/w', location: 'ukwest' },
    ]
    expect(await read((estate) => estate.vaults([subscription]), ...rows)).toEqual(rows)
  })

  test('of domain services have the regions of their replicas', async () => {
    const row = { id: '/d', name: 'corp.example', replicaSets: [{ location: 'UK South' }, { location: null }, null] }
    expect(await read((estate) => estate.domainServices([subscription]), row)).toEqual([
      { id: '/d', name: 'corp.example', replicaRegions: ['UK South'] },
    ])
  })
})

describe('what is backed up', () => {
  const vaultId = `${group}/providers/Microsoft.RecoveryServices/vaults/v`
  const id = `${vaultId}/backupFabrics/Azure/protectionContainers/c/protectedItems/i`
  const items = (...rows: readonly object[]) => read((estate) => estate.backupItems([subscription]), ...rows)

  test('is a VM, a share of an account, or something else', async () => {
    const vm = { id, management: 'AzureIaasVM', source: '/vm', state: 'Protected', policyId: '/policy' }
    const share = { id, management: 'AzureStorage', dataSource: '/account', friendlyName: 'profiles' }
    expect(
      await items(
        { ...vm, lastBackup: '2026-03-14T02:00:00Z' },
        { ...share, id: `${id}2`, currentState: 'ProtectionStopped', state: 'Protected' },
        { id: `${id}3`, management: 'AzureWorkload', source: '/vm', friendlyName: 'sql' },
      ),
    ).toEqual([
      {
        id,
        vaultId,
        kind: 'vm',
        sourceId: '/vm',
        state: 'Protected',
        policyId: '/policy',
        lastBackup: Date.UTC(2026, 2, 14, 2),
      },
      { id: `${id}2`, vaultId, kind: 'share', sourceId: '/account', share: 'profiles', state: 'ProtectionStopped' },
      { id: `${id}3`, vaultId, kind: 'other', sourceId: '/vm', state: 'Unknown' },
    ])
  })

  test('has its vault in its id, in whatever case', async () => {
    expect(await items({ id: id.toLowerCase(), source: '/vm' })).toMatchObject([{ vaultId: vaultId.toLowerCase() }])
  })
})

describe('machines', () => {
  const id = `${group}/providers/Microsoft.Compute/virtualMachines/dc-1`

  test('are asked for by their ids, in their subscriptions', async () => {
    const ids = [id, id.replace(subscription, other).replace('dc-1', "d'c")]
    const { gateways, sent } = scripted(() =>
      page({
        id,
        name: 'dc-1',
        location: 'uksouth',
        zones: ['2'],
        tags: null,
        size: 'D2',
        power: 'PowerState/running',
      }),
    )
    expect(okOf(await gateways.estate.machines(ids))).toEqual([
      { id, name: 'dc-1', location: 'uksouth', zone: '2', tags: {}, size: 'D2', power: 'running' },
    ])
    expect(sent[0]?.body).toMatchObject({
      subscriptions: [subscription, other],
      query: expect.stringContaining(`id in~ ('${id}', '${ids[1]?.replace("'", "\\'")}')`),
    })
  })

  test('are not asked for where there are none', async () => {
    const { gateways, sent } = scripted(() => page())
    expect([okOf(await gateways.estate.machines([])), sent]).toEqual([[], []])
  })

  test('have OS disks of a kind, found by the machine they belong to', async () => {
    const disks = await read(
      (estate) => estate.osDisks([subscription], ['rg-avd', 'rg-2']),
      { id: '/1', managedBy: id.toUpperCase(), sku: 'Premium_LRS' },
      { id: '/2', managedBy: '', sku: 'Standard_LRS' },
      { id: '/3', managedBy: `${id}0`, sku: null },
    )
    expect([...disks]).toEqual([[id.toLowerCase(), 'Premium_LRS']])
  })
})
