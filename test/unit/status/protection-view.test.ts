import { describe, expect, test } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import type { PairSeen } from '../../../src/lib/model/inventory.ts'
import { viewProtection } from '../../../src/lib/status/protection-view.ts'
import { inventoryOf, personalSeen, planOf } from '../../support/plans.ts'
import { committed, event, followUp, item, moved, openScene, reprotected, start } from '../followups/scene.ts'

const { replicatedItems: _, ...unread } = personalSeen

async function view(seen: PairSeen | undefined, scene = openScene(), pairId = 'personal') {
  const inventory = seen && inventoryOf({ personal: seen })
  const found = await viewProtection({ world: scene.world, plan: planOf(), inventory }, pairId)
  if (!found) throw new Error('there is no such pair')
  return found
}

const seenAs = (...replicatedItems: NonNullable<PairSeen['replicatedItems']>): PairSeen => ({
  ...personalSeen,
  replicatedItems,
})

describe('the protection of a pair', () => {
  test('is told desktop by desktop: where it runs, and since when it is unprotected', async () => {
    const found = await view(seenAs(item('pc-1'), moved('pc-2', start), committed('pc-3', start + minutes(1))))
    expect(found.desktops).toEqual([
      { host: 'pc-1', state: 'protected', runsOn: 'primary' },
      { host: 'pc-2', state: 'commitPending', runsOn: 'secondary', unprotectedSince: '2030-03-17T17:46:40Z' },
      { host: 'pc-3', state: 'unprotected', runsOn: 'secondary', unprotectedSince: '2030-03-17T17:47:40Z' },
    ])
    expect(found.unprotected).toBe(2)
  })

  test('is not restored before the copy is whole, however new the item is', async () => {
    const scene = openScene()
    await scene.world.followUps.note(followUp({ id: 'reprotect-1', kind: 'reprotect', createdAt: start }))
    const copying = reprotected('pc-1', { protectionState: 'UnprotectedStatesBegin' })
    const found = await view(seenAs(copying, reprotected('pc-2')), scene)
    expect(found.desktops).toEqual([
      { host: 'pc-1', state: 'reprotecting', runsOn: 'secondary', unprotectedSince: '2030-03-17T17:46:40Z' },
      { host: 'pc-2', state: 'protected', runsOn: 'secondary' },
      { host: 'pc-3', state: 'notReplicated' },
    ])
    expect(found.unprotected).toBe(2)
  })

  test('is unknown, and not gone, where nobody could look', async () => {
    const found = await view(unread)
    expect(found.desktops.map(({ state }) => state)).toEqual(['unknown', 'unknown', 'unknown'])
    expect(await view(undefined)).toMatchObject({ desktops: [], waiting: [] })
  })

  test('comes with the work that waits, that which is over, and what is still looked at', async () => {
    const scene = openScene()
    await scene.world.followUps.note(followUp({ problem: 'The pair is held.' }))
    await scene.world.followUps.note(followUp({ id: 'done', ended: { at: start, how: 'done by x' } }))
    await scene.world.events.add(event({ settled: ['personal/pc-1', 'other/pc-1'] }))
    await scene.world.events.add(event({ id: 'foreign', vaultId: '/subscriptions/other' }))
    const found = await view(personalSeen, scene)
    expect(found).toMatchObject({
      activeSide: 'primary',
      waiting: [
        {
          kind: 'restoreExtensions',
          host: 'pc-1',
          notBefore: '2030-03-17T17:46:40Z',
          problem: 'The pair is held.',
          tries: 0,
        },
      ],
      over: [{ id: 'done', ended: { how: 'done by x' } }],
      events: [{ id: 'event-1', settled: 1 }],
    })
  })

  test('of a pair without a vault has no desktops, and says why', async () => {
    expect(await view(personalSeen, openScene(), 'pooled')).toMatchObject({
      desktops: [],
      why: expect.stringContaining('No vault'),
      events: [],
    })
  })

  test('of a pair that the plan does not have is not there', async () => {
    const { world } = openScene()
    expect(await viewProtection({ world, plan: planOf(), inventory: undefined }, 'gone')).toBeUndefined()
  })
})
