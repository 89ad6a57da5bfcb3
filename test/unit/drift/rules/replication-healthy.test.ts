import { describe, expect, test } from 'vitest'
import { replicationHealthy as rule } from '../../../../src/lib/drift/rules/replication-healthy.ts'
import type { ReplicatedItem } from '../../../../src/lib/model/azure.ts'
import { committedItem, itemOf, personalSeen } from '../../../support/plans.ts'
import { contextOf } from '../../../support/rule-context.ts'

const names = ['pc-1', 'pc-2', 'pc-3']
const fine = { rpoSeconds: 46 }
const items = (traits: Partial<ReplicatedItem> = {}) =>
  names.map((name, i) => itemOf(name, i === 0 ? { ...fine, ...traits } : fine))
const check = (replicatedItems: readonly ReplicatedItem[], gaps = personalSeen.gaps) =>
  rule.check(contextOf({ pair: 'personal', seen: { ...personalSeen, replicatedItems, gaps } }))

describe('replication-healthy', () => {
  test('is well when everything is normal and seconds behind', () => {
    expect(check(items())).toEqual({ findings: [], unchecked: [] })
  })

  test.each<[string, Partial<ReplicatedItem>]>([
    ['critical', { replicationHealth: 'Critical' }],
    ['critical', { failoverHealth: 'critical' }],
    ['warning', { replicationHealth: 'Warning' }],
    ['warning', { failoverHealth: 'Warning' }],
    ['warning', { rpoSeconds: 3_601 }],
  ])('calls it %s (%#)', (severity, traits) => {
    expect(check(items(traits)).findings).toMatchObject([{ subject: 'pc-1', severity }])
  })

  test('names health and RPO', () => {
    expect(check(items({ replicationHealth: 'Critical', rpoSeconds: 7_320 })).findings[0]?.evidence).toBe(
      'pc-1: replication health Critical, failover health Normal, RPO 2 h 02 min.',
    )
  })

  test('an hour behind is no finding yet', () => {
    expect(check(items({ rpoSeconds: 3_600 })).findings).toEqual([])
  })

  test('says nothing of machines of other pools in the vault, nor of what is not protected', () => {
    const stranger = itemOf('other-vm', { replicationHealth: 'Critical', sourceVmId: '/elsewhere' })
    const left = committedItem('pc-1', { replicationHealth: 'Critical' })
    const rest = items().slice(1)
    expect(check([left, ...rest, stranger])).toEqual({ findings: [], unchecked: [] })
  })

  test.each<[Partial<ReplicatedItem>, string]>([
    [{ replicationHealth: 'Purple' }, 'health is said to be Purple and Normal'],
  ])('could not check words that are new (%#)', (traits, reason) => {
    expect(check(items(traits))).toEqual({ findings: [], unchecked: [{ subject: 'pc-1', reason }] })
  })

  test('is about replicated desktops, and leaves one with two items to its own rule', () => {
    const two = itemOf('pc-1', { id: '/another', replicationHealth: 'Critical', rpoSeconds: 46 })
    expect(check([...items({ replicationHealth: 'Critical' }), two])).toEqual({ findings: [], unchecked: [] })
    expect(rule.appliesTo?.(contextOf())).toBe(false)
    expect(check(items({ replicationHealth: 'None', failoverHealth: 'None' }))).toEqual({ findings: [], unchecked: [] })
  })

  test('could not check one whose RPO Azure does not tell', () => {
    const [first, ...rest] = items()
    const { rpoSeconds: _, ...silent } = first ?? itemOf('pc-1')
    expect(check([silent, ...rest]).unchecked).toEqual([{ subject: 'pc-1', reason: 'Site Recovery tells no RPO' }])
  })

  test('could not check behind a gap, although the items are there as last seen', () => {
    const gaps = [{ what: 'replicatedItems', reason: 'no answer' }]
    expect(check(items({ replicationHealth: 'Critical' }), gaps)).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: 'replicatedItems: no answer' }],
    })
  })
})
