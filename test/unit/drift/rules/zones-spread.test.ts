import { describe, expect, test } from 'vitest'
import { zonesSpread as rule } from '../../../../src/lib/drift/rules/zones-spread.ts'
import type { PairSeen } from '../../../../src/lib/model/inventory.ts'
import { pooledSeen, withSide } from '../../../support/plans.ts'
import { contextOf, withGap } from '../../../support/rule-context.ts'

/** Zones of the four machines of a side, in their order; `-`: none. */
const zoned = (seen: PairSeen, side: 'primary' | 'secondary', zones: string): PairSeen =>
  withSide(seen, side, {
    vms: (seen[side].vms ?? []).map((vm, i) => {
      const { zone: _, ...rest } = vm
      const zone = zones[i] ?? '-'
      return zone === '-' ? rest : { ...rest, zone }
    }),
  })
const spread = zoned(zoned(pooledSeen, 'primary', '1231'), 'secondary', '1232')
const check = (seen: PairSeen) => rule.check(contextOf({ seen }))
const withoutZones = withSide(spread, 'secondary', {
  sizes: [{ size: 'Standard_D4s_v5', isRestricted: false, zones: [] }],
})

describe('zones-spread', () => {
  test('is well when every zone has its share', () => {
    expect(check(spread)).toEqual({ findings: [], unchecked: [] })
  })

  test.each([
    ['1122', '2 in zone 1, 2 in zone 2, 0 in zone 3'],
    ['123-', '1 in zone 1, 1 in zone 2, 1 in zone 3, 1 in none'],
    ['1111', '4 in zone 1, 0 in zone 2, 0 in zone 3'],
  ])('finds hosts in %s', (zones, told) => {
    expect(check(zoned(spread, 'secondary', zones)).findings).toEqual([
      { subject: 'secondary', evidence: `Hosts of the secondary side: ${told}.` },
    ])
  })

  test('finds a zone that has far more than its share', () => {
    const vms = (spread.primary.vms ?? []).flatMap((vm, i) =>
      Array.from({ length: i === 0 ? 9 : 1 }, (_, n) => ({ ...vm, id: `${vm.id}-${n}`, name: `${vm.name}-${n}` })),
    )
    const [host] = spread.primary.sessionHosts ?? []
    const sessionHosts = vms.map((vm) => ({
      ...host,
      id: vm.id,
      name: vm.name,
      vmId: vm.id,
      status: 'Available',
      allowNewSession: true,
      sessions: 0,
    }))
    expect(check(withSide(spread, 'primary', { vms, sessionHosts })).findings).toMatchObject([{ subject: 'primary' }])
  })

  test('two hosts need not be in three zones, nor a small pool be even; two zones are zones', () => {
    const few = (count: number, seen = spread) =>
      withSide(seen, 'primary', { sessionHosts: (seen.primary.sessionHosts ?? []).slice(0, count) })
    expect(check(few(2)).findings).toEqual([])
    expect(check(few(3, zoned(spread, 'primary', '1123'))).findings).toMatchObject([{ subject: 'primary' }])
    const sizes = [{ size: 'Standard_D4s_v5', isRestricted: false, zones: ['1', '2'] }]
    expect(check(withSide(zoned(spread, 'primary', '1112'), 'primary', { sizes })).findings).toEqual([])
    expect(check(withSide(zoned(spread, 'primary', '1111'), 'primary', { sizes })).findings).toHaveLength(1)
  })

  test('says nothing of one host alone, nor of machines that are no hosts', () => {
    const [host] = spread.primary.sessionHosts ?? []
    const lonely = withSide(zoned(spread, 'primary', '1111'), 'primary', { sessionHosts: host ? [host] : [] })
    expect(check(lonely)).toEqual({ findings: [], unchecked: [] })
  })

  test('advises an availability set where there are no zones', () => {
    expect(check(zoned(withoutZones, 'secondary', '----')).findings).toMatchObject([
      { subject: 'secondary', severity: 'advice' },
    ])
    const vms = (withoutZones.secondary.vms ?? []).map((vm) => ({ ...vm, availabilitySetId: '/set' }))
    expect(check(withSide(withoutZones, 'secondary', { vms }))).toEqual({ findings: [], unchecked: [] })
  })

  test('could not check sizes that Azure does not list, nor behind a gap', () => {
    expect(check(withSide(spread, 'primary', { sizes: [] })).unchecked).toMatchObject([{ subject: 'primary' }])
    const seen = withGap(zoned(spread, 'primary', '1111'), 'primary', 'vms', 'asLastSeen')
    expect(check(seen)).toMatchObject({
      findings: [],
      unchecked: [{ reason: 'primary: vms: the region does not answer' }],
    })
  })
})
