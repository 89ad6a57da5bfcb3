import { describe, expect, it } from 'vitest'
import { transcript } from '../support/transcript.ts'
import { expectGolden } from './support/golden.ts'
import { eventsOf, toTheEnd } from './support/scene.ts'
import { openPool, standby, wake } from './support/wake.ts'

const [first] = standby

describe('a wake-up', () => {
  it('starts a host, proves it, and leaves it as it was', async () => {
    const scene = await openPool()
    const id = await wake(scene, [first])
    await toTheEnd(scene, id)
    scene.story.stop()
    await expectGolden('wake', await transcript(scene.story, scene.operator, id, { tasks: [`wake ${first}`] }))
    expect(scene.picture()).toEqual(scene.before)
    expect(eventsOf(scene, 'startAccepted')).toHaveLength(1)
  })
})
