import { describe, expect, test } from 'vitest'
import { osDiskPremium } from '../../../../src/lib/drift/rules/os-disk-premium.ts'
import type { PairSeen } from '../../../../src/lib/model/inventory.ts'
import { pooledSeen, vmOf, withSide } from '../../../support/plans.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'
import { cachedPlan, mapVms, planWith } from '../../../support/side-traits.ts'

const withDisks = (primary: string, secondary: string): PairSeen =>
  mapVms(
    mapVms(pooledSeen, 'primary', (vm) => ({ ...vm, osDiskSku: primary })),
    'secondary',
    (vm) => ({ ...vm, osDiskSku: secondary }),
  )
const check = (seen: PairSeen) => osDiskPremium.check(contextOf({ seen, plan: cachedPlan }))

describe('os-disk-premium', () => {
  test.each(['Premium_LRS', 'Premium_ZRS', 'PremiumV2_LRS', 'Ephemeral'])('is well with %s', (sku) => {
    expect(check(withDisks(sku, 'Premium_LRS'))).toEqual({ findings: [], unchecked: [] })
  })

  test('finds a side with other disks, and says which', () => {
    const seen = mapVms(withDisks('Premium_LRS', 'Premium_LRS'), 'secondary', (vm) =>
      vm.name === 'vm-w3' ? { ...vm, osDiskSku: 'StandardSSD_LRS' } : vm,
    )
    const outcome = check(seen)
    expect(subjectsOf(outcome)).toEqual(['secondary'])
    expect(outcome.findings[0]?.evidence).toContain(
      '1 of 4 machines of the secondary side are none of Premium (StandardSSD_LRS: 1)',
    )
  })

  test('does not flag machines that are no session hosts', () => {
    const seen = withDisks('Premium_LRS', 'Premium_LRS')
    const jump = vmOf('rg-w', 'jump', 'ukwest', { osDiskSku: 'Standard_LRS' })
    const { vms = [] } = seen.secondary
    expect(check(withSide(seen, 'secondary', { vms: [...vms, jump] }))).toEqual({ findings: [], unchecked: [] })
  })

  test('could not check disks that were not told, sides that were not read, and a plan that is silent', () => {
    expect(check(withDisks('NewSSD_LRS', 'Premium_LRS'))).toMatchObject({
      findings: [],
      unchecked: [{ subject: 'primary', reason: 'the tier of 4 OS disks was not told' }],
    })
    expect(check(pooledSeen).unchecked.map(({ subject }) => subject)).toEqual(['primary', 'secondary'])
    const gap = check(withGap(withDisks('Standard_LRS', 'Standard_LRS'), 'primary', 'vms', 'asLastSeen'))
    expect([subjectsOf(gap), gap.unchecked.length]).toEqual([['secondary'], 1])
    const disks = check(withGap(withDisks('Standard_LRS', 'Premium_LRS'), 'primary', 'osDisks'))
    expect(disks).toMatchObject({ findings: [], unchecked: [{ subject: 'primary' }] })
    const silent = osDiskPremium.check(contextOf({ seen: withDisks('Standard_LRS', 'Standard_LRS') }))
    expect([subjectsOf(silent), silent.unchecked.length]).toEqual([[], 1])
  })

  test.each(['other', 'none'])('is not about profiles kept by %s means', (kind) => {
    const plan = planWith({ pooled: `profiles: { kind: ${kind} }` })
    expect(osDiskPremium.appliesTo?.(contextOf({ plan }))).toBe(false)
  })
})
