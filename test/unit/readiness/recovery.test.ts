import { describe, expect, it } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import type { PairSeen } from '../../../src/lib/model/inventory.ts'
import { etaOf } from '../../../src/lib/planning/eta.ts'
import { recoveryOf } from '../../../src/lib/readiness/recovery.ts'
import { personalSeen, planOf, planText, pooledSeen, previewOf, type Story, withSide } from '../../support/plans.ts'

const small = planOf(planText.replace('name: small', 'name: small\nlimits: { batchSize: 2, batchInterval: 10 min }'))

const recovery = (story: Story) => {
  const seen = story.seen ?? (story.pair === 'personal' ? personalSeen : pooledSeen)
  const { spec } = previewOf({ plan: small, ...story, seen })
  if (!spec) throw new Error('it is refused')
  return { spec, ...recoveryOf(spec, seen, etaOf(spec), etaOf(spec, {}, 'p90')) }
}

const busy = (seen: PairSeen, sessions: number): PairSeen =>
  withSide(seen, 'primary', {
    sessionHosts: (seen.primary.sessionHosts ?? []).map((host) => ({ ...host, sessions })),
  })

describe('desktops', () => {
  it('come back batch by batch, one user each', () => {
    const { batches, milestones, users, allUsersBack, unit } = recovery({ pair: 'personal' })
    const first = milestones.find(({ name }) => name === 'firstDesktopBack')?.likely ?? 0
    const last = milestones.find(({ name }) => name === 'lastDesktopBack')?.likely ?? 0
    expect(batches).toEqual([
      { machines: 2, seats: 2, likely: first, cautious: first },
      { machines: 3, seats: 3, likely: first + minutes(10), cautious: first + minutes(10) },
    ])
    expect({ unit, users, allUsersBack }).toEqual({
      unit: 'desktops',
      users: { count: 3, from: 'assigned' },
      allUsersBack: { likely: last, cautious: last },
    })
  })
})

describe('hosts of a pool', () => {
  it('have seats, and nobody is let in before access is granted', () => {
    const { batches, milestones, users, unit } = recovery({ seen: busy(pooledSeen, 3) })
    const granted = milestones.find(({ name }) => name === 'accessGranted')?.likely ?? 0
    const all = milestones.find(({ name }) => name === 'allHostsReady')?.likely ?? 0
    expect(batches.map(({ machines, seats }) => [machines, seats])).toEqual([
      [2, 20],
      [4, 40],
    ])
    expect(batches.map(({ likely }) => likely)).toEqual([Math.max(granted, all - minutes(10)), Math.max(granted, all)])
    expect({ unit, users }).toEqual({ unit: 'hosts', users: { count: 12, from: 'sessions' } })
  })

  it('are for as many users as there were at the peak, with its day', () => {
    const peaks = [
      { day: '2026-03-01', sessions: 18 },
      { day: '2026-03-02', sessions: 31 },
    ]
    const { users, allUsersBack, batches } = recovery({ seen: { ...busy(pooledSeen, 1), peaks } })
    expect(users).toEqual({ count: 31, from: 'peak', day: '2026-03-02' })
    expect(allUsersBack?.likely).toBe(batches[1]?.likely)
  })

  it('are too few for more users than they have seats, and no time is promised', () => {
    expect(recovery({ seen: { ...pooledSeen, peaks: [{ day: '2026-03-02', sessions: 41 }] } })).not.toHaveProperty(
      'allUsersBack',
    )
  })

  it('wait for the deadline of a dead side, not for a grace', () => {
    const grantedAt = (primaryIsDown: boolean) =>
      recovery({ request: { primaryIsDown } }).milestones.find(({ name }) => name === 'accessGranted')?.likely ?? 0
    expect(grantedAt(true)).toBeLessThan(grantedAt(false))
  })
})
