import { expect, test } from 'vitest'
import { informed, judged } from '../../../bench/entry.ts'
import { median, percentile } from '../../../bench/percentile.ts'

test('an entry is ok up to its bar and no further', () => {
  expect(judged('x', 102, 100, 1.02)).toMatchObject({ ratio: 1.02, bar: 1.02, ok: true })
  expect(judged('x', 102.1, 100, 1.02).ok).toBe(false)
})

test('where nothing is allowed, one is a miss', () => {
  expect(judged('429s', 0, 0).ok).toBe(true)
  expect(judged('429s', 1, 0).ok).toBe(false)
})

test('an entry for information has no bar and survives JSON', () => {
  const entry = informed('script', 500, 100)
  expect(JSON.parse(JSON.stringify(entry))).toEqual({
    name: 'script',
    value: 500,
    limit: 100,
    ratio: 5,
    bar: null,
    ok: true,
  })
})

test('a percentile is a value that was measured, the nearest rank', () => {
  const values = [5, 1, 4, 2, 3]
  expect(median(values)).toBe(3)
  expect(percentile(values, 0.99)).toBe(5)
  expect(percentile(values, 0.2)).toBe(1)
  expect(percentile([], 0.5)).toBe(0)
})
