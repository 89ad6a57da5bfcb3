import { describe, expect, it } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import type { PairState } from '../../../src/lib/model/pair-state.ts'
import type { PastOfPair } from '../../../src/lib/model/past.ts'
import type { DriftSeen } from '../../../src/lib/planning/drift-seen.ts'
import { assess } from '../../../src/lib/readiness/assess.ts'
import { driftOf, lockFinding } from '../../support/drift-stories.ts'
import { hostOf, inventoryOf, movedSeen, personalSeen, pooledSeen, withoutPart, withSide } from '../../support/plans.ts'
import { contextOf, type RuleStory } from '../../support/rule-context.ts'

type Asked = RuleStory & { readonly drift?: DriftSeen; readonly pasts?: readonly PastOfPair[] }

const readinessOf = ({ drift = driftOf(), pasts = [], ...story }: Asked = {}) => {
  const context = contextOf(story)
  return assess({ context, inventory: inventoryOf({ [context.pair.id]: context.seen }), drift, pasts })
}

const withStranded = withSide(pooledSeen, 'secondary', {
  sessionHosts: [...(pooledSeen.secondary.sessionHosts ?? []), hostOf('hp-w', 'rg-w', 'vm-w9')],
})
const heldBy = (kind: 'keepAlive' | 'failover'): Partial<PairState> => ({ heldBy: { operationId: 'op-1', kind } })
const harmless = { ...lockFinding, blocks: 'never' as const }

describe('whether a pair could fail over', () => {
  it.each(['pooled', 'personal'] as const)('is a plain yes for a sound %s pair', (pair) => {
    const { can, ways, critical, unchecked } = readinessOf({ pair })
    expect({ can, critical, unchecked }).toEqual({ can: 'yes', critical: [], unchecked: [] })
    expect(ways.map(({ primary, can: way }) => [primary, way])).toEqual([
      ['up', 'yes'],
      ['down', 'yes'],
    ])
  })

  it('is no for a finding that holds it up, though a dead primary would get past it', () => {
    const { can, ways } = readinessOf({ drift: driftOf({ findings: [lockFinding] }) })
    expect(can).toBe('no')
    expect(ways.map((way) => way.can)).toEqual(['no', 'yesBut'])
    expect(ways[0]?.refusals).toMatchObject([{ code: 'driftFinding', subjects: [lockFinding.fingerprint], count: 1 }])
    expect(ways[1]?.accepted).toMatchObject([{ code: 'driftFinding' }])
  })

  it.each<[string, Asked]>([
    ['a critical finding that holds nothing up', { drift: driftOf({ findings: [harmless] }) }],
    [
      'something that could not be checked',
      { drift: driftOf({ unchecked: [{ rule: 'a', subject: '', reason: 'b' }] }) },
    ],
    ['a host that would be left out', { seen: withStranded }],
  ])('is a but for %s', (_, story) => {
    expect(readinessOf(story).can).toBe('yesBut')
  })

  it.each<[string, Asked]>([
    ['a wake-up, which gives way', { pairState: heldBy('keepAlive') }],
    ['what the plan waives', { drift: driftOf({ waived: [lockFinding] }) }],
    ['a warning', { drift: driftOf({ findings: [{ ...harmless, severity: 'warning' }] }) }],
  ])('is no worse for %s', (_, story) => {
    expect(readinessOf(story).can).toBe('yes')
  })

  it('is a but while a primary that does not answer keeps only the move with it up from being planned', () => {
    const silent = withoutPart(pooledSeen, 'primary', 'sessionHosts')
    const { can, ways } = readinessOf({ seen: silent })
    expect([can, ways.map((way) => way.can)]).toEqual(['yesBut', ['no', 'yesBut']])
    expect(readinessOf({ seen: silent, drift: driftOf({ findings: [lockFinding] }) }).can).toBe('no')
    // Back home there is no other way.
    const back = withoutPart(movedSeen, 'primary', 'vms')
    expect(readinessOf({ seen: back, pairState: { activeSide: 'secondary' } }).can).toBe('no')
  })

  it('is no while another operation holds the pair', () => {
    expect(readinessOf({ pairState: heldBy('failover') }).can).toBe('no')
  })

  it('is asked of the way back once users are on the secondary, and that with the primary up alone', () => {
    const { move, ways, can } = readinessOf({ seen: movedSeen, pairState: { activeSide: 'secondary' } })
    expect([move, can, ways.map(({ primary }) => primary)]).toEqual(['failback', 'yes', ['up']])
  })

  it('names critical findings with their evidence, and doubts by rule', () => {
    const unchecked = ['x', 'y', 'x'].map((reason) => ({ rule: 'a-rule', subject: '', reason }))
    const readiness = readinessOf({ drift: driftOf({ findings: [harmless], unchecked }) })
    expect(readiness.critical).toEqual([
      { code: harmless.rule, message: harmless.evidence, subjects: [harmless.fingerprint], count: 1 },
    ])
    expect(readiness.unchecked).toEqual([{ rule: 'a-rule', reasons: ['x', 'y'] }])
  })

  it('keeps the first names of many, and how many there are', () => {
    const findings = Array.from({ length: 50 }, (_, i) => ({ ...lockFinding, fingerprint: `no-delete-locks:${i}` }))
    const [up] = readinessOf({ drift: driftOf({ findings }) }).ways
    expect(up?.refusals[0]).toMatchObject({ count: 50 })
    expect(up?.refusals[0]?.subjects).toHaveLength(20)
  })
})

describe('beside it', () => {
  const ended = { operationId: 'op-1', at: 5, outcome: 'succeeded', duration: 9, primaryIsDown: false, arrived: 4 }
  const past: PastOfPair = {
    pairId: 'personal',
    strategy: 'personalReplicated',
    last: { failover: ended },
    measured: [
      {
        operationId: 'op-1',
        kind: 'failover',
        at: 5,
        parts: { desktopReady: { count: 10, deciles: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map(minutes) } },
      },
    ],
  }

  it('stands when it was done last, and no drill that never was', () => {
    expect(readinessOf({ pair: 'personal', pasts: [past] }).last).toEqual({ failover: ended })
    expect(readinessOf({ pasts: [past] }).last).toEqual({})
  })

  it('goes by what was measured: the middle for what is likely, nine in ten for the cautious', () => {
    const [assumed, measured] = [[], [past]].map((pasts) => readinessOf({ pair: 'personal', pasts }).ways[0]?.recovery)
    const first = assumed?.milestones[0]
    const then = measured?.milestones[0]
    expect(first?.likely).toBe(first?.cautious)
    expect([(then?.likely ?? 0) - (first?.likely ?? 0), (then?.cautious ?? 0) - (first?.likely ?? 0)]).toEqual([
      minutes(2),
      minutes(6),
    ])
    expect(measured?.times).toContainEqual({ part: 'desktopReady', takes: minutes(6), from: 'thisPair', count: 10 })
  })

  it('leaves out how long it would take where it would be refused', () => {
    const { ways } = readinessOf({ seen: { ...personalSeen, replicatedItems: [] }, pair: 'personal' })
    expect(ways.map((way) => [way.can, way.recovery])).toEqual([
      ['no', undefined],
      ['no', undefined],
    ])
  })
})
