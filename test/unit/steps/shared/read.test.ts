import { expect, test } from 'vitest'
import { couldNotLook } from '../../../../src/lib/steps/shared/look.ts'
import { together, wantedForBegin, wantedSince } from '../../../../src/lib/steps/shared/read.ts'
import { gone, now } from '../../../support/step-things.ts'
import { stageOf } from '../../../support/steps.ts'

const read = (value: string, readAt: number) => ({ kind: 'read', value, readAt }) as const
const unread = { kind: 'unread', look: couldNotLook(now, gone) } as const

test('reads taken together are as old as the oldest', () => {
  expect(together([read('a', now - 1), read('b', now - 3), read('c', now - 2)], now)).toEqual({
    kind: 'read',
    value: ['a', 'b', 'c'],
    readAt: now - 3,
  })
})

test('one that could not be read leaves nothing read', () => {
  expect(together([read('a', now), unread], now)).toBe(unread)
})

test('a look wants listings from after the step was entered and its attempt begun', () => {
  expect(wantedSince(stageOf({ enteredAt: now - 5 }).context)).toBe(now - 5)
  expect(wantedSince(stageOf({ enteredAt: now - 5, begunAt: now - 2 }).context)).toBe(now - 2)
})

test('a begin wants listings of the last 10 s, and from after the step was entered', () => {
  expect(wantedForBegin(stageOf({ enteredAt: now - 60_000, begunAt: now }).context)).toBe(now - 10_000)
  expect(wantedForBegin(stageOf({ enteredAt: now - 5 }).context)).toBe(now - 5)
})
