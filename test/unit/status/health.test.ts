import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { type HealthInput, healthOf } from '../../../src/lib/status/health.ts'

const now = 1_900_000_000_000
const well: HealthInput = {
  now,
  plan: { problems: [], warnings: [] },
  sweptAt: now - seconds(30),
  inventoryTakenAt: now - minutes(15),
  inventoryGaps: 0,
}

describe('health', () => {
  test('is ok when the plan is good, the sweep runs and the inventory is fresh and whole', () => {
    expect(healthOf(well)).toMatchObject({ status: 'ok', troubles: [], sweep: { age: 30_000 } })
  })

  test.each([
    [{ plan: { problems: [{ path: 'pairs', problem: 'is missing', right: 'a list' }], warnings: [] } }, 'plan'],
    [{ sweptAt: now - minutes(3) }, 'sweep'],
    [{ inventoryTakenAt: now - minutes(46) }, 'inventory is old'],
    [{ inventoryGaps: 2 }, '2 parts'],
  ])('is degraded by %o', (parts, word) => {
    const { status, troubles } = healthOf({ ...well, ...parts })
    expect([status, troubles]).toEqual(['degraded', [expect.stringContaining(word)]])
  })

  test('says what has never happened', () => {
    const { sweptAt: _, inventoryTakenAt: __, ...never } = well
    expect(healthOf(never)).toMatchObject({
      troubles: ['no sweep has run yet', 'no inventory has been taken yet'],
      sweep: {},
      inventory: { gaps: 0 },
    })
  })
})

describe('health of keep-alive', () => {
  const status = { pairId: 'pooled', ranAt: now - minutes(15), alarms: [], told: {} }
  const pairs = [
    { id: 'pooled', isKept: true },
    { id: 'personal', isKept: false },
  ]
  const troublesOf = (parts: Partial<typeof status> & { readonly failure?: string }) =>
    healthOf({ ...well, keepAlive: { pairs, statuses: [{ ...status, ...parts }] } }).troubles

  test('names the pairs whose hosts are kept alive and those where nobody does so', () => {
    expect(healthOf({ ...well, keepAlive: { pairs, statuses: [status] } })).toMatchObject({
      status: 'ok',
      keepAlive: { on: ['pooled'], off: ['personal'] },
    })
  })

  test('is degraded by a timer that does not run, a run that fails, and every alarm', () => {
    const alarms = [{ code: 'nearExpiry', hosts: 3, message: '3 hosts: no heartbeat for more than 60 d.' }]
    expect(healthOf({ ...well, keepAlive: { pairs, statuses: [] } }).troubles).toEqual([
      'keep-alive of pair pooled has not run yet',
    ])
    expect(troublesOf({ ranAt: now - minutes(46) })).toEqual(['keep-alive of pair pooled does not run'])
    expect(troublesOf({ failure: 'damaged row' })).toEqual(['keep-alive of pair pooled fails: damaged row'])
    expect(healthOf({ ...well, keepAlive: { pairs, statuses: [{ ...status, alarms }] } }).troubles).toEqual([
      'keep-alive of pair pooled: 3 hosts: no heartbeat for more than 60 d.',
    ])
  })
})

describe('health of waiting work', () => {
  const work = {
    pairId: 'personal',
    id: 'reprotect-1',
    kind: 'reprotect' as const,
    host: 'pc-1',
    side: 'secondary' as const,
    reason: 'Unprotected.',
    createdAt: now - minutes(61),
    notBefore: now,
    tries: 0,
  }
  const troublesOf = (...waiting: NonNullable<HealthInput['waiting']>) => healthOf({ ...well, waiting }).troubles

  test('names what has not begun for more than an hour, and why', () => {
    expect(troublesOf(work, { ...work, id: 'reprotect-2', problem: 'No cache storage.' })).toEqual([
      'reprotect of pair personal has waited for more than an hour for 2 desktops: No cache storage.',
    ])
  })

  test('is good while the work is new, is being done, or is for a person', () => {
    const some = [
      { ...work, createdAt: now - minutes(59) },
      { ...work, operationId: 'reprotect-personal-1' },
      { ...work, kind: 'commitReminder' as const },
    ]
    expect(troublesOf(...some)).toEqual([])
  })
})

describe('health of the pairs', () => {
  const evaluated = {
    at: now - minutes(15),
    takenAt: now - minutes(16),
    well: 50,
    open: { critical: 0, warning: 2, advice: 1 },
    waived: 3,
    unchecked: [{ rule: 'own-rights', count: 7, some: [] }],
  } as const
  const healthy = { pairId: 'pooled', evaluated }
  const health = (...evaluations: NonNullable<HealthInput['evaluations']>) => healthOf({ ...well, evaluations })

  test('counts findings of all pairs; warnings alone are no trouble', () => {
    expect(health(healthy, { ...healthy, pairId: 'personal' })).toMatchObject({
      status: 'ok',
      findings: { critical: 0, warning: 4, advice: 2, waived: 6, unchecked: 2 },
    })
  })

  test('is degraded by critical findings, by pairs that were never evaluated, and by those that are not any more', () => {
    const open = { critical: 2, warning: 0, advice: 0 }
    const skipped = { at: now, reason: 'row is damaged' }
    expect(
      health(
        { pairId: 'a', evaluated: { ...evaluated, open } },
        { pairId: 'b' },
        { pairId: 'c', evaluated: { ...evaluated, at: now - minutes(46) }, skipped },
        { pairId: 'd', evaluated, skipped },
      ).troubles,
    ).toEqual([
      '2 critical findings of pair a',
      'rules of pair b were never evaluated',
      'rules of pair c are not evaluated: row is damaged',
    ])
  })

  test('does not ask for rules before there is an inventory', () => {
    const { inventoryTakenAt: _, ...never } = well
    expect(healthOf({ ...never, evaluations: [{ pairId: 'a' }] }).troubles).toEqual(['no inventory has been taken yet'])
  })
})
