import { describe, expect, it } from 'vitest'
import { usualAutoscale } from '../../sim/fleets/fleet-options.ts'
import { transcript } from '../support/transcript.ts'
import { openAct } from './support/acts.ts'
import { expectGolden } from './support/golden.ts'
import { eventsOf, openScene, pooledOnly, runThrough, type Scene } from './support/scene.ts'

/** Autoscale on both sides, and faster than anybody would set it. */
const adversary = { ...pooledOnly, autoscale: { ...usualAutoscale, every: 60_000 } }

const meddling = (scene: Scene, since: number) =>
  [
    ...eventsOf(scene, 'startAccepted'),
    ...eventsOf(scene, 'deallocateAccepted'),
    ...eventsOf(scene, 'drainSet'),
  ].filter(({ by, at }) => by === 'scalingPlan' && at >= since)

describe('a pooled failover against autoscale on both sides', () => {
  it.each([1, 2, 3, 5])('keeps its hosts and its promises (seed %i)', async (seed) => {
    const scene = await openScene({
      seed,
      fleet: adversary,
      arrange({ estate }) {
        for (const { pools } of estate.scalingPlans.values()) for (const pool of pools) pool.enabled = true
      },
    })
    await scene.operator.pass(10 * 60_000)
    expect(meddling(scene, 0).length).toBeGreaterThan(0)
    await scene.operator.collect()
    const id = await runThrough(scene, { pairId: 'pooled-uk' })
    scene.story.stop()
    if (seed === 5) await expectGolden('autoscale', await transcript(scene.story, scene.operator, id))
    const { state } = await scene.operator.operation(id)
    expect(state.outcome).toBe('succeeded')
    const secured = state.stages.secure?.overAt ?? 0
    const onOldSide = eventsOf(scene, 'drainSet').filter(
      ({ by, at, pool }) => by === 'scalingPlan' && at > secured && pool.endsWith('uks'),
    )
    expect(onOldSide).toEqual([])
    const capacityAt = state.stages.capacity?.overAt ?? 0
    expect(meddling(scene, capacityAt)).toEqual([])
    const ready = scene.picture().filter((line) => /^host hp-pooled-ukw\/.* accepts/.test(line))
    expect(ready).toHaveLength(4)
    expect(scene.operator.verdict().violations).toEqual([])
  })

  it('has an adversary worth the name: left alone it takes hosts away', async () => {
    const act = await openAct('pooledStandby', 'failover', { fleet: { ...adversary, openSessions: false } })
    await act.operator.pass(30 * 60_000)
    act.story.stop()
    expect(eventsOf(act, 'deallocateAccepted').filter(({ by }) => by === 'scalingPlan').length).toBeGreaterThan(0)
  })
})
