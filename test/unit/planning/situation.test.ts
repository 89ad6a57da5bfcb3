import { describe, expect, it } from 'vitest'
import { byText, isNamed, namesOf, shortName, sideSpecOf } from '../../../src/lib/planning/situation.ts'
import { planOf, pooledSeen, subscription } from '../../support/plans.ts'

const side = planOf().pairs[0]?.primary
if (!side) throw new Error('no side')
const scalingPlan = (exclusionTag?: string) => ({
  id: 'sp',
  name: 'sp',
  pools: [],
  ...(exclusionTag && { exclusionTag }),
})
const tagOf = (planned: string | undefined, found: readonly (string | undefined)[]) => {
  const scalingPlans = found.map((tag) => scalingPlan(tag))
  return sideSpecOf({ ...side, ...(planned && { exclusionTag: planned }) }, { ...pooledSeen.primary, scalingPlans })
    .exclusionTag
}

describe('the side of a spec', () => {
  it('names its pool by its whole id', () => {
    expect(sideSpecOf(side, pooledSeen.primary)).toEqual({
      subscription,
      resourceGroup: 'rg-s',
      region: 'uksouth',
      hostPoolId: `/subscriptions/${subscription}/resourceGroups/rg-s/providers/Microsoft.DesktopVirtualization/hostPools/hp-s`,
    })
  })

  it("takes the plan's exclusion tag, then the scaling plan's, and has none without both", () => {
    expect(tagOf('mine', ['theirs'])).toBe('mine')
    expect(tagOf(undefined, ['theirs'])).toBe('theirs')
    expect(tagOf(undefined, [undefined])).toBeUndefined()
    const { scalingPlans: _, ...unread } = pooledSeen.primary
    expect(sideSpecOf(side, unread).exclusionTag).toBeUndefined()
  })

  it('takes the same of two tags, however they are listed', () => {
    expect([tagOf(undefined, ['b', 'a']), tagOf(undefined, ['a', 'b'])]).toEqual(['a', 'a'])
  })
})

describe('a name', () => {
  it('is the same with another case and with its domain', () => {
    const names = namesOf(['VM-1', 'vm-2.contoso.local'])
    expect(isNamed(names, 'vm-1.contoso.local')).toBe(true)
    expect(isNamed(names, 'VM-2.CONTOSO.LOCAL')).toBe(true)
    expect(isNamed(names, 'vm-2')).toBe(false)
    expect(shortName('VM-1.contoso.local')).toBe('vm-1')
  })

  it('is sorted by its letters', () => {
    expect([byText('a', 'b'), byText('b', 'a'), byText('a', 'a')]).toEqual([-1, 1, 0])
  })
})
