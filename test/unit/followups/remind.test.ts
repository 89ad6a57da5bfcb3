import { describe, expect, test } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { planOf } from '../../support/plans.ts'
import { committed, followUp, item, moved, openScene, start } from './scene.ts'

describe('commits that are left to a person', () => {
  const byHand = () => {
    const plan = planOf()
    const pairs = plan.pairs.map((pair) => ({ ...pair, commit: { deadline: hours(5), remindEvery: hours(2) } }))
    return { ...plan, pairs }
  }
  const reminder = (host: string) =>
    followUp({ kind: 'commitReminder', id: `commitReminder-${host}`, host, notBefore: start + hours(2) })

  test('are reminded of together, again at the deadline, and after it as overdue', async () => {
    const scene = openScene(byHand())
    scene.vault.items = [moved('pc-1'), moved('pc-2')]
    await scene.world.followUps.note(reminder('pc-1'))
    await scene.world.followUps.note(reminder('pc-2'))
    const told: unknown[] = []
    for (let i = 0; i < 48; i++) {
      const before = scene.told().length
      await scene.run(minutes(10))
      for (const one of scene.told().slice(before)) told.push([one.event, one.count, (scene.now() - start) / hours(1)])
    }
    expect(told).toEqual([
      ['commitReminder', 2, 2],
      ['commitReminder', 2, 4],
      ['commitOverdue', 2, 5],
      ['commitOverdue', 2, 7],
    ])
    expect(scene.told()[0]).toMatchObject({
      pairId: 'personal',
      hosts: ['pc-1', 'pc-2'],
      until: '2030-03-17T22:46:40Z',
    })
  })

  test('are no longer spoken of once they are done', async () => {
    const scene = openScene(byHand())
    scene.vault.items = [moved('pc-1'), committed('pc-2')]
    await scene.world.followUps.note(reminder('pc-1'))
    await scene.world.followUps.note(reminder('pc-2'))
    await scene.run(hours(2))
    expect(scene.told()).toMatchObject([{ hosts: ['pc-1'] }])
    expect(await scene.openWork()).toMatchObject([{ host: 'pc-1' }])
  })

  test('are not taken for done because nobody could look', async () => {
    const scene = openScene(byHand())
    scene.vault.isAway = true
    await scene.world.followUps.note(reminder('pc-1'))
    await scene.run(hours(2))
    scene.vault.isAway = false
    scene.vault.items = [item('pc-2')]
    await scene.run()
    expect([(await scene.openWork()).length, scene.told()]).toEqual([1, []])
  })
})
