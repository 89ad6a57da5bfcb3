import { describe, expect, it } from 'vitest'
import { noted } from '../../../src/lib/execution/timeline.ts'
import { type TimelineEntry, timelineLength } from '../../../src/lib/ports/operations.ts'

const entry = (at: number, text: string, step?: string): TimelineEntry => ({
  at,
  text,
  ...(step !== undefined && { step }),
})

describe('a timeline', () => {
  it('keeps what was there and puts what is new behind it', () => {
    expect(noted([entry(1, 'begins')], [entry(2, 'underway'), entry(3, 'done')])).toEqual([
      entry(1, 'begins'),
      entry(2, 'underway'),
      entry(3, 'done'),
    ])
  })

  it('says what goes on only once, with the moment it began', () => {
    const before = [entry(1, 'underway', 'startVm@secondary')]
    expect(noted(before, [entry(2, 'underway', 'startVm@secondary')])).toEqual(before)
    expect(noted([], [entry(2, 'underway'), entry(3, 'underway')])).toEqual([entry(2, 'underway')])
  })

  it('says the same of another step, and says again what came back', () => {
    const entries = [
      entry(1, 'underway', 'startVm@secondary'),
      entry(2, 'underway', 'awaitHost@secondary'),
      entry(3, 'could not look', 'awaitHost@secondary'),
      entry(4, 'underway', 'awaitHost@secondary'),
    ]
    expect(noted([], entries)).toEqual(entries)
  })

  it('drops the oldest lines of a long one but the first', () => {
    const before = Array.from({ length: timelineLength }, (_, i) => entry(i, `line ${i}`))
    const after = noted(before, [entry(99, 'the last')])
    expect(after).toHaveLength(timelineLength)
    expect([after[0]?.text, after[1]?.text, after.at(-1)?.text]).toEqual(['line 0', 'line 2', 'the last'])
    expect(before).toHaveLength(timelineLength)
  })
})
