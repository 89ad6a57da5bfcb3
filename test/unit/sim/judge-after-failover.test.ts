import { expect, test } from 'vitest'
import type { LedgerEvent } from '../../../sim/arm/ledger-types.ts'
import { at, verdictOn } from './judge-story.ts'

const on = (machine: string) => ({ vm: '/vms/a', machine, isFailedOver: true })
const put = (seconds: number, name: string, machine = 'm1', more: object = {}): LedgerEvent =>
  at(seconds, { kind: 'extensionAccepted', ...on(machine), name, publisher: 'p', type: 't', ...more })
const ended = (seconds: number, name: string, ok: boolean): LedgerEvent =>
  at(seconds, { kind: 'extensionEnded', vm: '/vms/a', machine: 'm1', name, ok })
const removed = (seconds: number, name: string, more: object = {}): LedgerEvent =>
  at(seconds, { kind: 'extensionRemoved', ...on('m1'), name, ...more })
const associated = (seconds: number, name: string, more: object = {}): LedgerEvent =>
  at(seconds, { kind: 'associationAccepted', ...on('m1'), name, ...more })
const reprotect = (seconds: number, job: string, more: object = {}): LedgerEvent =>
  at(seconds, { kind: 'reprotectAccepted', item: '/items/a', vm: '/vms/a', job, ...more })
const scenario = 'SwitchReplicationGroupProtection'
const jobEnded = (seconds: number, job: string, state: 'Succeeded' | 'Failed'): LedgerEvent =>
  at(seconds, { kind: 'jobEnded', job, vm: '/vms/a', scenario, state })
const failover = (seconds: number): LedgerEvent =>
  at(seconds, { kind: 'failoverAccepted', item: '/Items/A', vm: '/vms/a', job: `f${seconds}`, limiter: 's/ukwest' })

test('an extension is accepted once for each machine, whatever the letter case of its name', () => {
  const { broken, measures } = verdictOn([
    put(0, 'AMA'),
    ended(100, 'AMA', true),
    put(200, 'Other'),
    put(300, 'AMA', 'm2'),
  ])
  expect([broken, measures.extensions]).toEqual([[], 3])
  const again = verdictOn([put(0, 'AMA'), ended(100, 'AMA', true), put(200, 'ama')])
  expect(again.broken).toEqual(['extensionTwice /vms/a 200'])
})

test('a second one is allowed after the first failed or was removed, and not while it is under way', () => {
  expect(verdictOn([put(0, 'AMA'), ended(100, 'AMA', false), put(200, 'AMA')]).broken).toEqual([])
  expect(verdictOn([put(0, 'AMA'), ended(100, 'AMA', true), removed(150, 'AMA'), put(200, 'AMA')]).broken).toEqual([])
  expect(verdictOn([put(0, 'AMA'), put(1, 'AMA')]).broken).toEqual(['extensionTwice /vms/a 1'])
})

test('an association is accepted once for each machine, apart from an extension of the same name', () => {
  const { broken, measures } = verdictOn([put(0, 'x'), associated(1, 'x'), associated(2, 'x')])
  expect([broken, measures.associations]).toEqual([['associationTwice /vms/a 2'], 2])
})

test('machines that no failover made are left alone', () => {
  const untouched = { isFailedOver: false }
  const writes = [put(0, 'x', 'm1', untouched), removed(1, 'x', untouched), associated(2, 'x', untouched)]
  const { broken } = verdictOn(writes)
  expect(broken).toEqual([0, 1, 2].map((second) => `wroteToOther /vms/a ${second}`))
  expect(verdictOn([put(0, 'x', 'm1', { ...untouched, by: 'person' })]).broken).toEqual([])
})

test('an item is protected again once, again after a failed job or another failover', () => {
  const { broken, measures } = verdictOn([reprotect(0, '1'), jobEnded(9, '1', 'Failed'), reprotect(20, '2')])
  expect([broken, measures.reprotects]).toEqual([[], 2])
  expect(verdictOn([reprotect(0, '1'), reprotect(2, '2')]).broken).toEqual(['reprotectedTwice /vms/a 2'])
  const twice = [reprotect(0, '1'), jobEnded(9, '1', 'Succeeded'), reprotect(20, '2')]
  expect(verdictOn(twice).broken).toEqual(['reprotectedTwice /vms/a 20'])
  const circle = [reprotect(0, '1'), jobEnded(9, '1', 'Succeeded'), failover(1_000), reprotect(2_000, '2')]
  expect(verdictOn(circle).broken).toEqual([])
})

test('test failovers of session hosts and joins that run again are violations', () => {
  const tested = (by: object) =>
    at(0, { kind: 'testFailoverAccepted', item: '/items/a', vm: '/vms/a', job: 'j', ...by })
  expect(verdictOn([tested({})]).broken).toEqual(['testFailoverOfSessionHost /vms/a 0'])
  expect(verdictOn([tested({ by: 'person' })]).broken).toEqual([])
  const rerun = at(3, { kind: 'registrationRerun', vm: '/vms/a', name: 'dsc', type: 'DSC' })
  expect(verdictOn([rerun]).broken).toEqual(['registrationRerun /vms/a 3'])
})

test('what a person in the portal does is no second failover of ours, and ours after it is one', () => {
  const byPerson = { ...failover(500), by: 'person' } as LedgerEvent
  expect(verdictOn([failover(0), byPerson]).broken).toEqual([])
  expect(verdictOn([{ ...failover(0), by: 'person' } as LedgerEvent, failover(700)]).broken).toEqual([
    'failedOverTwice /vms/a 700',
  ])
})
