/** A lock that keeps access from being taken away: it holds a failover up, until somebody says why not. */
import { describe, expect, it } from 'vitest'
import { addLock } from '../../sim/estate/surroundings.ts'
import { worldOf } from '../../sim/estate/world.ts'
import { idKey } from '../../src/lib/core/arm-id.ts'
import { transcript } from '../support/transcript.ts'
import { expectGolden } from './support/golden.ts'
import { eventsOf, openScene, pooledOnly, type Scene, toTheEnd, untilAsking } from './support/scene.ts'

const request = { pairId: 'pooled-uk', acceptOut: 'all' } as const
const overrides = [{ finding: 'no-delete-locks', reason: 'The lock is taken off while hosts start.' }]

const locked = () =>
  openScene({
    fleet: pooledOnly,
    arrange: (sim, ids) =>
      addLock(sim, { name: 'keep', scope: ids.pooled.primary.resourceGroup, level: 'CanNotDelete' }),
  })

function unlock({ sim, ids }: Scene): void {
  worldOf(sim).surroundings.locks.delete(idKey(`${ids.pooled.primary.resourceGroup}/keep`))
}

const accessLines = (lines: readonly string[]) => lines.filter((line) => line.startsWith('access '))

describe('a failover that a lock is in the way of', () => {
  it('is refused by the id of the finding, and goes once the request overrides it', async () => {
    const scene = await locked()
    const { refusals, hash } = await scene.operator.preview(request)
    expect(hash).toBeUndefined()
    expect(refusals.map(({ code, subjects }) => [code, subjects])).toEqual([
      ['driftFinding', ['no-delete-locks:primary/rg-avd-uksouth/keep']],
    ])
    const id = await scene.operator.begin({ ...request, overrides })
    unlock(scene)
    await toTheEnd(scene, id)
    scene.story.stop()
    await expectGolden('overridden', await transcript(scene.story, scene.operator, id))
    const events = await scene.operator.ask(scene.story.desk.world.operations.events(id))
    expect(events.find(({ act }) => act === 'start')).toMatchObject({
      detail: 'overrides no-delete-locks:primary/rg-avd-uksouth/keep: The lock is taken off while hosts start.',
    })
    expect((await scene.operator.report(id)).outcome).toBe('succeeded')
    expect(scene.operator.verdict().violations).toEqual([])
  })

  it('asks a person, and gives back what was taken, when the lock stays after all', async () => {
    const scene = await locked()
    const id = await scene.operator.begin({ ...request, overrides })
    await untilAsking(scene, id)
    expect((await scene.operator.operation(id)).state.question?.code).toBe('revokeUnproven')
    expect(eventsOf(scene, 'granted')).toEqual([])
    await scene.operator.control(id, { kind: 'reply', reply: 'restore' })
    await toTheEnd(scene, id)
    scene.story.stop()
    expect(accessLines(scene.picture())).toEqual(accessLines(scene.before))
    expect(scene.operator.verdict().violations).toEqual([])
  })
})
