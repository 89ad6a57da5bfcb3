import { describe, expect, it } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { latestName, runReadiness } from '../../../src/lib/readiness/run-readiness.ts'
import { healthOf } from '../../../src/lib/status/health.ts'
import { viewReadiness } from '../../../src/lib/status/readiness-view.ts'
import { openEngine } from '../../support/engine-world.ts'
import { inventoryOf, now, planOf } from '../../support/plans.ts'

const plan = planOf()

async function seen(takenAt = now) {
  const opened = openEngine(undefined, now)
  await runReadiness({ world: opened.world, plan }, { ...inventoryOf(), takenAt })
  return { ...opened, view: (id?: string) => viewReadiness({ world: opened.world, plan }, id) }
}

describe('the view of readiness', () => {
  it('tells in words what there is no record of', async () => {
    const { view } = await seen()
    const [pooled] = (await view())?.pairs ?? []
    expect(pooled).toMatchObject({
      pairId: 'pooled',
      evaluatedAt: '2026-03-14T21:00:00Z',
      lastFailover: 'none on record',
      lastDrill: 'none on record',
      data: { takenAt: '2026-03-14T21:00:00Z', age: 0, isOld: false },
      capacity: [{ machines: 4, running: 0, lastStart: 'none on record' }],
    })
  })

  it('of one pair has its history, of all has none', async () => {
    const { view } = await seen()
    expect(await view()).not.toHaveProperty('history')
    expect(await view('personal')).toMatchObject({ pairs: [{ pairId: 'personal' }], history: [{}] })
  })

  it('of a pair the plan does not have is nothing', async () => {
    const { view } = await seen()
    expect(await view('nobody')).toBeUndefined()
  })

  it('of a pair that was never evaluated is no yes', async () => {
    const { world } = openEngine(undefined, now)
    expect((await viewReadiness({ world, plan }))?.pairs).toMatchObject([{ can: 'no' }, { can: 'no' }])
  })

  it('does not go on saying yes when what it is from has grown old', async () => {
    const { world, pass, view } = await seen()
    const latest = JSON.parse((await world.readiness.get(latestName)) ?? '')
    const yes = latest.pairs.map((pair: object) => ({ ...pair, can: 'yes' }))
    await world.readiness.put(latestName, JSON.stringify({ ...latest, pairs: yes }))
    const verdicts = [(await view('pooled'))?.pairs[0]?.can]
    pass(plan.limits.inventoryAge + minutes(1))
    verdicts.push((await view('pooled'))?.pairs[0]?.can)
    expect(verdicts).toEqual(['yes', 'yesBut'])
  })
})

describe('health', () => {
  const base = { now, plan: { problems: [], warnings: [] }, sweptAt: now, inventoryTakenAt: now, inventoryGaps: 0 }
  const pairOf = (can: 'yes' | 'yesBut' | 'no', ...codes: readonly string[]) => ({
    pairId: 'pooled',
    can,
    ways: [
      {
        primary: 'up' as const,
        can,
        refusals: codes.map((code) => ({ code, message: '', subjects: [], count: 0 })),
        accepted: [],
        warnings: [],
        hosts: { in: 0, out: 0, skipped: 0 },
      },
    ],
  })

  it('names a pair that could not be moved, and why', () => {
    expect(healthOf({ ...base, readiness: [pairOf('no', 'bothSides', 'driftFinding')] }).troubles).toEqual([
      'pair pooled could not be moved now: bothSides, driftFinding',
    ])
  })

  it('says nothing of a but, nor of a pair that is being moved', () => {
    expect(healthOf({ ...base, readiness: [pairOf('yesBut')] }).troubles).toEqual([])
    expect(healthOf({ ...base, readiness: [pairOf('no', 'pairHeld', 'bothSides')] }).troubles).toEqual([])
  })
})

// The evaluation of a stale inventory is as old as that.
it('dates the data by its inventory, not by the evaluation', async () => {
  const { view } = await seen(now - hours(25))
  expect((await view('pooled'))?.pairs[0]).toMatchObject({ data: { age: hours(25), isOld: true } })
})
