import { describe, expect, test } from 'vitest'
import { sizesOffered } from '../../../../src/lib/drift/rules/sizes-offered.ts'
import type { SizeOffer } from '../../../../src/lib/model/azure.ts'
import { type personalSeen, pooledSeen, withSide } from '../../../support/plans.ts'
import { well, withZones } from '../../../support/pool-drift.ts'
import { comingWith } from '../../../support/room-stories.ts'
import { contextOf, withGap } from '../../../support/rule-context.ts'
import { mapVms } from '../../../support/side-traits.ts'

const offer: SizeOffer = { size: 'standard_d4s_V5', isRestricted: false, zones: ['1', '3'] }
const offering = (traits: Partial<SizeOffer>) => withSide(pooledSeen, 'secondary', { sizes: [{ ...offer, ...traits }] })

describe('sizes-offered to pools', () => {
  test('is well when sizes are offered in the zones of their hosts, in whatever letter case', () => {
    expect(sizesOffered.check(contextOf({ seen: offering({}) }))).toEqual(well)
    const zoned = withZones(offering({}), 'secondary', '1', '3', '1', '3')
    expect(sizesOffered.check(contextOf({ seen: zoned }))).toEqual(well)
  })

  test('finds a restricted size once, with how many hosts have it', () => {
    const mixed = mapVms(offering({ isRestricted: true }), 'secondary', (vm) =>
      vm.name === 'vm-w1' ? { ...vm, size: 'STANDARD_D4S_V5' } : vm,
    )
    expect(sizesOffered.check(contextOf({ seen: mixed })).findings).toEqual([
      {
        subject: 'STANDARD_D4S_V5',
        evidence: 'Azure does not offer STANDARD_D4S_V5 in ukwest: 4 hosts of the secondary side.',
      },
    ])
  })

  test('finds a size that is not offered in a zone', () => {
    const seen = withZones(offering({}), 'secondary', '1', '2', '2')
    expect(sizesOffered.check(contextOf({ seen })).findings).toEqual([
      {
        subject: 'Standard_D4s_v5/zone 2',
        evidence: 'Azure does not offer Standard_D4s_v5 in zone 2 in ukwest: 2 hosts of the secondary side.',
      },
    ])
  })

  test('does not look at the side in use', () => {
    const seen = withSide(pooledSeen, 'primary', { sizes: [{ ...offer, isRestricted: true }] })
    expect(sizesOffered.check(contextOf({ seen }))).toEqual(well)
  })

  test('could not check a size that is not listed, nor behind a gap', () => {
    const unlisted = offering({ size: 'Standard_D8s_v5' })
    expect(sizesOffered.check(contextOf({ seen: unlisted }))).toEqual({
      findings: [],
      unchecked: [{ subject: 'Standard_D4s_v5', reason: 'Azure does not list the size there' }],
    })
    const seen = withGap(offering({ isRestricted: true }), 'secondary', 'sizes', 'asLastSeen')
    expect(sizesOffered.check(contextOf({ seen }))).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: 'secondary: sizes: the region does not answer' }],
    })
  })
})

describe('sizes-offered to desktops', () => {
  const check = (seen: typeof personalSeen) => sizesOffered.check(contextOf({ pair: 'personal', seen }))

  test('is well when Azure makes machines of their sizes in their zones', () => {
    expect(check(comingWith({ targetZone: '1' }, { sizes: [offer] }))).toEqual(well)
  })

  test('is critical where it does not: no machine can be made', () => {
    const { findings } = check(comingWith({ targetZone: '2' }, { sizes: [offer] }))
    expect(findings).toEqual([
      {
        subject: 'Standard_D4s_v5/zone 2',
        severity: 'critical',
        evidence: 'Standard_D4s_v5 in zone 2: 3. Azure makes no machines of these sizes in ukwest for you.',
      },
    ])
  })

  test('could not check sizes that are not listed, nor behind a gap', () => {
    expect(check(comingWith({}, { sizes: [] }))).toEqual({
      findings: [],
      unchecked: [{ subject: 'Standard_D4s_v5', reason: 'Azure does not list the size there' }],
    })
    const restricted = comingWith({}, { sizes: [{ ...offer, isRestricted: true }] })
    expect(check(withGap(restricted, 'secondary', 'sizes', 'asLastSeen')).findings).toEqual([])
  })
})
