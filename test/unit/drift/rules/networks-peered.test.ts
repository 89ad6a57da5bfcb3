import { describe, expect, test } from 'vitest'
import { networksPeered } from '../../../../src/lib/drift/rules/networks-peered.ts'
import type { Network, NetworkGateway } from '../../../../src/lib/model/estate.ts'
import { itemOf, personalSeen, subscription } from '../../../support/plans.ts'
import { contextOf, subjectsOf } from '../../../support/rule-context.ts'
import { networkIdOf, networkOf, networksSeen, networkUseSeen } from '../../../support/side-traits.ts'

const estateOf = (networks: readonly Network[], networkGateways: readonly NetworkGateway[] = []) => ({
  networks,
  networkGateways,
  networkUse: networkUseSeen,
})
const check = (...parts: Parameters<typeof estateOf>) => networksPeered.check(contextOf({ estate: estateOf(...parts) }))
const change = (name: string, traits: Partial<Network>) =>
  networksSeen.map((network) => (network.id === networkIdOf(name) ? { ...network, ...traits } : network))
const peersOf = (...names: readonly string[]) => networkOf('', '', names).peerings
const gatewayIn = (location: string): NetworkGateway => ({
  id: `/g/${location}`,
  location,
  kind: 'Vpn',
  sku: 'VpnGw1AZ',
})

describe('networks-peered', () => {
  test('is well with hubs between the sides, and with sides that are peered directly', () => {
    expect(check(networksSeen)).toEqual({ findings: [], unchecked: [] })
    const direct = [networkOf('spoke-s', 'uksouth', ['spoke-w']), networkOf('spoke-w', 'ukwest', ['spoke-s'])]
    expect(check(direct)).toEqual({ findings: [], unchecked: [] })
  })

  test('finds sides between which there is no way', () => {
    const outcome = check(
      change('hub-w', { peerings: peersOf('spoke-w') }).map((one) =>
        one.id === networkIdOf('hub-s') ? { ...one, peerings: peersOf('spoke-s') } : one,
      ),
    )
    expect(subjectsOf(outcome)).toEqual(['primary/secondary'])
    expect(outcome.findings[0]?.evidence).toBe(
      'No way by peerings leads from the other side to rg-net/spoke-w, rg-net/spoke-s.',
    )
  })

  test('finds a peering that is not connected', () => {
    const peerings = [...peersOf('hub-w'), { remoteId: networkIdOf('old'), state: 'Disconnected' }]
    const outcome = check(change('spoke-w', { peerings }))
    expect(outcome.findings).toEqual([
      {
        subject: 'secondary/rg-net/spoke-w/rg-net/old',
        evidence: 'The peering of secondary/rg-net/spoke-w with rg-net/old is Disconnected.',
      },
    ])
  })

  test('does not go by a peering whose other end is gone', () => {
    const outcome = check(change('hub-w', { peerings: peersOf('hub-s') }))
    expect(outcome.findings).toEqual([
      {
        subject: 'primary/secondary',
        evidence: 'No way by peerings leads from the other side to rg-net/spoke-w, rg-net/spoke-s.',
      },
    ])
  })

  test('could not check by a peering whose state is a new word', () => {
    const peerings = [{ remoteId: networkIdOf('hub-w'), state: 'SomethingNew' }]
    const one = check(change('spoke-w', { peerings }))
    expect(one.findings).toEqual([])
    expect(one.unchecked.map(({ subject }) => subject)).toEqual([
      'secondary/rg-net/spoke-w/rg-net/hub-w',
      'primary/secondary',
    ])
    const hubs = networksSeen.map((network) =>
      network.id.includes('hub')
        ? { ...network, peerings: network.peerings.map((all) => ({ ...all, state: 'SomethingNew' })) }
        : network,
    )
    expect(check(hubs)).toMatchObject({ findings: [], unchecked: [{ subject: 'primary/secondary' }] })
    const away = [
      networkOf('spoke-s', 'uksouth', ['hub-s']),
      networkOf('hub-s', 'uksouth', ['spoke-s', 'spoke-w']),
      networkOf('spoke-w', 'ukwest', ['hub-s'], {
        peerings: [...peersOf('hub-s'), { remoteId: networkIdOf('hub-w'), state: 'SomethingNew' }],
      }),
    ]
    expect(check(away)).toMatchObject({
      findings: [],
      unchecked: [{ subject: 'secondary/rg-net/spoke-w/rg-net/hub-w' }],
    })
  })

  test('finds a side that hangs on the other region’s hub alone', () => {
    const networks = [
      networkOf('spoke-s', 'uksouth', ['hub-s']),
      networkOf('hub-s', 'uksouth', ['spoke-s', 'spoke-w']),
      networkOf('spoke-w', 'ukwest', ['hub-s']),
    ]
    const outcome = check(networks)
    expect(subjectsOf(outcome)).toEqual(['secondary/rg-net/spoke-w'])
    expect(outcome.findings[0]?.evidence).toContain('peered with rg-net/hub-s in uksouth alone')
  })

  test('could not check what lies behind a Virtual WAN or gateways', () => {
    const open = [networkOf('spoke-s', 'uksouth', ['hv-s']), networkOf('spoke-w', 'ukwest', ['hv-w'])]
    expect(check(open)).toMatchObject({ findings: [], unchecked: [{ subject: 'primary/secondary' }] })
    const cut = [networkOf('spoke-s', 'uksouth', []), networkOf('spoke-w', 'ukwest', [])]
    const both = check(cut, [gatewayIn('uksouth'), gatewayIn('ukwest')])
    expect(both).toMatchObject({ findings: [], unchecked: [{ subject: 'primary/secondary' }] })
    expect(subjectsOf(check(cut, [gatewayIn('uksouth')]))).toEqual(['primary/secondary'])
    expect(subjectsOf(check([networkOf('spoke-s', 'uksouth', ['hv-s']), networkOf('spoke-w', 'ukwest', [])]))).toEqual([
      'primary/secondary',
    ])
  })

  test('could not check networks that were not seen, are not known, or are old', () => {
    const unseen = check(networksSeen.slice(0, 3))
    expect(unseen.findings).toEqual([])
    expect(unseen.unchecked.map(({ subject }) => subject)).toEqual(['secondary/rg-net/spoke-w', 'primary/secondary'])
    const estate = { ...estateOf(change('hub-w', { peerings: [] })) }
    const unknown = networksPeered.check(contextOf({ estate: { ...estate, networkUse: networkUseSeen.slice(0, 1) } }))
    expect(unknown).toMatchObject({
      findings: [],
      unchecked: [{ reason: 'secondary: no network of its machines is known' }],
    })
    const gaps = [{ what: 'networks', reason: 'no answer' }]
    expect(networksPeered.check(contextOf({ estate: { ...estate, gaps } }))).toMatchObject({
      findings: [],
      unchecked: [{ reason: 'networks: no answer' }],
    })
  })

  test('finds the one network of a side that is cut off', () => {
    const networkUse = [
      ...networkUseSeen,
      { group: `${subscription}/rg-w`, subnetId: `${networkIdOf('lonely')}/subnets/hosts` },
    ]
    const networks = [...networksSeen, networkOf('lonely', 'ukwest', [])]
    const outcome = networksPeered.check(contextOf({ estate: { ...estateOf(networks), networkUse } }))
    expect(outcome.findings).toEqual([
      { subject: 'primary/secondary', evidence: 'No way by peerings leads from the other side to rg-net/lonely.' },
    ])
  })

  test.each(['networks', 'networkUse', 'networkGateways'])('could not check behind a gap in %s', (what) => {
    const cut = networksSeen.map((one) => ({ ...one, peerings: [] }))
    const gaps = [{ what, reason: 'no answer' }]
    const outcome = networksPeered.check(contextOf({ estate: { ...estateOf(cut), gaps } }))
    expect([outcome.findings, outcome.unchecked[0]?.reason]).toEqual([[], `${what}: no answer`])
  })

  test('takes the networks Site Recovery would use for those of a side without machines', () => {
    const seen = { ...personalSeen, replicatedItems: [itemOf('pc-1', { targetSubnets: ['rg-net/spoke-w/hosts'] })] }
    const networkUse = [{ group: `${subscription}/RG-P`, subnetId: `${networkIdOf('spoke-s')}/subnets/hosts` }]
    const checkPersonal = (networks: readonly Network[]) =>
      networksPeered.check(contextOf({ pair: 'personal', seen, estate: { ...estateOf(networks), networkUse } }))
    expect(checkPersonal(networksSeen)).toEqual({ findings: [], unchecked: [] })
    const unread = { ...seen, gaps: [{ what: 'replicatedItems', reason: 'no answer' }] }
    const estate = { ...estateOf(networksSeen), networkUse }
    expect(networksPeered.check(contextOf({ pair: 'personal', seen: unread, estate })).unchecked).toEqual([
      { subject: '', reason: 'replicatedItems: no answer' },
      { subject: '', reason: 'replicatedItems: no answer' },
    ])
    const cut = networksSeen.map((one) => ({ ...one, peerings: [] }))
    expect(subjectsOf(checkPersonal(cut))).toEqual(['primary/secondary'])
  })
})
