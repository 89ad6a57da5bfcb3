import { describe, expect, it } from 'vitest'
import { spoilPoints } from '../../sim/arm/site-recovery-recovery-points.ts'
import { killRegion, reviveRegion } from '../../sim/estate/regions.ts'
import { followUpTimer } from '../../sim/virtual/app-timers.ts'
import { hours, minutes } from '../../src/lib/core/time.ts'
import { transcript } from '../support/transcript.ts'
import { expectGolden } from './support/golden.ts'
import { eventsOf, openScene, personalOnly, runThrough } from './support/scene.ts'
import { itemsOf } from './support/site-recovery.ts'

const fleet = { ...personalOnly, personalVms: 4, extensions: 'four' as const }
const pairId = 'personal-uk'

describe('replicated desktops whose primary region is dead', () => {
  it('come up, have their extensions back, and are protected again by themselves when the region is back', async () => {
    const scene = await openScene({
      fleet,
      plan: { replicated: { reprotect: 'auto' } },
      timers: [followUpTimer],
    })
    killRegion(scene.sim, scene.ids.primaryLocation)
    await scene.operator.pass(minutes(2))
    const id = await runThrough(scene, { pairId, primaryIsDown: true })
    const { troubles } = await scene.operator.report(id)
    expect(troubles.flatMap(({ passedOver = [] }) => passedOver)).not.toContain('restoreExtensions')
    expect(eventsOf(scene, 'extensionAccepted')).toHaveLength(16)
    await scene.operator.pass(hours(6))
    expect(itemsOf(scene).map(({ state }) => state.now())).toEqual(['Committed', 'Committed', 'Committed', 'Committed'])
    reviveRegion(scene.sim, scene.ids.primaryLocation)
    const readsBefore = scene.sim.ledger.calls().length
    await scene.operator.pass(hours(8))
    scene.story.stop()
    expect(scene.sim.ledger.calls().length).toBeGreaterThan(readsBefore)
    expect([...scene.sim.estate.replicatedItems.values()].map(({ state }) => state.now())).toEqual([
      'Protected',
      'Protected',
      'Protected',
      'Protected',
    ])
    const { world } = scene.story.desk
    const followUps = await scene.operator.ask(world.followUps.ofPair(pairId))
    expect(followUps.filter(({ ended }) => !ended)).toEqual([])
    expect(scene.operator.verdict().violations).toEqual([])
  })
})

describe('a failover to a bad recovery point', () => {
  it('is not committed, comes up from another point on request, and is committed then', async () => {
    const scene = await openScene({ fleet })
    const [item] = itemsOf(scene, 0, 1)
    if (!item) throw new Error('no item')
    spoilPoints(scene.sim, item, 0)
    const id = await runThrough(scene, { pairId })
    expect((await scene.operator.operation(id)).state).toMatchObject({ outcome: 'partial' })
    expect(item.state.now()).toBe('CommitPending')
    expect(eventsOf(scene, 'commitAccepted')).toHaveLength(3)
    spoilPoints(scene.sim, item, 0, 0)
    await scene.operator.collect()
    const again = await runThrough(scene, {
      pairId,
      kind: 'changeRecoveryPoint',
      hosts: ['avdd-uks-0001'],
      recoveryPoint: 'latestAppConsistent',
    })
    scene.story.stop()
    expect((await scene.operator.operation(again)).state).toMatchObject({ outcome: 'succeeded' })
    expect(item.state.now()).toBe('Committed')
    expect(scene.operator.verdict().violations).toEqual([])
    await expectGolden(
      'bad-recovery-point',
      await transcript(scene.story, scene.operator, again, { tasks: ['repoint avdd-uks-0001'] }),
    )
  })
})

describe('a failover that is committed by hand', () => {
  it('ends with the commit pending, reminds of it, and is committed by an operation of its own', async () => {
    const scene = await openScene({
      fleet,
      plan: { replicated: { commit: { manual: { deadline: '24 h', remindEvery: '4 h' } } } },
      timers: [followUpTimer],
    })
    const id = await runThrough(scene, { pairId })
    expect((await scene.operator.operation(id)).state).toMatchObject({ outcome: 'succeeded' })
    expect(eventsOf(scene, 'commitAccepted')).toEqual([])
    await scene.operator.pass(hours(9))
    await scene.operator.collect()
    await runThrough(scene, { pairId, kind: 'commit' })
    await scene.operator.pass(hours(20))
    scene.story.stop()
    expect(eventsOf(scene, 'commitAccepted')).toHaveLength(4)
    const followUps = await scene.operator.ask(scene.story.desk.world.followUps.ofPair(pairId))
    expect(followUps.map(({ kind, ended }) => `${kind} ${ended === undefined}`)).toEqual(
      Array.from({ length: 4 }, () => 'commitReminder false'),
    )
  })
})

describe('a failover for which one machine finds no room', () => {
  it('moves the others, turns that one back to where it was, and names the shortfall', async () => {
    const named = { rule: /none/ }
    const scene = await openScene({
      fleet,
      faults: {
        rules: [
          {
            action: /unplannedFailover\/action$/i,
            kind: '28031',
            from: 0,
            get subject() {
              return named.rule
            },
          },
        ],
      },
    })
    named.rule = new RegExp(itemsOf(scene, 1, 2)[0]?.name ?? 'none', 'i')
    const id = await runThrough(scene, { pairId })
    scene.story.stop()
    const { outcome, troubles } = await scene.operator.report(id)
    expect(outcome).toBe('partial')
    expect(troubles.map(({ subject }) => subject)).toEqual(['avdd-uks-0002'])
    await expectGolden(
      'no-room-at-target',
      await transcript(scene.story, scene.operator, id, { tasks: ['desktops avdd-uks-0002'] }),
    )
  })
})
