/** The primary region is lost while nobody moves anybody: rules find what is so, and nothing in what they cannot see. */
import { expect, it } from 'vitest'
import { killRegion, reviveRegion } from '../../sim/estate/regions.ts'
import type { Death } from '../../sim/estate/surroundings-types.ts'
import { driftTimer } from '../../sim/virtual/app-timers.ts'
import { hours, minutes } from '../../src/lib/core/time.ts'
import { openScene, type Scene } from './support/scene.ts'

const complete = { isComplete: true, vmSize: 'Standard_D4ds_v5', userActivity: false } as const

async function openOf(scene: Scene): Promise<readonly string[]> {
  const { findings: store } = scene.story.desk.world
  const whole = (error: Error) => {
    throw error
  }
  const pairs = await scene.operator.ask(Promise.all(scene.story.plan.pairs.map(({ id }) => store.load(id, whole))))
  return pairs.flatMap(({ findings }) =>
    findings.filter(({ status }) => status === 'open').map(({ rule, evidence }) => `${rule}: ${evidence}`),
  )
}

it.each(['silent', 'unreachable', 'garbage'] as const satisfies readonly Death[])(
  'a region that is %s makes replication critical, and nothing else is found until it is back',
  async (death) => {
    const scene = await openScene({ fleet: complete, plan: { backup: true }, timers: [driftTimer] })
    const { sim, operator, story, ids } = scene
    await operator.pass(minutes(20))
    expect(await openOf(scene)).toEqual([])
    killRegion(sim, ids.primaryLocation, death)
    await operator.pass(hours(1))
    const found = await openOf(scene)
    expect(found.filter((one) => !one.startsWith('replication-healthy: '))).toEqual([])
    expect(found).not.toEqual([])
    reviveRegion(sim, ids.primaryLocation)
    await operator.pass(hours(1))
    expect(await openOf(scene)).toEqual([])
    story.stop()
    expect(story.failures).toEqual([])
  },
  120_000,
)
