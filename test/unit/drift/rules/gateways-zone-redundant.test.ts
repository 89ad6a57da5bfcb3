import { describe, expect, test } from 'vitest'
import { gatewaysZoneRedundant } from '../../../../src/lib/drift/rules/gateways-zone-redundant.ts'
import type { NetworkGateway } from '../../../../src/lib/model/estate.ts'
import { pooledSeen, subscription, withSide } from '../../../support/plans.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'

const gatewayOf = (sku: string, traits: Partial<NetworkGateway> = {}): NetworkGateway => ({
  id: `/subscriptions/${subscription}/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworkGateways/gw-w`,
  location: 'ukwest',
  kind: 'ExpressRoute',
  sku,
  ...traits,
})
const check = (gateway: NetworkGateway, seen = pooledSeen) =>
  gatewaysZoneRedundant.check(contextOf({ seen, estate: { networkGateways: [gateway] } }))

describe('gateways-zone-redundant', () => {
  test.each(['ErGw1AZ', 'VpnGw2AZ', 'ErGwScale'])('is well with %s', (sku) => {
    expect(check(gatewayOf(sku))).toEqual({ findings: [], unchecked: [] })
  })

  test('could not check a SKU that is a new word', () => {
    expect(check(gatewayOf('ErGwMega'))).toMatchObject({ findings: [], unchecked: [{ subject: 'rg-net/gw-w' }] })
  })

  test.each(['Standard', 'VpnGw1', 'Basic'])('finds %s', (sku) => {
    const outcome = check(gatewayOf(sku))
    expect(subjectsOf(outcome)).toEqual(['rg-net/gw-w'])
    expect(outcome.findings[0]?.evidence).toBe(`rg-net/gw-w in ukwest is ${sku}, and the region has zones.`)
  })

  test('does not flag other regions, other kinds, or a region without zones', () => {
    expect(check(gatewayOf('VpnGw1', { location: 'westeurope' }))).toEqual({ findings: [], unchecked: [] })
    expect(check(gatewayOf('Basic', { kind: 'other' }))).toEqual({ findings: [], unchecked: [] })
    const sizes = [{ size: 'Standard_D4s_v5', isRestricted: false, zones: [] }]
    expect(check(gatewayOf('VpnGw1'), withSide(pooledSeen, 'secondary', { sizes }))).toEqual({
      findings: [],
      unchecked: [],
    })
  })

  test('could not check where zones or gateways are not known', () => {
    expect(check(gatewayOf('VpnGw1'), withGap(pooledSeen, 'secondary', 'sizes'))).toMatchObject({
      findings: [],
      unchecked: [{ subject: 'rg-net/gw-w' }],
    })
    const gaps = [{ what: 'networkGateways', reason: 'no answer' }]
    const old = gatewaysZoneRedundant.check(contextOf({ estate: { networkGateways: [gatewayOf('VpnGw1')], gaps } }))
    expect([old.findings, old.unchecked[0]?.reason]).toEqual([[], 'networkGateways: no answer'])
  })
})
