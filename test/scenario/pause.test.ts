import { describe, expect, it } from 'vitest'
import type { Story } from '../../sim/virtual/story.ts'
import { hours, minutes } from '../../src/lib/core/time.ts'
import { control } from '../../src/lib/execution/control.ts'
import { transcript } from '../support/transcript.ts'
import { openAct } from './support/acts.ts'
import { expectGolden } from './support/golden.ts'
import { watching } from './support/moments.ts'
import { eventsOf, type Scene, toTheEnd } from './support/scene.ts'

const plan = { batchSize: 2, batchInterval: '10 min' }
const acts = [
  ['personalReplicated', 'failoverVm@secondary', 'failoverAccepted', 'desktops avdd-uks-0003', 6],
  ['pooledStandby', 'startVm@secondary', 'startAccepted', 'capacity avdp-ukw-0004', 4],
] as const

describe('a pause of an hour in the middle of batch 2', () => {
  it.each(acts)(
    'of %s lets what was begun end, begins nothing, and keeps the pace',
    async (strategy, place, kind, task, all) => {
      const stage: { story?: Story; begun: number; pausedAt?: number } = { begun: 0 }
      const act = await openAct(strategy, 'failover', {
        plan,
        plant: watching({
          async begun(at, { operationId }) {
            if (at !== place || !stage.story) return
            stage.begun += 1
            if (stage.begun !== 3) return
            await control(stage.story.desk, operationId, { kind: 'pause' }, 'operator')
            stage.pausedAt = act.story.region.clock.now()
          },
        }),
      })
      stage.story = act.story
      const id = await act.operator.begin(act.request)
      expect(await act.story.until(async () => stage.pausedAt !== undefined, hours(2))).toBe(true)
      const { pausedAt = 0 } = stage
      await act.operator.pass(hours(1))
      expect(begunSince(act, pausedAt)).toEqual([])
      expect(eventsOf(act, kind)).toHaveLength(3)
      await act.operator.control(id, { kind: 'resume' })
      const resumedAt = act.story.region.clock.now()
      await toTheEnd(act, id)
      act.story.stop()
      expect((await act.operator.operation(id)).state).toMatchObject({ outcome: 'succeeded' })
      expect(eventsOf(act, kind)).toHaveLength(all)
      expect(eventsOf(act, kind).filter(({ at }) => at >= resumedAt)).toHaveLength(all - 3)
      expectBatchByBatch(act, resumedAt)
      const verdict = act.operator.verdict()
      expect(verdict.violations).toEqual([])
      expect(
        Object.values({ ...verdict.measures.mostFailoversInInterval, ...verdict.measures.mostStartsInInterval }),
      ).toEqual([2])
      await expectGolden(`pause-${strategy}`, await transcript(act.story, act.operator, id, { tasks: [task] }))
    },
  )
})

/**
 * Begun by the product after the pause had settled in: a call that was on its way may still arrive, and a desktop that
 * has been failed over runs on until its user can work again.
 */
function begunSince(scene: Scene, pausedAt: number): readonly string[] {
  const underway = eventsOf(scene, 'failoverAccepted').flatMap(({ item, vm }) => [item, vm.split('/').at(-1) ?? vm])
  return scene.sim.ledger
    .calls()
    .filter(({ at, method }) => method !== 'GET' && at > pausedAt + minutes(1))
    .filter(({ path }) => !underway.some((name) => path.toLowerCase().includes(name.toLowerCase())))
    .map(({ action, path }) => `${action} ${path}`)
}

/** Batch 3 is told, drained and signed out when its own turn comes: what was left of batch 2's interval after the pause. */
function expectBatchByBatch(scene: Scene, resumedAt: number): void {
  const third = /avdd-uks-000[56]$/
  const drained = eventsOf(scene, 'drainSet').filter(
    ({ host, allowNewSession }) => third.test(host) && !allowNewSession,
  )
  const told = eventsOf(scene, 'messageSent').filter(({ host }) => third.test(host))
  for (const { at } of [...drained, ...told]) expect(at).toBeGreaterThan(resumedAt + minutes(5))
}
