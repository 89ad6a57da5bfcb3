import { describe, expect, it } from 'vitest'
import type { Quota } from '../../../src/lib/model/azure.ts'
import { hostsNeeded } from '../../../src/lib/planning/capacity.ts'
import { personalSeen, pooledSeen, previewOf, withoutPart, withSide } from '../../support/plans.ts'

/** Three desktops of four cores each. */
const quotaOf = (quotas: readonly Quota[], seen = personalSeen, primaryIsDown = false) => {
  const preview = previewOf({
    pair: 'personal',
    seen: withSide(seen, 'secondary', { quotas }),
    request: { primaryIsDown },
  })
  const said = [...preview.refusals, ...preview.findings, ...preview.warnings]
  return said.flatMap(({ code, subjects }) => (/quota/i.test(code) ? [[code, ...subjects]] : []))
}
const sized = (sizes: readonly string[]) =>
  withSide(personalSeen, 'primary', {
    vms: (personalSeen.primary.vms ?? []).map((vm, i) => ({ ...vm, size: sizes[i] ?? vm.size })),
  })
const family = 'standardDSv5Family'

describe('the cores of the other region', () => {
  it('must be free in all and in the family of the machines', () => {
    expect(quotaOf([{ name: 'cores', used: 1, limit: 13 }])).toEqual([])
    expect(quotaOf([{ name: 'cores', used: 2, limit: 13 }])).toEqual([['noQuota', 'cores: 12 needed, 11 free']])
    expect(
      quotaOf([
        { name: 'lowPriorityCores', used: 5, limit: 3 },
        { name: 'cores', used: 0, limit: 100 },
        { name: family.toUpperCase(), used: 9, limit: 3 },
      ]),
    ).toEqual([['noQuota', `${family.toUpperCase()}: 12 needed, 0 free`]])
  })

  it('are not judged by quotas of other machines, or by none', () => {
    expect(quotaOf([{ name: 'standardEv5Family', used: 3, limit: 3 }])).toEqual([])
    expect(quotaOf([])).toEqual([])
  })

  it('are counted for the sizes that are known, and the others named', () => {
    expect(quotaOf([{ name: 'cores', used: 0, limit: 7 }], sized(['Odd']))).toEqual([
      ['noQuota', 'cores: 8 needed, 7 free'],
      ['quotaUnknown', 'Odd'],
    ])
    const unlisted = quotaOf([{ name: 'cores', used: 0, limit: 0 }], withoutPart(personalSeen, 'primary', 'vms'), true)
    expect(unlisted).toEqual([['quotaUnknown', 'unknown size']])
  })
})

describe('the hosts that must be ready', () => {
  it('are a share rounded up, one at least, or a number', () => {
    expect([50, 51, 1, 100].map((percent) => hostsNeeded({ percent }, 4))).toEqual([2, 3, 1, 4])
    expect(hostsNeeded({ hosts: 9 }, 4)).toBe(9)
  })

  it('can be as many as can be expected to come up, and no more', () => {
    const silent = (count: number) => {
      const sessionHosts = (pooledSeen.secondary.sessionHosts ?? []).map((host, i) =>
        i < count ? { ...host, lastHeartbeat: 0 } : host,
      )
      return previewOf({ seen: withSide(pooledSeen, 'secondary', { sessionHosts }) }).refusals.map(({ code }) => code)
    }
    expect([silent(2), silent(3)]).toEqual([[], ['noCapacity']])
  })

  it('cannot be none', () => {
    const nobody = previewOf({ seen: withSide(pooledSeen, 'secondary', { sessionHosts: [] }) })
    expect(nobody.refusals).toMatchObject([{ code: 'nothingLeft', message: expect.stringMatching(/\w/) }])
  })
})
