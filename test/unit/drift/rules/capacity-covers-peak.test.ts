import { describe, expect, test } from 'vitest'
import { capacityCoversPeak } from '../../../../src/lib/drift/rules/capacity-covers-peak.ts'
import { pooledSeen, withSide } from '../../../support/plans.ts'
import { well, withoutHosts, withPeaks } from '../../../support/pool-drift.ts'
import { contextOf, withGap } from '../../../support/rule-context.ts'
import { mapVms } from '../../../support/side-traits.ts'

const limited = (maxSessionLimit: number) => {
  const { hostPool } = pooledSeen.secondary
  if (!hostPool) throw new Error('no pool')
  return withSide(withPeaks(pooledSeen, 1), 'secondary', { hostPool: { ...hostPool, maxSessionLimit } })
}

describe('capacity-covers-peak', () => {
  test('is well when the side that stands by holds the peak, to the last session', () => {
    expect(capacityCoversPeak.check(contextOf({ seen: withPeaks(pooledSeen, 12, 40, 8) }))).toEqual(well)
  })

  test('finds one session too many, with the day and the figures', () => {
    expect(capacityCoversPeak.check(contextOf({ seen: withPeaks(pooledSeen, 12, 41, 8) })).findings).toEqual([
      {
        subject: 'secondary',
        evidence: '41 sessions at once on 2026-03-11; 4 hosts of hp-w with 10 sessions each hold 40.',
      },
    ])
  })

  test('counts no host without a machine in the region of the plan', () => {
    const gone = withoutHosts(pooledSeen, 'secondary', 'vm-w1')
    const seen = mapVms(gone, 'secondary', (vm) => (vm.name === 'vm-w2' ? { ...vm, location: 'uksouth' } : vm))
    expect(capacityCoversPeak.check(contextOf({ seen: withPeaks(seen, 20) }))).toEqual(well)
    expect(capacityCoversPeak.check(contextOf({ seen: withPeaks(seen, 21) })).findings).toHaveLength(1)
  })

  test('looks at the primary while users are on the secondary', () => {
    const seen = withPeaks(withoutHosts(pooledSeen, 'primary', 'vm-s1'), 40)
    expect(capacityCoversPeak.check(contextOf({ seen }))).toEqual(well)
    const away = contextOf({ seen, pairState: { activeSide: 'secondary' } })
    expect(capacityCoversPeak.check(away).findings.map(({ subject }) => subject)).toEqual(['primary'])
  })

  test('could not check without any day, without a limit, or behind a gap', () => {
    const unchecked = (seen: Parameters<typeof withPeaks>[0]) => {
      const outcome = capacityCoversPeak.check(contextOf({ seen }))
      expect(outcome.findings).toEqual([])
      return outcome.unchecked.map(({ reason }) => reason)
    }
    expect(unchecked(pooledSeen)).toEqual(['peaks: not read'])
    expect(unchecked(withPeaks(pooledSeen))).toEqual(['no day was seen yet'])
    for (const limit of [999_999, 0])
      expect(unchecked(limited(limit))).toEqual(['what a host of hp-w holds is not known: no session limit'])
    expect(unchecked(withGap(withPeaks(pooledSeen, 99), 'secondary', 'vms', 'asLastSeen'))).toEqual([
      'secondary: vms: the region does not answer',
    ])
  })

  test('is not for desktops, which have one user each', () => {
    expect(capacityCoversPeak.appliesTo?.(contextOf({ pair: 'personal' }))).toBe(false)
  })
})
