import { describe, expect, test } from 'vitest'
import { quotaCoversStarts } from '../../../../src/lib/drift/rules/quota-covers-starts.ts'
import type { Quota } from '../../../../src/lib/model/azure.ts'
import { committedItem, itemOf, personalSeen, vmOf, withSide } from '../../../support/plans.ts'
import { well } from '../../../support/pool-drift.ts'
import { comingWith } from '../../../support/room-stories.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'

const quotas = (cores: number, family: number): readonly Quota[] => [
  { name: 'Cores', used: 8, limit: 8 + cores },
  { name: 'standardDSv5Family', used: 0, limit: family },
]
const free = (cores: number, family = cores) => withSide(personalSeen, 'secondary', { quotas: quotas(cores, family) })
const check = (seen: typeof personalSeen) => quotaCoversStarts.check(contextOf({ pair: 'personal', seen }))

describe('quota-covers-starts', () => {
  test('is well when the cores of all desktops are free, to the last one', () => {
    expect(check(free(12))).toEqual(well)
  })

  test('finds each quota that is short, in all and by family', () => {
    expect(check(free(12, 8)).findings).toEqual([
      {
        subject: 'standardDSv5Family',
        severity: 'critical',
        evidence: 'standardDSv5Family: 12 needed, 8 free. Not enough cores in ukwest.',
      },
    ])
    expect(subjectsOf(check(free(4)))).toEqual(['Cores', 'standardDSv5Family'])
  })

  test('does not count machines that are there already and hold their cores', () => {
    const seen = withSide(free(8), 'secondary', {
      quotas: quotas(8, 8),
      vms: [vmOf('rg-pw', 'pc-1', 'ukwest')],
    })
    expect(check(seen)).toEqual(well)
  })

  test('asks nothing of desktops that have failed over already', () => {
    const replicatedItems = ['pc-1', 'pc-2', 'pc-3'].map((name) => committedItem(name))
    expect(check({ ...free(0), replicatedItems })).toEqual(well)
  })

  test('could not check sizes it does not know, nor families Azure does not list', () => {
    const odd = { ...free(12), replicatedItems: [itemOf('pc-1', { targetSize: 'Strange' }), itemOf('pc-2')] }
    expect(check(odd)).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: 'the cores of Strange are not known' }],
    })
    const other = comingWith({ targetSize: 'Standard_E4s_v5' }, { quotas: quotas(12, 12) })
    expect(check(other).unchecked).toEqual([
      { subject: 'standardESv5Family', reason: 'Azure lists no quota of this name' },
    ])
  })

  test.each([
    ['secondary', 'quotas'],
    ['primary', 'vms'],
  ] as const)('could not check without %s: %s', (side, part) => {
    expect(check(withGap(free(0), side, part, 'asLastSeen'))).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: `${side}: ${part}: the region does not answer` }],
    })
  })

  test('is not for pools, whose standby hosts hold their cores while they are off', () => {
    expect(quotaCoversStarts.appliesTo?.(contextOf())).toBe(false)
  })
})
