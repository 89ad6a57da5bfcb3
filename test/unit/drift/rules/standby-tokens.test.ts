import { describe, expect, test } from 'vitest'
import { hours, minutes } from '../../../../src/lib/core/time.ts'
import { standbyTokens as rule } from '../../../../src/lib/drift/rules/standby-tokens.ts'
import type { HostClock } from '../../../../src/lib/model/host-clock.ts'
import { afterFailover, leftSeen, restingSeen, withHosts } from '../../../support/host-traits.ts'
import { now } from '../../../support/plans.ts'
import { contextOf, type RuleStory, subjectsOf, withGap } from '../../../support/rule-context.ts'
import { planWith } from '../../../support/side-traits.ts'

const days = (n: number) => hours(24 * n)
const silentFor = (age: number, only?: readonly string[]) =>
  withHosts(
    withHosts(restingSeen, 'secondary', { host: { lastHeartbeat: now - days(20) } }),
    'secondary',
    { host: { lastHeartbeat: now - age } },
    only,
  )
const clockOf = (host: string, traits: Partial<HostClock> = {}): HostClock => ({
  pairId: 'pooled',
  side: 'secondary',
  host,
  firstSeen: now - days(200),
  startFailures: [],
  left: [],
  ...traits,
})
const check = (story: RuleStory) => rule.check(contextOf(story))

describe('standby-tokens', () => {
  test('is well while every host was alive in the last weeks', () => {
    expect(check({ seen: silentFor(days(20)) })).toEqual({ findings: [], unchecked: [] })
  })

  test('finds one that has been silent for longer than a registration lasts', () => {
    const { findings } = check({ seen: silentFor(days(91), ['vm-w2']) })
    expect(findings).toEqual([
      {
        subject: 'vm-w2',
        evidence: 'vm-w2 has been silent since 2025-12-13T21:00:00Z, 91 days: its registration has lapsed.',
      },
    ])
  })

  test('warns 30 days before, or from when the plan says', () => {
    expect(check({ seen: silentFor(days(61), ['vm-w2']) }).findings).toMatchObject([
      { subject: 'vm-w2', severity: 'warning' },
    ])
    const plan = planWith({ pooled: 'keepAlive: { warnAfter: 70 d }' })
    expect(check({ plan, seen: silentFor(days(61), ['vm-w2']) }).findings).toEqual([])
  })

  test('believes the clock more than the heartbeat of a run that was too short', () => {
    const beats = { from: now - days(5) - minutes(2), to: now - days(5), isOver: true as const }
    const clocks = [clockOf('vm-w1', { beats, lastProof: now - days(95) })]
    expect(subjectsOf(check({ clocks, seen: silentFor(days(5), ['vm-w1']) }))).toEqual(['vm-w1'])
  })

  test('a proof that is newer than the heartbeat counts', () => {
    expect(
      check({ clocks: [clockOf('vm-w1', { lastProof: now - days(3) })], seen: silentFor(days(95), ['vm-w1']) }),
    ).toEqual({
      findings: [],
      unchecked: [],
    })
  })

  test('warns of one that a wake-up could not prove alive', () => {
    const lastWake = { operationId: 'keepAlive-7', at: now - days(1), outcome: 'noHeartbeat' } as const
    const { findings } = check({
      clocks: [clockOf('vm-w3', { lastProof: now - days(26), lastWake })],
      seen: silentFor(days(26)),
    })
    expect(findings).toMatchObject([{ subject: 'vm-w3', severity: 'warning' }])
    expect(findings[0]?.evidence).toContain('keepAlive-7')
  })

  test('says nothing of a host that is alive now, nor of the side in use', () => {
    const alive = withHosts(silentFor(days(20)), 'secondary', { host: { lastHeartbeat: now - minutes(1) } }, ['vm-w1'])
    const clocks = [clockOf('vm-w1', { beats: { from: now - minutes(9), to: now } })]
    expect(check({ seen: alive, clocks })).toEqual({ findings: [], unchecked: [] })
    const working = withHosts(silentFor(days(20)), 'primary', { host: { lastHeartbeat: now - days(100) } })
    expect(check({ seen: working }).findings).toEqual([])
  })

  test('after a failover the hosts of the primary are the ones', () => {
    const seen = withHosts(leftSeen, 'primary', { host: { lastHeartbeat: now - days(100) } }, ['vm-s4'])
    expect(subjectsOf(check({ seen, pairState: afterFailover }))).toEqual(['vm-s4'])
  })

  test('could not check a host that nobody has seen alive, and none without clocks or hosts', () => {
    const [first, ...rest] = silentFor(days(20)).secondary.sessionHosts ?? []
    const { lastHeartbeat: _, ...silent } = first ?? {
      name: '',
      id: '',
      status: '',
      allowNewSession: false,
      sessions: 0,
    }
    const seen = { ...restingSeen, secondary: { ...restingSeen.secondary, sessionHosts: [silent, ...rest] } }
    expect(check({ seen }).unchecked).toMatchObject([{ subject: 'vm-w1' }])
    expect(check({ clocks: undefined }).unchecked).toMatchObject([{ subject: '' }])
    const behindGap = withGap(silentFor(days(100)), 'secondary', 'sessionHosts', 'asLastSeen')
    expect(check({ seen: behindGap })).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
  })
})
