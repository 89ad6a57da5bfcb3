import { expect, test } from 'vitest'
import type { LedgerEvent } from '../../../sim/arm/ledger-types.ts'
import { at, verdictOn } from './judge-story.ts'

const limiter = 's/ukwest'
const failover = (seconds: number, vm: string, job = `f-${vm}-${seconds}`, where = limiter) =>
  at(seconds, { kind: 'failoverAccepted', item: `/items/${vm}`, vm: `/vms/${vm}`, job, limiter: where })
const commit = (seconds: number, vm: string, job = `c-${vm}-${seconds}`) =>
  at(seconds, { kind: 'commitAccepted', item: `/ITEMS/${vm}`, vm: `/vms/${vm}`, job, limiter })
const jobEnded = (
  seconds: number,
  vm: string,
  job: string,
  state: 'Succeeded' | 'Failed' | 'Cancelled',
  scenario = 'UnplannedFailover',
) => at(seconds, { kind: 'jobEnded', job, vm: `/vms/${vm}`, scenario, state })
const start = (seconds: number, vm: string, more: object = {}) =>
  at(seconds, { kind: 'startAccepted', vm: `/vms/${vm}`, limiter, ...more })

test('two begins per interval are allowed again exactly one interval later', () => {
  const { broken, measures } = verdictOn([failover(0, 'a'), failover(1, 'b'), failover(600, 'c'), failover(601, 'd')])
  expect(broken).toEqual([])
  expect(measures.mostFailoversInInterval).toEqual({ [limiter]: 2 })
  expect(measures.failovers).toBe(4)
})

test('a third begin within any interval is too many, wherever the interval starts', () => {
  const { broken, measures } = verdictOn([
    failover(0, 'a'),
    failover(599, 'b'),
    failover(1_000, 'c'),
    failover(1_198, 'd'),
  ])
  expect(broken).toEqual([`tooManyFailovers ${limiter} 1198`])
  expect(measures.mostFailoversInInterval).toEqual({ [limiter]: 3 })
})

test('limiters are counted apart, and so are starts and failovers', () => {
  const events = [failover(0, 'a'), failover(1, 'b'), failover(2, 'c', 'j', 's/uksouth'), start(3, 'd'), start(4, 'e')]
  expect(verdictOn(events).broken).toEqual([])
  expect(verdictOn([...events, start(5, 'f')]).broken).toEqual([`tooManyStarts ${limiter} 5`])
})

test("starts by Azure's own services are nobody's pace", () => {
  const { broken, measures } = verdictOn([start(0, 'a'), start(1, 'b'), start(2, 'c', { by: 'scalingPlan' })])
  expect([broken, measures.starts]).toEqual([[], 2])
})

test('a second failover is a violation while the first is running or has succeeded', () => {
  expect(verdictOn([failover(0, 'a', '1'), failover(5, 'a', '2')]).broken).toEqual(['failedOverTwice /vms/a 5'])
  const succeeded = [failover(0, 'a', '1'), jobEnded(3, 'a', '1', 'Succeeded'), failover(700, 'a', '2')]
  expect(verdictOn(succeeded).broken).toEqual(['failedOverTwice /vms/a 700'])
})

test('a second failover is allowed after the first job failed, and not a third beside it', () => {
  const again = [failover(0, 'a', '1'), jobEnded(3, 'a', '1', 'Failed'), failover(700, 'a', '2')]
  expect(verdictOn(again).broken).toEqual([])
  expect(verdictOn([...again, failover(1_400, 'a', '3')]).broken).toEqual(['failedOverTwice /vms/a 1400'])
})

test('a job that failed only after the second acceptance excuses nothing', () => {
  const events = [failover(0, 'a', '1'), failover(5, 'a', '2'), jobEnded(9, 'a', '1', 'Failed')]
  expect(verdictOn(events).broken).toEqual(['failedOverTwice /vms/a 5'])
})

test('after a reprotect the machine may be failed over again', () => {
  const scenario = 'SwitchReplicationGroupProtection'
  const round = [
    failover(0, 'a', '1'),
    jobEnded(3, 'a', '1', 'Succeeded'),
    commit(4, 'a'),
    jobEnded(9_000, 'A', '9', 'Succeeded', scenario),
  ]
  expect(verdictOn([...round, failover(9_100, 'a', '2'), commit(9_200, 'a')]).broken).toEqual([])
})

test('a failover is committed once; again only after a commit that failed, or after another failover', () => {
  const first: LedgerEvent[] = [failover(0, 'a', '1'), commit(10, 'a', 'c1')]
  expect(verdictOn([...first, commit(20, 'a', 'c2')]).broken).toEqual(['committedTwice /vms/a 20'])
  expect(
    verdictOn([...first, jobEnded(15, 'a', 'c1', 'Failed', 'CommitFailover'), commit(20, 'a', 'c2')]).broken,
  ).toEqual([])
  expect(
    verdictOn([...first, jobEnded(12, 'a', '1', 'Failed'), failover(700, 'a', '2'), commit(800, 'a')]).broken,
  ).toEqual([])
})

test('a token sent to a foreign host is a violation', () => {
  const sent = at(3, { kind: 'tokenToForeignHost', host: 'elsewhere.example', url: '/poll' })
  expect(verdictOn([sent]).broken).toEqual(['tokenToForeignHost elsewhere.example 3'])
})

test('4,000 begins of 2,000 machines are judged in well under a second', () => {
  const events = Array.from({ length: 2_000 }, (_, i) => [
    failover(i * 300, `vm${i}`),
    commit(i * 300 + 200, `vm${i}`),
  ]).flat()
  const begin = performance.now()
  expect(verdictOn(events).broken).toEqual([])
  expect(performance.now() - begin).toBeLessThan(1_000)
})
