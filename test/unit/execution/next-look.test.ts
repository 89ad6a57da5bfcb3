import { expect, test } from 'vitest'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { nextLook } from '../../../src/lib/execution/next-look.ts'

const now = minutes(1_000) + seconds(17)

test('hosts that are woken look together, on the full minute, and never sooner than they would alone', () => {
  expect(nextLook('keepAlive', seconds(15), now)).toBe(seconds(43))
  expect(nextLook('keepAlive', seconds(44), now)).toBe(seconds(103))
  expect(nextLook('keepAlive', minutes(90), now)).toBe(minutes(90) + seconds(43))
})

test('what comes at once is not put off', () => {
  expect([0, seconds(1), seconds(2)].map((wait) => nextLook('keepAlive', wait, now))).toEqual([0, 1_000, 2_000])
})

test('a failover looks as soon as its steps want it', () => {
  expect(nextLook('failover', seconds(15), now)).toBe(seconds(15))
})

test('what would come right on the full minute is not put off to the next', () => {
  expect(nextLook('keepAlive', seconds(43), now)).toBe(seconds(43))
  expect(nextLook('keepAlive', seconds(2) + 1, now)).toBe(seconds(43))
})
