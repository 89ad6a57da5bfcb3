import { describe, expect, test } from 'vitest'
import { localDiskForCache } from '../../../../src/lib/drift/rules/local-disk-for-cache.ts'
import type { PairSeen } from '../../../../src/lib/model/inventory.ts'
import { pooledSeen } from '../../../support/plans.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'
import { cachedPlan, mapVms, sides, withBoth } from '../../../support/side-traits.ts'

const offers = [
  { size: 'Standard_D4ds_v5', isRestricted: false, zones: ['1'], hasLocalDisk: true },
  { size: 'standard_d4s_v5', isRestricted: false, zones: ['1'], hasLocalDisk: false },
]
const withSizes = (primary: string, secondary: string): PairSeen =>
  sides.reduce(
    (seen, side) => mapVms(seen, side, (vm) => ({ ...vm, size: side === 'primary' ? primary : secondary })),
    withBoth(pooledSeen, () => ({ sizes: offers })),
  )
const check = (seen: PairSeen) => localDiskForCache.check(contextOf({ seen, plan: cachedPlan }))

describe('local-disk-for-cache', () => {
  test('is well with sizes that have a disk of their own', () => {
    expect(check(withSizes('Standard_D4ds_v5', 'Standard_D4ds_v5'))).toEqual({ findings: [], unchecked: [] })
  })

  test('finds the size that has none, whatever the letters’ case', () => {
    const outcome = check(withSizes('Standard_D4ds_v5', 'Standard_D4s_v5'))
    expect(subjectsOf(outcome)).toEqual(['secondary/Standard_D4s_v5'])
    expect(outcome.findings[0]?.evidence).toContain('4 machines')
  })

  test('could not check a size Azure says nothing of, a side that was not read, and a silent plan', () => {
    const unknown = check(withSizes('Standard_D4ds_v5', 'Standard_New'))
    expect(unknown).toMatchObject({ findings: [], unchecked: [{ subject: 'secondary/Standard_New' }] })
    const gap = check(withGap(withSizes('Standard_D4ds_v5', 'Standard_D4s_v5'), 'secondary', 'sizes', 'asLastSeen'))
    expect([subjectsOf(gap), gap.unchecked.length]).toEqual([[], 1])
    const silent = localDiskForCache.check(contextOf({ seen: withSizes('Standard_D4s_v5', 'Standard_D4s_v5') }))
    expect([subjectsOf(silent), silent.unchecked.length]).toEqual([[], 1])
  })
})
