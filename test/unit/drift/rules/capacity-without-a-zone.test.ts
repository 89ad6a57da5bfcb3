import { describe, expect, test } from 'vitest'
import { capacityWithoutAZone } from '../../../../src/lib/drift/rules/capacity-without-a-zone.ts'
import { pooledSeen, withSide } from '../../../support/plans.ts'
import { well, withoutHosts, withPeaks, withZones } from '../../../support/pool-drift.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'

const spread = withZones(withZones(pooledSeen, 'primary', '1', '2', '3', '1'), 'secondary', '1', '2', '3', '1')

describe('capacity-without-a-zone', () => {
  test('is well when what is left without the largest zone holds the peak', () => {
    expect(capacityWithoutAZone.check(contextOf({ seen: withPeaks(spread, 20) }))).toEqual(well)
  })

  test('finds each side that holds too little without its largest zone', () => {
    const seen = withPeaks(withZones(spread, 'primary', '1', '2', '3', '4'), 21)
    expect(capacityWithoutAZone.check(contextOf({ seen })).findings).toEqual([
      {
        subject: 'secondary',
        evidence: 'Without zone 1 2 of 4 hosts of hp-w are left: they hold 20 sessions, 21 were seen at once.',
      },
    ])
  })

  test('counts machines without a zone as lost: they may be in any', () => {
    const mixed = withZones(spread, 'secondary', '1', '2')
    expect(subjectsOf(capacityWithoutAZone.check(contextOf({ seen: withPeaks(mixed, 20) })))).toEqual(['secondary'])
    expect(capacityWithoutAZone.check(contextOf({ seen: withPeaks(mixed, 10) }))).toEqual(well)
    const none = withZones(spread, 'secondary')
    expect(capacityWithoutAZone.check(contextOf({ seen: withPeaks(none, 1) })).findings[0]?.evidence).toBe(
      'Without the zone they may share 0 of 4 hosts of hp-w are left: they hold 0 sessions, 1 were seen at once.',
    )
  })

  test('leaves a side that holds too little with all zones to capacity-covers-peak', () => {
    const seen = withPeaks(withoutHosts(spread, 'secondary', 'vm-w2'), 31)
    expect(subjectsOf(capacityWithoutAZone.check(contextOf({ seen })))).toEqual(['primary'])
  })

  test('does not flag a region without zones', () => {
    const sizes = [{ size: 'Standard_D4s_v5', isRestricted: false, zones: [] }]
    const flat = withSide(withZones(spread, 'secondary'), 'secondary', { sizes })
    expect(capacityWithoutAZone.check(contextOf({ seen: withPeaks(flat, 20) }))).toEqual(well)
  })

  test('could not check one side behind a gap, and finds on the other', () => {
    const seen = withGap(withPeaks(spread, 30), 'primary', 'sizes', 'asLastSeen')
    const outcome = capacityWithoutAZone.check(contextOf({ seen }))
    expect(subjectsOf(outcome)).toEqual(['secondary'])
    expect(outcome.unchecked).toEqual([{ subject: 'primary', reason: 'primary: sizes: the region does not answer' }])
    expect(capacityWithoutAZone.check(contextOf({ seen: withPeaks(spread) })).unchecked).toHaveLength(2)
  })
})
