import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDuration, writeDuration } from '../../../src/lib/plan/duration.ts'

describe('a length of time', () => {
  it.each<[string, number]>([
    ['10 min', 600_000],
    ['1 s', 1_000],
    ['0 s', 0],
    ['500 ms', 500],
    ['2 h 30 min', 9_000_000],
    ['2h 30min', 9_000_000],
    ['1 day', 86_400_000],
    ['1 d 1 h 1 min 1 s', 90_061_000],
    ['2 minutes', 120_000],
    ['PT10M', 600_000],
    ['P1DT2H', 93_600_000],
    ['PT0S', 0],
    ['P366D', 31_622_400_000],
  ])('%s is %i ms', (text, expected) => {
    expect(parseDuration(text)).toBe(expected)
  })

  it.each([
    '',
    ' ',
    '10',
    'min',
    '10 mins',
    '10 Min',
    '-1 s',
    '+1 s',
    '1.5 h',
    '1,5 h',
    '1e3 s',
    '10  min',
    ' 10 min',
    '10 min ',
    '30 min 2 h',
    '1 h 1 h',
    '10\tmin',
    '10\nmin',
    'P',
    'PT',
    'P1',
    'P1M',
    'P1Y',
    'P1W',
    'PT1.5S',
    'pt10m',
    'P1DT',
    '١٠ min',
    '10\u00a0min',
    '0x10 s',
    'Infinity s',
    'NaN',
    '367 d',
    'P367D',
    '999999999 d',
    '1'.repeat(60),
    'a'.repeat(1e6),
  ])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 366 * 86_400_000 }), (length) => {
        expect(parseDuration(writeDuration(length))).toBe(length)
      }),
    )
  })
})
