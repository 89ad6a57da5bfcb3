import { describe, expect, test } from 'vitest'
import { tierSet } from '../../../../src/lib/drift/rules/tier-set.ts'
import type { PairSeen } from '../../../../src/lib/model/inventory.ts'
import { pooledSeen, vmOf, withSide } from '../../../support/plans.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'
import { mapVms, planWith, sides } from '../../../support/side-traits.ts'

const tagged = sides.reduce((seen, side) => mapVms(seen, side, (vm) => ({ ...vm, tags: { DrTier: '2' } })), pooledSeen)
const withTag = (value?: string): PairSeen =>
  mapVms(tagged, 'secondary', (vm) =>
    vm.name === 'vm-w3' ? { ...vm, tags: value === undefined ? {} : { drTier: value } } : vm,
  )
const check = (seen: PairSeen, plan?: ReturnType<typeof planWith>) =>
  tierSet.check(contextOf({ seen, ...(plan && { plan }) }))

describe('tier-set', () => {
  test('is well when all have the tag, or none of few', () => {
    expect(check(tagged)).toEqual({ findings: [], unchecked: [] })
    expect(check(pooledSeen)).toEqual({ findings: [], unchecked: [] })
  })

  test('finds the machine that lacks what others have', () => {
    const outcome = check(withTag())
    expect(subjectsOf(outcome)).toEqual(['secondary'])
    expect(outcome.findings[0]?.evidence).toBe('1 of 4 machines of the secondary side have no tag drTier: vm-w3.')
  })

  test.each(['gold', '1000', '-1', ''])('finds the value "%s", which counts as none', (value) => {
    const outcome = check(withTag(value))
    expect(subjectsOf(outcome)).toEqual(['secondary/values'])
    expect(outcome.findings[0]?.evidence).toContain(`vm-w3 ("${value}")`)
  })

  test('finds that none has it where more than one batch goes', () => {
    expect(subjectsOf(check(pooledSeen, planWith({ top: 'limits: { batchSize: 3 }' })))).toEqual([
      'primary',
      'secondary',
    ])
    expect(subjectsOf(check(pooledSeen, planWith({ top: 'limits: { batchSize: 4 }' })))).toEqual([])
  })

  test('goes by the tag the plan names, and does not flag machines that are no session hosts', () => {
    expect(subjectsOf(check(withTag(), planWith({ pooled: 'order: { tierTag: wave }' })))).toEqual([])
    const { vms = [] } = tagged.primary
    const seen = withSide(tagged, 'primary', { vms: [...vms, vmOf('rg-s', 'jump', 'uksouth')] })
    expect(check(seen)).toEqual({ findings: [], unchecked: [] })
  })

  test.each(['missing', 'asLastSeen'] as const)('could not check what is %s behind a gap', (part) => {
    expect(check(withGap(withTag(), 'secondary', 'vms', part))).toMatchObject({
      findings: [],
      unchecked: [{ subject: '' }],
    })
  })
})
