import { describe, expect, it } from 'vitest'
import type { RecoveryPlan, ReplicatedItem } from '../../../src/lib/model/azure.ts'
import type { PairSeen } from '../../../src/lib/model/inventory.ts'
import { inBatches } from '../../../src/lib/planning/consistency-groups.ts'
import { itemOf, personalSeen, planOf, previewOf } from '../../support/plans.ts'

const grouped = ['pc-1', 'pc-3']
const planOfItems = (...names: readonly string[]): RecoveryPlan => ({
  id: '/plans/rp-sql',
  name: 'rp-sql',
  itemIds: names.map((name) => itemOf(name).id.toUpperCase()),
})

function planned({
  traits = {},
  plans = [planOfItems('pc-3', 'pc-1')],
  request = {},
  batchSize = 100,
}: {
  readonly traits?: Readonly<Record<string, Partial<ReplicatedItem>>>
  readonly plans?: readonly RecoveryPlan[]
  readonly request?: Readonly<Record<string, unknown>>
  readonly batchSize?: number
} = {}) {
  const items = ['pc-1', 'pc-2', 'pc-3'].map((name) =>
    itemOf(name, { ...(grouped.includes(name) && { multiVmGroup: 'sql' }), ...traits[name] }),
  )
  const seen: PairSeen = { ...personalSeen, replicatedItems: items, recoveryPlans: plans }
  const plan = planOf()
  const limits = { ...plan.limits, batchSize }
  return previewOf({ pair: 'personal', seen, plan: { ...plan, limits }, request: { acceptOut: 'all', ...request } })
}

const codes = (...given: Parameters<typeof planned>) =>
  planned(...given).hosts.map(({ host, decision, code }) => `${host} ${decision}: ${code}`)
const reasonOf = (...given: Parameters<typeof planned>) => planned(...given).hosts[0]?.reason

describe('desktops of a consistency group', () => {
  it('move together, next to each other, by the recovery plan that has exactly them', () => {
    const { spec } = planned()
    const desktops = spec?.stages.find(({ name }) => name === 'desktops')?.tasks ?? []
    expect(desktops.map((task) => [task.key, 'group' in task ? task.group : undefined])).toEqual([
      ['pc-1', 0],
      ['pc-3', 0],
      ['pc-2', undefined],
    ])
    expect(spec?.consistencyGroups).toMatchObject([
      { name: 'sql', planId: '/plans/rp-sql', planName: 'rp-sql', mates: [{ key: 'pc-1' }, { key: 'pc-3' }] },
    ])
  })

  it.each<[string, Parameters<typeof planned>[0], string, string]>([
    ['when one is not ready', { traits: { 'pc-3': { protectionState: 'Unprotected' } } }, 'multiVmGroup', 'pc-3.'],
    ['when one is not asked for', { request: { hosts: ['pc-1'] } }, 'multiVmGroup', 'pc-3.'],
    [
      'when one has moved already',
      { traits: { 'pc-3': { protectionState: 'UnplannedFailoverCommitted' } } },
      'multiVmGroup',
      'pc-3.',
    ],
    ['when a batch has no room for them', { batchSize: 1 }, 'multiVmGroup', '2 machines, and limits.batchSize is 1'],
    ['without a recovery plan', { plans: [] }, 'noRecoveryPlan', 'exactly pc-1, pc-3'],
    [
      'when the plan has another machine',
      { plans: [planOfItems('pc-1', 'pc-2', 'pc-3')] },
      'noRecoveryPlan',
      'exactly',
    ],
    ['when the plan lacks one', { plans: [planOfItems('pc-1')] }, 'noRecoveryPlan', 'exactly'],
    ['when the plan has another one instead', { plans: [planOfItems('pc-1', 'pc-2')] }, 'noRecoveryPlan', 'exactly'],
  ])('stay %s, and the reason says why', (_, given, code, reason) => {
    expect(codes(given)[0]).toBe(`pc-1 out: ${code}`)
    expect(reasonOf(given)).toContain(reason)
    expect(planned(given).spec?.consistencyGroups).toBeUndefined()
  })

  it('stay when the recovery plans could not be read, and the reason says so', () => {
    const replicatedItems = [itemOf('pc-1', { multiVmGroup: 'sql' }), itemOf('pc-2'), itemOf('pc-3')]
    const seen: PairSeen = { ...personalSeen, replicatedItems }
    const { hosts } = previewOf({ pair: 'personal', seen, request: { acceptOut: 'all' } })
    expect(hosts[0]).toMatchObject({ code: 'noRecoveryPlan', reason: expect.stringContaining('could not be read') })
  })

  it('are single ones where they are protected again, committed or given their extensions', () => {
    const traits = Object.fromEntries(
      ['pc-1', 'pc-2', 'pc-3'].map((name) => [
        name,
        { protectionState: 'UnplannedFailoverCommitPendingStatesBegin', activeLocation: 'Recovery' },
      ]),
    )
    const { spec } = planned({ traits, plans: [], request: { kind: 'commit' } })
    expect(spec?.stages[0]?.tasks.map(({ key }) => key)).toEqual(['pc-1', 'pc-2', 'pc-3'])
    expect(spec?.consistencyGroups).toBeUndefined()
  })
})

describe('batches with groups in them', () => {
  const one = (name: string) => {
    const group = /^[a-z]/.test(name) ? name.charCodeAt(0) : undefined
    const ids = { host: name, sourceVmId: name, targetVmId: name, itemId: name }
    return { subject: { kind: 'desktop' as const, key: name, ...ids, ...(group !== undefined && { group }) } }
  }
  const batched = (names: string, size: number) => {
    const { ordered, batchSize = size } = inBatches(names.split(' ').map(one), size)
    const keys = ordered.map(({ subject }) => subject.key)
    return Array.from({ length: Math.ceil(keys.length / batchSize) }, (_, i) =>
      keys.slice(i * batchSize, (i + 1) * batchSize).join(' '),
    )
  }

  it.each<[string, string, number, readonly string[]]>([
    ['without groups stay as they are', '1 2 3 4 5', 2, ['1 2', '3 4', '5']],
    ['have mates where the first one stands', '1 a1 2 3 a2', 3, ['1 a1 a2', '2 3']],
    ['are filled with single ones', '1 2 a1 a2 3 4', 3, ['1 2 3', 'a1 a2 4']],
    ['get smaller where nobody fills them', 'a1 a2 b1 b2', 3, ['a1 a2', 'b1 b2']],
    ['may end with one that is not full', 'a1 a2 a3 1 2', 4, ['a1 a2 a3 1', '2']],
    ['split a group only where no size fits', 'a1 a2 a3 b1 b2 c1 c2 c3', 3, ['a1 a2 a3', 'b1 b2 c1', 'c2 c3']],
  ])('%s', (_, names, size, expected) => {
    expect(batched(names, size)).toEqual(expected)
  })
})
