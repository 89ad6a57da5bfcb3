import { expect, test } from 'vitest'
import {
  batchAfterBatch,
  batchDelays,
  earliestBound,
  makespanBound,
  mostInInterval,
  oneByOne,
  overheads,
  plannedBatchDelays,
} from '../../../bench/bounds.ts'
import type { VmFacts } from '../../../bench/vm-facts.ts'

const pace = { batchSize: 2, batchInterval: 600, grace: 300 }

/** Drain shown after 10, sign-out over and shown after 40, failover 100, agent shown after 130, undrain 5, commit 20. */
function vm(ordinal: number, begin: number, more: Partial<VmFacts> = {}): VmFacts {
  return {
    host: `vm-${ordinal}`,
    ordinal,
    hadSession: false,
    drainedAt: begin - 50,
    drainShown: begin - 40,
    acceptedAt: begin,
    failedOverAt: begin + 90,
    failoverShown: begin + 100,
    readyAt: begin + 120,
    readyShown: begin + 130,
    undrainedAt: begin + 140,
    undrainShown: begin + 145,
    commitAcceptedAt: begin + 150,
    committedAt: begin + 170,
    ...more,
  }
}
const signedOut = (begin: number) => ({
  hadSession: true,
  signOut: { askedAt: begin - 40, endedAt: begin - 10, shown: begin },
})

test('the bound of a VM is its release, what had to pass before its failover, and what came after it', () => {
  expect(makespanBound([vm(0, 1_000)], pace)).toBe(10 + 130 + 5 + 20)
})

test('grace counts for those who have somebody signed in', () => {
  expect(makespanBound([vm(0, 1_000, signedOut(1_000))], pace)).toBe(300 + 10 + 40 + 155)
})

test('a VM of the third batch is released two intervals after the start', () => {
  expect(makespanBound([vm(4, 9_000)], pace)).toBe(1_200 + 165)
})

test('no wait of the product enters the bound', () => {
  const slow = vm(0, 1_000, { undrainedAt: 5_000, undrainShown: 5_005, commitAcceptedAt: 7_000, committedAt: 7_020 })
  expect(makespanBound([slow], pace)).toBe(makespanBound([vm(0, 1_000)], pace))
})

test('told ahead of their batch, people wait for nothing but the slot', () => {
  expect(earliestBound([vm(2, 9_000, signedOut(9_000))], pace)).toBe(600 + 155)
})

test('a script needs every VM’s length one after the other', () => {
  expect(oneByOne([vm(0, 0), vm(1, 0)], pace)).toBe(300 + 2 * 165)
})

test('batches wait for the interval and for the whole batch before', () => {
  const long = { committedAt: 1_150 }
  expect(batchAfterBatch([vm(0, 0), vm(1, 0), vm(2, 0)], pace, 'once')).toBe(300 + 600 + 165)
  expect(batchAfterBatch([vm(0, 0, long), vm(1, 0), vm(2, 0)], pace, 'once')).toBe(300 + 1_145 + 165)
})

test('told in turn, a batch with somebody on it waits for its own grace', () => {
  const vms = [vm(0, 1_000, signedOut(1_000)), vm(1, 0), vm(2, 0)]
  expect(batchAfterBatch(vms, pace, 'in turn')).toBe(600 + 165)
  expect(batchAfterBatch(vms.slice(0, 1), pace, 'in turn')).toBe(505)
})

test('a VM may begin when it is ready and the slot of the one a batch before it is free', () => {
  const vms = [vm(0, 1_000), vm(1, 1_010), vm(2, 1_603, { drainShown: 1_500 })]
  expect(overheads(vms, pace)).toEqual([40, 40, 3])
})

test('two acceptances exactly one interval apart do not share a window', () => {
  expect(mostInInterval([0, 10, 600, 611], pace)).toBe(2)
  expect(mostInInterval([0, 10, 599, 611], pace)).toBe(3)
})

test('a batch is late against the first acceptance of all', () => {
  expect(batchDelays([0, 5, 602, 700, 1_205], pace)).toEqual([2, 5])
})

test('a batch of the plan starts with the first of its own, whoever that is', () => {
  const at = (ordinal: number, acceptedAt: number) => ({ ordinal, acceptedAt })
  const limits = { batchSize: 2, batchInterval: 600, grace: 0 }
  expect(plannedBatchDelays([at(0, 50), at(1, 10), at(3, 640), at(2, 625), at(4, 1_205)], limits)).toEqual([15, -5])
})
