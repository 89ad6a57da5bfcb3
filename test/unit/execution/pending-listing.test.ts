import { describe, expect, it } from 'vitest'
import { seconds } from '../../../src/lib/core/time.ts'
import {
  isSlow,
  newerAfter,
  type Pending,
  patience,
  pendingElsewhere,
} from '../../../src/lib/execution/pending-listing.ts'

const start = 1_900_000_000_000
const pending = (took?: number): Pending => ({ startedAt: start, since: 1_000, took, heirs: 0 })
const at = (length: number) => 1_000 + length

describe('when to come again for a listing that somebody is at', () => {
  it.each([
    ['at the end of one that took that long before', seconds(40), seconds(10), seconds(30.5)],
    ['not later for one that is about to come', seconds(40), seconds(35), undefined],
    ['not later for a short one', patience, 0, undefined],
    ['after half as long again, when it takes longer than before', seconds(8), seconds(20), seconds(10.5)],
    ['not later for a first one that has begun just now', undefined, 0, undefined],
    ['after half as long again for a first one that takes its time', undefined, seconds(14), seconds(7.5)],
    ['after a minute at the latest', seconds(90), 0, seconds(60)],
  ])('is %s', (_, took, gone, after) => {
    expect(newerAfter(pending(took), at(gone), start)).toBe(after)
    expect(newerAfter(pending(took), at(gone), undefined)).toBe(after)
  })

  it('is its end for two who need a later one, and the end of that one for all others', () => {
    const one = pending(seconds(20))
    const told = Array.from({ length: 4 }, () => newerAfter(one, at(seconds(5)), start + 1))
    expect(told).toEqual([seconds(15.5), seconds(15.5), seconds(35.5), seconds(35.5)])
    expect(newerAfter(one, at(seconds(5)), start)).toBe(seconds(15.5))
  })

  it('is counted from the row of the list when another process is at it', () => {
    const clock = { now: () => start + seconds(12), monotonic: () => seconds(100) }
    const told = { since: start, took: seconds(40) }
    const elsewhere = pendingElsewhere(told, clock, undefined)
    expect(elsewhere).toEqual({ startedAt: start, since: seconds(88), took: seconds(40), heirs: 0 })
    expect(pendingElsewhere(undefined, clock, elsewhere)).toBeUndefined()
  })

  it('remembers who was told to make the next one, until somebody is at that', () => {
    const clock = { now: () => start, monotonic: () => 0 }
    const before = { ...pending(seconds(40)), heirs: 2 }
    expect(pendingElsewhere({ since: start, took: 1 }, clock, before)?.heirs).toBe(2)
    expect(pendingElsewhere({ since: start + 1, took: 1 }, clock, before)?.heirs).toBe(0)
  })
})

it('a list is slow when it took longer than anybody waits for it', () => {
  expect([undefined, patience, patience + 1].map(isSlow)).toEqual([false, false, true])
})
