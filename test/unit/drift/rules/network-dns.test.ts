import { describe, expect, test } from 'vitest'
import { networkDns } from '../../../../src/lib/drift/rules/network-dns.ts'
import { subscription } from '../../../support/plans.ts'
import { contextOf, subjectsOf } from '../../../support/rule-context.ts'
import { networkIdOf, networksSeen, networkUseSeen, planWith } from '../../../support/side-traits.ts'

const estateWith = (servers: Readonly<Record<string, readonly string[]>>) => ({
  networkUse: networkUseSeen,
  networks: networksSeen.map((network) => {
    const name = Object.keys(servers).find((one) => network.id === networkIdOf(one))
    return name === undefined ? network : { ...network, dnsServers: servers[name] ?? [] }
  }),
})
const check = (servers: Readonly<Record<string, readonly string[]>> = {}) =>
  networkDns.check(contextOf({ estate: estateWith(servers) }))

describe('network-dns', () => {
  test('is well when each side asks another server first, and when neither has one', () => {
    expect(check()).toEqual({ findings: [], unchecked: [] })
    expect(check({ 'spoke-s': [], 'spoke-w': [] })).toEqual({ findings: [], unchecked: [] })
  })

  test('finds a secondary side that has none where the primary has some', () => {
    const outcome = check({ 'spoke-w': [] })
    expect(subjectsOf(outcome)).toEqual(['rg-net/spoke-w'])
    expect(outcome.findings[0]?.evidence).toContain('the primary side asks 10.1.0.4, 10.2.0.4')
  })

  test('could not check in which region the server is that both ask first', () => {
    expect(check({ 'spoke-w': ['10.1.0.4', '10.2.0.4'] })).toMatchObject({
      findings: [],
      unchecked: [{ subject: 'rg-net/spoke-w', reason: expect.stringContaining('10.1.0.4') }],
    })
  })

  test('takes all networks of the primary side', () => {
    const networkUse = [
      ...networkUseSeen,
      { group: `${subscription}/rg-s`, subnetId: `${networkIdOf('hub-s')}/subnets/a` },
    ]
    const estate = { ...estateWith({ 'hub-s': ['10.2.0.4'] }), networkUse }
    expect(networkDns.check(contextOf({ estate }))).toMatchObject({
      findings: [],
      unchecked: [{ subject: 'rg-net/spoke-w' }],
    })
    const { networks } = estate
    const unseen = { ...estate, networks: networks.filter(({ id }) => id !== networkIdOf('hub-s')) }
    expect(networkDns.check(contextOf({ estate: unseen })).unchecked[0]?.reason).toContain(
      'a network of the primary side',
    )
  })

  test('could not check a network of the secondary side that was not seen', () => {
    const estate = estateWith({})
    const networks = estate.networks.filter(({ id }) => id !== networkIdOf('spoke-w'))
    expect(networkDns.check(contextOf({ estate: { ...estate, networks } }))).toEqual({
      findings: [],
      unchecked: [{ subject: 'rg-net/spoke-w', reason: 'the network was not seen' }],
    })
  })

  test('could not check a list of networks that is old', () => {
    const gaps = [{ what: 'networks', reason: 'no answer' }]
    const outcome = networkDns.check(contextOf({ estate: { ...estateWith({ 'spoke-w': [] }), gaps } }))
    expect([outcome.findings, outcome.unchecked[0]?.reason]).toEqual([[], 'networks: no answer'])
  })

  test('could not check networks that were not seen, or are old', () => {
    const estate = estateWith({ 'spoke-w': [] })
    const unseen = networkDns.check(contextOf({ estate: { ...estate, networks: estate.networks.slice(1) } }))
    expect(unseen).toMatchObject({ findings: [], unchecked: [{}] })
    const gaps = [{ what: 'networkUse', reason: 'no answer' }]
    const old = networkDns.check(contextOf({ estate: { ...estate, gaps } }))
    expect(old.findings).toEqual([])
    expect(old.unchecked[0]?.reason).toBe('networkUse: no answer')
  })

  test('is not about machines that know people by Entra ID alone', () => {
    const plan = planWith({ top: 'identity: { kind: entra }' })
    expect(networkDns.appliesTo?.(contextOf({ plan }))).toBe(false)
    expect(networkDns.appliesTo?.(contextOf())).toBe(true)
  })
})
