import { describe, expect, it } from 'vitest'
import { assignAtStart } from '../../sim/arm/access.ts'
import type { Sim } from '../../sim/arm/types.ts'
import { minutes } from '../../src/lib/core/time.ts'
import { transcript } from '../support/transcript.ts'
import { expectGolden } from './support/golden.ts'
import { eventsOf, openScene, pooledOnly, runThrough } from './support/scene.ts'

describe('a failback of the pooled pair', () => {
  it('leaves the estate as it was before the failover, to the name of every assignment', async () => {
    const scene = await openScene({ fleet: pooledOnly, arrange: describeAssignments })
    const over = await runThrough(scene, { pairId: 'pooled-uk' })
    expect((await scene.operator.operation(over)).state).toMatchObject({ outcome: 'succeeded' })
    await scene.operator.collect()
    const id = await runThrough(scene, { pairId: 'pooled-uk', kind: 'failback' })
    scene.story.stop()
    expect((await scene.operator.operation(id)).state).toMatchObject({ outcome: 'succeeded' })
    expect(scene.picture()).toEqual(scene.before)
    expect(scene.operator.verdict().violations).toEqual([])
    const lastGrant = Math.max(...eventsOf(scene, 'granted').map(({ at }) => at))
    const rests = eventsOf(scene, 'deallocateAccepted')
    expect(rests).toHaveLength(4)
    for (const { at } of rests) expect(at).toBeGreaterThan(lastGrant + minutes(10))
    const tasks = ['settle pooled-uk', 'standDown avdp-ukw-0001']
    await expectGolden('failback', await transcript(scene.story, scene.operator, id, { tasks }))
  })

  it('moves nobody who never left', async () => {
    const scene = await openScene({ fleet: pooledOnly })
    const { refusals } = await scene.operator.preview({ pairId: 'pooled-uk', kind: 'failback' })
    scene.story.stop()
    expect(refusals.length).toBeGreaterThan(0)
  })
})

/** What else an assignment carries must come back, too. */
function describeAssignments({ estate }: Sim): void {
  const assignments = [...estate.roleAssignments.values()]
  estate.roleAssignments.clear()
  estate.accessInForce.clear()
  for (const assignment of assignments)
    assignAtStart(estate, { ...assignment, description: `ticket ${assignment.name.slice(0, 4)}` })
}
