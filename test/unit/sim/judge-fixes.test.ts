import { expect, test } from 'vitest'
import type { LedgerEntry } from '../../../sim/arm/ledger-types.ts'
import { apps, at, desk, granted, pool, revoked, verdictOn } from './judge-story.ts'

const set = (side: 'primary' | 'secondary', by?: 'person'): LedgerEntry => ({
  kind: 'poolPropertySet',
  pool: pool[side].toLowerCase(),
  name: 'loadBalancerType',
  ...(by && { by }),
})
const broken = (...events: Parameters<typeof verdictOn>[0]) =>
  verdictOn(events).broken.filter((line) => line.startsWith('alignedActiveSide'))

/** All move, in the order of a failover. */
const move = [
  revoked(10, 'sales', desk.primary),
  revoked(11, 'legal', apps.primary),
  granted(20, 'sales', desk.secondary),
  granted(21, 'legal', apps.secondary),
]

test('a setting is for the side where nobody is assigned', () => {
  expect(broken(at(5, set('secondary')))).toEqual([])
  expect(broken(at(5, set('primary')))).toEqual([`alignedActiveSide ${pool.primary.toLowerCase()} 5`])
})

test('which side that is changes with access', () => {
  expect(broken(...move, at(30, set('primary')))).toEqual([])
  expect(broken(...move, at(30, set('secondary')))).toHaveLength(1)
})

test('one group that is let in again makes the old side no active one', () => {
  expect(broken(...move, granted(25, 'legal', apps.primary), at(30, set('primary')))).toEqual([])
})

test.each<LedgerEntry>([
  { kind: 'applicationGroupPut', pool: pool.primary, group: desk.primary, isNew: false },
  { kind: 'applicationPut', pool: pool.primary, group: apps.primary, application: 'notes', isNew: true },
])('$kind is judged like a setting', (entry) => {
  expect(broken(at(5, entry))).toHaveLength(1)
})

test('people may do as they like', () => {
  expect(broken(at(5, set('primary', 'person')))).toEqual([])
})
