import { describe, expect, it } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import type { EndedRun, MeasuredRun, PastOfPair } from '../../../src/lib/model/past.ts'
import { sampleOf, stepTimesOf, withRun } from '../../../src/lib/planning/measured.ts'
import { clockworkOf } from '../../../src/lib/planning/step-times.ts'

const nothing: PastOfPair = { pairId: 'a', strategy: 'pooledStandby', last: {}, measured: [] }

const sample = (...lengths: readonly number[]) => sampleOf(lengths) ?? { count: 0, deciles: [] }

const runOf = (operationId: string, at: number, traits: Partial<MeasuredRun> = {}): MeasuredRun => ({
  operationId,
  kind: 'failover',
  at,
  parts: { hostReady: sample(at) },
  ...traits,
})

const endOf = (operationId: string, at: number): EndedRun => ({
  operationId,
  at,
  outcome: 'succeeded',
  duration: minutes(10),
  primaryIsDown: false,
  arrived: 4,
})

describe('a sample', () => {
  it('is nothing where nothing was measured', () => {
    expect(sampleOf([])).toBeUndefined()
  })

  it('keeps eleven points of whatever was measured', () => {
    expect(sampleOf(Array.from({ length: 100 }, (_, i) => 100 - i))).toEqual({
      count: 100,
      deciles: [1, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100],
    })
    expect(sampleOf([7])?.deciles).toEqual(Array(11).fill(7))
  })
})

describe('what is kept of runs', () => {
  it('is the same when one is noted twice', () => {
    const once = withRun(nothing, runOf('op-1', 5), endOf('op-1', 5))
    expect(withRun(once, runOf('op-1', 5), endOf('op-1', 5))).toEqual(once)
  })

  it('is the newest five of each kind, so that wake-ups leave room for failovers', () => {
    const wakes = Array.from({ length: 9 }, (_, i) => runOf(`wake-${i}`, 10 + i, { kind: 'keepAlive' }))
    const past = wakes.reduce(
      (before, run) => withRun(before, run, undefined),
      withRun(nothing, runOf('op-1', 5), endOf('op-1', 5)),
    )
    expect(past.measured.map(({ operationId }) => operationId)).toEqual([
      'op-1',
      'wake-4',
      'wake-5',
      'wake-6',
      'wake-7',
      'wake-8',
    ])
    expect(Object.keys(past.last)).toEqual(['failover'])
  })

  it('remembers the newest end of a kind, also when it is noted late', () => {
    const later = withRun(nothing, runOf('op-2', 9), endOf('op-2', 9))
    expect(withRun(later, runOf('op-1', 5), endOf('op-1', 5)).last.failover?.operationId).toBe('op-2')
  })

  it('keeps no run that measured nothing', () => {
    expect(withRun(nothing, runOf('op-1', 5, { parts: {} }), endOf('op-1', 5)).measured).toEqual([])
  })
})

describe('measured times', () => {
  const past = (pairId: string, strategy: string, ...lengths: readonly number[]): PastOfPair => ({
    pairId,
    strategy,
    last: {},
    measured: [runOf('op-1', 1, { parts: { hostReady: sample(...lengths) } })],
  })

  it('are the middle and what nine in ten did not exceed', () => {
    const lengths = Array.from({ length: 1_000 }, (_, i) => i + 1)
    expect(stepTimesOf([past('a', 'pooledStandby', ...lengths)], 'a', 'pooledStandby').hostReady).toEqual({
      count: 1_000,
      median: 500,
      p90: 900,
      from: 'thisPair',
    })
  })

  it('weigh a run by how much was measured in it', () => {
    const many = past('a', 'pooledStandby', ...Array<number>(99).fill(10))
    const both = { ...many, measured: [...many.measured, runOf('op-2', 2, { parts: { hostReady: sample(1_000) } })] }
    expect(stepTimesOf([both], 'a', 'pooledStandby').hostReady).toMatchObject({ count: 100, median: 10, p90: 10 })
  })

  it('are those of other pairs of the strategy only where the pair has none', () => {
    const pasts = [past('b', 'pooledStandby', 7), past('c', 'personalReplicated', 99)]
    expect(stepTimesOf(pasts, 'a', 'pooledStandby').hostReady).toMatchObject({ median: 7, from: 'otherPairs' })
    expect(stepTimesOf([...pasts, past('a', 'pooledStandby', 3)], 'a', 'pooledStandby').hostReady?.median).toBe(3)
  })

  it('stand in place of what is assumed, and it is said which was used', () => {
    const measured = stepTimesOf([past('a', 'pooledStandby', 1, 1, 1, 1, 9)], 'a', 'pooledStandby')
    const { takes, used } = clockworkOf(measured, 'p90')
    expect([takes('hostReady'), takes('grant')]).toEqual([9, minutes(1)])
    expect(used()).toEqual([
      { part: 'hostReady', takes: 9, from: 'thisPair', count: 5 },
      { part: 'grant', takes: minutes(1), from: 'assumed', count: 0 },
    ])
  })
})
