import { describe, expect, it } from 'vitest'
import type { Vm } from '../../../src/lib/model/azure.ts'
import { byTier, tierOf, vmMatcher } from '../../../src/lib/planning/vms.ts'
import { hostOf, vmIdOf, vmOf } from '../../support/plans.ts'

const here = vmOf('rg-1', 'VM-1', 'uksouth')
const there = vmOf('rg-2', 'vm-1', 'uksouth')
const reporting = (vm: Vm) => hostOf('hp', 'rg', 'vm-1', { vmId: vm.id.toUpperCase() })
const { vmId: _, ...silent } = hostOf('hp', 'rg', 'vm-1.contoso.local')

describe('the machine of a host', () => {
  it('is found by name, whatever its case and domain', () => {
    expect(vmMatcher([vmOf('rg', 'vm-2', 'uksouth'), here])(silent)).toEqual({ vm: here })
    expect(vmMatcher([])(silent)).toBe('none')
  })

  it('is told apart from one of the same name by the id the agent reports', () => {
    const find = vmMatcher([here, there])
    expect([reporting(here), reporting(there)].map(find)).toEqual([{ vm: here }, { vm: there }])
    expect(find(silent)).toBe('ambiguous')
    expect(find({ ...silent, vmId: vmIdOf('rg-3', 'vm-1') })).toBe('ambiguous')
  })

  it('is the named one when the reported id is that of no machine here', () => {
    expect(vmMatcher([here])({ ...silent, vmId: vmIdOf('rg-3', 'vm-1') })).toEqual({ vm: here })
  })
})

describe('the tier of a machine', () => {
  it.each([
    ['1', 1],
    ['42', 42],
    ['999', 999],
    [' 7 ', 7],
    ['1000', 1000],
    ['0', 0],
    ['1a', 1000],
    ['a1', 1000],
    ['-1', 1000],
    ['1.5', 1000],
    ['', 1000],
  ])('tagged %j is %i', (value, tier) => {
    expect(tierOf(vmOf('rg', 'vm', 'uksouth', { tags: { owner: '3', DRTIER: value } }), 'drTier')).toBe(tier)
  })

  it('is the last one without a tag or a machine', () => {
    expect([tierOf(here, 'drTier'), tierOf(undefined, 'drTier')]).toEqual([1000, 1000])
  })

  it('comes before the name, which is compared without case', () => {
    const [a, b, c] = [
      { tier: 2, host: 'A' },
      { tier: 1, host: 'b' },
      { tier: 1, host: 'C' },
    ]
    expect([a, b, c].sort(byTier)).toEqual([b, c, a])
    expect([c, b, a].sort(byTier)).toEqual([b, c, a])
  })
})
