/** What Azure says of room, byte by byte, and how it is understood. */
import { describe, expect, test } from 'vitest'
import type { Answer } from '../../../src/lib/core/fault.ts'
import { endpoint, type Reply, scripted, subscription } from './support.ts'

const providers = `/subscriptions/${subscription}/resourceGroups/rg-dr/providers`
const group = `${providers}/Microsoft.Compute/capacityReservationGroups/crg-w`
const network = `${providers}/Microsoft.Network/virtualNetworks/vnet-w`
const ok = (body: unknown): Reply => ({ status: 200, body })
const okOf = <T>(answer: Answer<T>): T => {
  if (answer.kind !== 'ok') throw new Error(JSON.stringify(answer.fault))
  return answer.value
}
const faultOf = (answer: Answer<unknown>) => (answer.kind === 'ok' ? 'ok' : answer.fault.code)

describe('sizes', () => {
  const sku = (name: string, traits: object = {}) => ({
    resourceType: 'virtualMachines',
    name,
    locations: ['ukwest'],
    locationInfo: [{ location: 'UKWest', zones: ['2', '1'] }],
    restrictions: [],
    ...traits,
  })
  const restriction = (type: string, restrictionInfo: object, values = ['ukwest']) => ({
    type,
    values,
    restrictionInfo,
    reasonCode: 'NotAvailableForSubscription',
  })
  const sizesOf = async (...skus: readonly object[]) =>
    okOf(await scripted(() => ok({ value: skus })).gateways.room.sizes(subscription, 'ukwest'))

  test('are asked for by region, page by page, without whatever else there is', async () => {
    const { gateways, sent } = scripted(({ url }) =>
      url.includes('page=2')
        ? ok({ value: [sku('Standard_D8s_v5')] })
        : ok({
            value: [{ resourceType: 'disks', name: 'P10' }, sku('Standard_D4s_v5')],
            nextLink: `${endpoint}/x?page=2`,
          }),
    )
    const sizes = okOf(await gateways.room.sizes(subscription, 'ukwest'))
    expect(sizes).toEqual([
      { size: 'Standard_D4s_v5', isRestricted: false, zones: ['1', '2'] },
      { size: 'Standard_D8s_v5', isRestricted: false, zones: ['1', '2'] },
    ])
    expect(new URL(sent[0]?.url ?? '').searchParams.get('$filter')).toBe("location eq 'ukwest'")
    expect(new URL(sent[0]?.url ?? '').searchParams.get('api-version')).toBe('2021-07-01')
  })

  test('are restricted in the region, or in zones', async () => {
    const [whole, zonal, elsewhere, strange, bare] = await sizesOf(
      sku('a', { restrictions: [restriction('Location', { locations: ['ukwest'] })] }),
      sku('b', { restrictions: [restriction('Zone', { locations: ['ukwest'], zones: ['1'] })] }),
      sku('c', { restrictions: [restriction('Location', { locations: ['uksouth'] }, ['uksouth'])] }),
      sku('d', { restrictions: [{ type: 'Tenant' }] }),
      sku('e', { locationInfo: null, restrictions: null }),
    )
    expect(whole).toMatchObject({ isRestricted: true })
    expect(zonal).toEqual({ size: 'b', isRestricted: false, zones: ['2'] })
    expect(elsewhere).toMatchObject({ isRestricted: false })
    expect(strange).toMatchObject({ isRestricted: true })
    expect(bare).toEqual({ size: 'e', isRestricted: false, zones: [] })
  })

  test('are not believed to be none when the answer is no list', async () => {
    const { gateways } = scripted(() => ok({ error: 'sorry' }))
    expect(faultOf(await gateways.room.sizes(subscription, 'ukwest'))).not.toBe('ok')
  })
})

describe('reservations', () => {
  const machines = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `/vm/${i}` }))
  const whole = {
    id: group,
    properties: {
      instanceView: {
        capacityReservations: [
          { name: 'CR-1', utilizationInfo: { currentCapacity: 5, virtualMachinesAllocated: machines(2) } },
        ],
      },
    },
  }
  const reservation = (name: string, traits: object = {}) => ({
    name,
    sku: { name: 'Standard_D4s_v5', capacity: 5 },
    zones: ['2'],
    properties: { virtualMachinesAssociated: machines(4) },
    ...traits,
  })
  const reading = (answers: { readonly whole?: Reply; readonly list?: Reply }) =>
    scripted(({ url }) =>
      /\/capacityReservations\?/i.test(url)
        ? (answers.list ?? ok({ value: [reservation('cr-1')] }))
        : (answers.whole ?? ok(whole)),
    )

  test('are what they are of, from the list, and how much of it is taken, from the group: two reads', async () => {
    const { gateways, sent } = reading({})
    expect(
      okOf(await gateways.room.reservations(group.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions'))),
    ).toEqual([{ size: 'Standard_D4s_v5', zone: '2', capacity: 5, allocated: 2 }])
    expect(sent).toHaveLength(2)
    expect(sent[0]?.url).toContain('$expand=instanceView')
  })

  test('without their utilization count as taken by all that are associated', async () => {
    const list = ok({ value: [reservation('cr-1'), reservation('cr-2', { zones: null })] })
    expect(okOf(await reading({ list }).gateways.room.reservations(group))[1]).toEqual({
      size: 'Standard_D4s_v5',
      capacity: 5,
      allocated: 4,
    })
  })

  test.each<[string, Parameters<typeof reading>[0], string]>([
    [
      'a group that is gone is not there',
      { whole: { status: 404, body: { error: { code: 'ResourceNotFound' } } } },
      'notFound',
    ],
    [
      'a missing right is no empty group',
      { list: { status: 403, body: { error: { code: 'AuthorizationFailed' } } } },
      'forbidden',
    ],
    ['a list that lacks one of the group’s is not believed', { list: ok({ value: [] }) }, 'unreadable'],
    ['a group without its view is not understood', { whole: ok({ id: group, properties: {} }) }, 'unreadable'],
    [
      'a reservation without a size spoils the list',
      { list: ok({ value: [reservation('x', { sku: {} })] }) },
      'unreadable',
    ],
  ])('%s', async (_, answers, code) => {
    expect(faultOf(await reading(answers).gateways.room.reservations(group))).toBe(code)
  })

  test('nothing is sent for what is no id of a group', async () => {
    const { gateways, sent } = reading({})
    for (const id of ['', network, `${group}/x/y`, `${group}?a=b`])
      expect((await gateways.room.reservations(id)).kind).toBe('refused')
    expect(sent).toEqual([])
  })
})

describe('subnets', () => {
  const cards = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `/nic/${i}` }))
  const subnetsOf = (subnets: unknown) =>
    scripted(() => ok({ id: network, properties: { subnets } })).gateways.room.subnets(network)

  test('have the addresses of their prefixes of IPv4, without those that are Azure’s', async () => {
    const { gateways, sent } = scripted(() =>
      ok({
        properties: {
          subnets: [
            { name: 'Desktops', properties: { addressPrefix: '10.8.0.0/24', ipConfigurations: cards(7) } },
            { name: 'two', properties: { addressPrefixes: ['10.9.0.0/28', '10.9.1.0/29', 'fd00::/64'] } },
            { name: 'tiny', properties: { addressPrefix: '10.9.2.0/30' } },
          ],
        },
      }),
    )
    expect(okOf(await gateways.room.subnets(network))).toEqual([
      { key: 'rg-dr/vnet-w/desktops', size: 251, used: 7 },
      { key: 'rg-dr/vnet-w/two', size: 14, used: 0 },
      { key: 'rg-dr/vnet-w/tiny', size: 0, used: 0 },
    ])
    expect(sent.map(({ url }) => url)).toEqual([`${endpoint}${network}?api-version=2024-05-01`])
  })

  test('of a network that says nothing of them are not none', async () => {
    expect(faultOf(await subnetsOf(undefined))).toBe('unreadable')
    expect(okOf(await subnetsOf([]))).toEqual([])
  })
})

describe('where a replicated machine would be made', () => {
  const target = { recoveryAzureResourceGroupId: `/subscriptions/${subscription.toUpperCase()}/resourceGroups/rg-asr` }
  const card = (network: string | null, ...subnets: readonly (string | null)[]) => ({
    recoveryVMNetworkId: network,
    ipConfigs: subnets.map((recoverySubnetName) => ({ recoverySubnetName })),
  })
  const networkOf = (of = subscription) =>
    `/subscriptions/${of}/resourcegroups/RG-net/providers/microsoft.network/virtualnetworks/vnet-w`
  const itemWith = async (details: object) => {
    const providerSpecificDetails = { instanceType: 'A2A', ...target, ...details }
    const value = [{ id: '/i', name: 'i', properties: { friendlyName: 'pc-1', providerSpecificDetails } }]
    const { gateways } = scripted(() => ({ status: 200, body: { value, nextLink: null } }))
    const answer = await gateways.siteRecovery.items(`${providers}/Microsoft.RecoveryServices/vaults/v`)
    return answer.kind === 'ok' ? answer.value[0] : undefined
  }

  test('is read: size, zone, reservation, and a subnet for each address', async () => {
    const item = await itemWith({
      recoveryAzureVMSize: 'Standard_D4s_v5',
      recoveryAvailabilityZone: '2',
      recoveryCapacityReservationGroupId: '/groups/crg',
      vmNics: [card(networkOf(), 'Desktops', 'Desktops'), card(networkOf(), 'other')],
    })
    expect(item).toMatchObject({
      targetSize: 'Standard_D4s_v5',
      targetZone: '2',
      capacityReservationGroup: '/groups/crg',
      targetSubnets: ['rg-net/vnet-w/desktops', 'rg-net/vnet-w/desktops', 'rg-net/vnet-w/other'],
    })
  })

  test.each([
    ['no cards', { vmNics: null }],
    ['a card without a network', { vmNics: [card(null, 'a')] }],
    ['an address without a subnet', { vmNics: [card(networkOf(), null)] }],
    ['a network of another subscription', { vmNics: [card(networkOf('33333333-0000-4000-8000-000000000000'), 'a')] }],
    ['nulls', { recoveryAvailabilityZone: null, recoveryAzureVMSize: '', recoveryCapacityReservationGroupId: null }],
  ])('is not known from %s', async (_, details) => {
    const item = await itemWith(details)
    for (const absent of ['targetSize', 'targetZone', 'targetSubnets', 'capacityReservationGroup'])
      expect(item).not.toHaveProperty(absent)
  })
})
