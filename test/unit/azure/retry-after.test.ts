import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quotaPauseOf, retryAfterOf } from '../../../src/lib/azure/retry-after.ts'

const date = 'Sat, 14 Mar 2026 21:00:00 GMT'
const of = (headers: Record<string, string>) => retryAfterOf((name) => headers[name])

test.each([
  ['seconds', { 'retry-after': '30' }, 30_000],
  ['zero', { 'retry-after': '0' }, 0],
  ['a negative number is no wait', { 'retry-after': '-5' }, 0],
  ['an absurd number is an hour', { 'retry-after': '99999999999' }, 3_600_000],
  ['a date', { date, 'retry-after': 'Sat, 14 Mar 2026 21:01:30 GMT' }, 90_000],
  ['a date that has passed is no wait', { date, 'retry-after': 'Sat, 14 Mar 2026 20:00:00 GMT' }, 0],
  ['a date far away is an hour', { date, 'retry-after': 'Sun, 14 Mar 2027 21:00:00 GMT' }, 3_600_000],
  ["a date without the server's own says nothing", { 'retry-after': 'Sat, 14 Mar 2026 21:01:30 GMT' }, undefined],
  ['milliseconds', { 'x-ms-retry-after-ms': '1500' }, 1_500],
  ['words say nothing', { 'retry-after': 'soon' }, undefined],
  ['nothing says nothing', {}, undefined],
  ['an empty one says nothing', { 'retry-after': ' ' }, undefined],
])('%s', (_, headers, expected) => {
  expect(of(headers)).toBe(expected)
})

test('whatever the header holds, the wait is between nothing and an hour', () => {
  const header = fc.oneof(
    fc.string(),
    fc.double().map(String),
    fc.date({ noInvalidDate: true }).map((at) => at.toUTCString()),
  )
  fc.assert(
    fc.property(header, (value) => {
      const wait = of({ date, 'retry-after': value })
      return wait === undefined || (Number.isInteger(wait) && wait >= 0 && wait <= 3_600_000)
    }),
    { numRuns: 5_000 },
  )
})

test.each([
  ['is left alone until its window is over when little of it is left', '3', '00:00:03', 3_000],
  ['may be asked again when there is more', '4', '00:00:03', undefined],
  ['may be asked again when it does not say for how long not to', '0', undefined, undefined],
  ['may be asked again when it does not say what is left', undefined, '00:00:03', undefined],
  ['may be asked again when what it says is no number', '-1', '00:00:03', undefined],
  ['is left alone for an hour at most', '0', '99:00:00', 3_600_000],
])('Resource Graph %s', (_, left, resets, expected) => {
  const headers: Record<string, string | undefined> = {
    'x-ms-user-quota-remaining': left,
    'x-ms-user-quota-resets-after': resets,
  }
  expect(quotaPauseOf((name) => headers[name])).toBe(expected)
})
