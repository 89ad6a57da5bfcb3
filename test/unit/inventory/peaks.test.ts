import { describe, expect, it } from 'vitest'
import { hours } from '../../../src/lib/core/time.ts'
import { nextPeaks } from '../../../src/lib/inventory/peaks.ts'
import { hostOf, now, personalSeen, planOf, pooledSeen, withoutPart, withSide } from '../../support/plans.ts'

const [pooled, personal] = planOf().pairs
if (!pooled || !personal) throw new Error('two pairs')
const withSessions = (primary: number, secondary: number) => {
  const of = (pool: string, group: string, sessions: number) => [hostOf(pool, group, 'vm', { sessions })]
  const first = withSide(pooledSeen, 'primary', { sessionHosts: of('hp-s', 'rg-s', primary) })
  return withSide(first, 'secondary', { sessionHosts: of('hp-w', 'rg-w', secondary) })
}
const day = hours(24)

describe('the peak of a day', () => {
  it('is the most that was seen on both sides together', () => {
    const first = nextPeaks(undefined, pooled, withSessions(40, 2), now)
    expect(first).toEqual([{ day: '2026-03-14', sessions: 42 }])
    expect(nextPeaks(first, pooled, withSessions(10, 1), now + 1)).toEqual(first)
    expect(nextPeaks(first, pooled, withSessions(50, 0), now + 1)).toEqual([{ day: '2026-03-14', sessions: 50 }])
  })

  it('begins anew at midnight UTC, and is kept for 30 days', () => {
    const first = nextPeaks(undefined, pooled, withSessions(40, 0), now)
    const next = nextPeaks(first, pooled, withSessions(3, 0), now + hours(3))
    expect(next).toEqual([
      { day: '2026-03-14', sessions: 40 },
      { day: '2026-03-15', sessions: 3 },
    ])
    expect(nextPeaks(next, pooled, withSessions(5, 0), now + 30 * day).map((peak) => peak.day)).toEqual([
      '2026-03-15',
      '2026-04-13',
    ])
  })

  it('is no smaller for a side that could not be read, and not counted where neither could', () => {
    const seen = withSessions(40, 2)
    const half = withoutPart(seen, 'primary', 'sessionHosts')
    const before = [{ day: '2026-03-14', sessions: 42 }]
    expect(nextPeaks(before, pooled, half, now)).toEqual(before)
    expect(nextPeaks(undefined, pooled, withoutPart(half, 'secondary', 'sessionHosts'), now)).toEqual([])
  })

  it('counts one pool in two regions once', () => {
    const hosts = [hostOf('hp-p', 'rg-p', 'pc-1', { sessions: 1 })]
    const one = withSide(personalSeen, 'primary', { sessionHosts: hosts })
    const both = withSide(one, 'secondary', { sessionHosts: hosts })
    expect(nextPeaks(undefined, personal, both, now)).toEqual([{ day: '2026-03-14', sessions: 1 }])
  })
})
