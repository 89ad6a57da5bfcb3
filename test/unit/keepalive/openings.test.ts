import { describe, expect, test } from 'vitest'
import { hours, isoOf, minutes } from '../../../src/lib/core/time.ts'
import { instantOf, openingsBetween, startable } from '../../../src/lib/keepalive/openings.ts'
import { type WakeWindow, weekdays } from '../../../src/lib/plan/keep-alive.ts'

const nightly = (timeZone: string, parts: Partial<WakeWindow> = {}): WakeWindow => ({
  days: [...weekdays],
  from: hours(20),
  to: hours(6),
  timeZone,
  ...parts,
})
const at = (text: string) => Date.parse(text)

const told = (window: WakeWindow, from: string, until: string, stayOn = hours(2)) =>
  openingsBetween(window, stayOn, at(from), at(until)).map(({ opens, closes }) => `${isoOf(opens)} ${isoOf(closes)}`)

describe('a window', () => {
  test('opens and closes by the clock on the wall, before and after clocks go forward', () => {
    expect(told(nightly('Europe/London'), '2026-03-27T12:00:00Z', '2026-03-30T12:00:00Z')).toEqual([
      '2026-03-27T20:00:00Z 2026-03-28T06:00:00Z',
      '2026-03-28T20:00:00Z 2026-03-29T05:00:00Z',
      '2026-03-29T19:00:00Z 2026-03-30T05:00:00Z',
    ])
  })

  test('is an hour longer in the night clocks go back', () => {
    expect(told(nightly('America/New_York'), '2026-10-31T12:00:00Z', '2026-11-02T12:00:00Z')).toEqual([
      '2026-11-01T00:00:00Z 2026-11-01T11:00:00Z',
      '2026-11-02T01:00:00Z 2026-11-02T11:00:00Z',
    ])
  })

  test('takes the whole hour that comes twice', () => {
    const window = nightly('Europe/London', { from: hours(1), to: hours(2) })
    expect(told(window, '2026-10-24T12:00:00Z', '2026-10-26T12:00:00Z', minutes(20))).toEqual([
      '2026-10-25T00:00:00Z 2026-10-25T02:00:00Z',
      '2026-10-26T01:00:00Z 2026-10-26T02:00:00Z',
    ])
  })

  test('is left out on the day its hour does not exist, and when too little of it is left for a wake-up', () => {
    const gone = nightly('Europe/London', { from: hours(1), to: hours(2) })
    expect(told(gone, '2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z', minutes(20))).toEqual([
      '2026-03-30T00:00:00Z 2026-03-30T01:00:00Z',
    ])
    const short = nightly('Europe/London', { from: hours(0), to: hours(3) })
    expect(told(short, '2026-03-28T12:00:00Z', '2026-03-29T22:00:00Z')).toEqual([])
    expect(told(short, '2026-03-28T12:00:00Z', '2026-03-29T22:00:00Z', minutes(90))).toEqual([
      '2026-03-29T00:00:00Z 2026-03-29T02:00:00Z',
    ])
  })

  test.each([
    // Half an hour is all that clocks change by on Lord Howe Island.
    ['Australia/Lord_Howe', '2026-10-03T14:00:00Z', ['2026-10-03T13:30:00Z 2026-10-04T13:00:00Z']],
    // In Chile the day of the change begins at one o'clock.
    [
      'America/Santiago',
      '2026-09-06T02:00:00Z',
      ['2026-09-05T04:00:00Z 2026-09-06T04:00:00Z', '2026-09-06T04:00:00Z 2026-09-07T03:00:00Z'],
    ],
    [
      'Asia/Kathmandu',
      '2026-06-01T00:00:00Z',
      ['2026-05-31T18:15:00Z 2026-06-01T18:15:00Z', '2026-06-01T18:15:00Z 2026-06-02T18:15:00Z'],
    ],
  ])('of whole days follows the days of %s', (timeZone, from, expected) => {
    const window = nightly(timeZone, { from: 0, to: hours(24) })
    const until = isoOf(at(from) + hours(20))
    expect(told(window, from, until)).toEqual(expected)
  })

  test('belongs to the day on which it opens', () => {
    const window = nightly('UTC', { days: ['fri'] })
    expect(told(window, '2026-03-11T00:00:00Z', '2026-03-22T00:00:00Z')).toEqual([
      '2026-03-13T20:00:00Z 2026-03-14T06:00:00Z',
      '2026-03-20T20:00:00Z 2026-03-21T06:00:00Z',
    ])
    // Friday evening in Auckland is Friday morning in UTC.
    expect(told({ ...window, timeZone: 'Pacific/Auckland' }, '2026-06-11T00:00:00Z', '2026-06-14T00:00:00Z')).toEqual([
      '2026-06-12T08:00:00Z 2026-06-12T18:00:00Z',
    ])
  })

  test('that is open counts until a host started in it would not be off when it closes', () => {
    const [opening] = openingsBetween(nightly('UTC'), hours(2), at('2026-03-14T03:00:00Z'), at('2026-03-14T12:00:00Z'))
    if (!opening) throw new Error('it is open')
    expect(isoOf(opening.lastStart)).toBe('2026-03-14T03:30:00Z')
    expect(startable([opening], at('2026-03-14T03:30:00Z'))).toEqual([opening])
    expect(startable([opening], at('2026-03-14T03:30:01Z'))).toEqual([])
  })
})

describe('the clock on the wall', () => {
  test('shows a time twice when it goes back: the first and the last moment differ', () => {
    const wall = Date.UTC(2026, 9, 25, 1, 30)
    expect(isoOf(instantOf('Europe/London', wall, 'first'))).toBe('2026-10-25T00:30:00Z')
    expect(isoOf(instantOf('Europe/London', wall, 'last'))).toBe('2026-10-25T01:30:00Z')
  })

  test('never shows a time that it skips: the moment is as if it had not gone forward', () => {
    expect(isoOf(instantOf('Europe/London', Date.UTC(2026, 2, 29, 1, 30), 'first'))).toBe('2026-03-29T01:30:00Z')
  })
})
