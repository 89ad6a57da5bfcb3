/** Our exclusion tag is gone when a host has been put to rest, or handed back to its scaling plan. */
import { describe, expect, it } from 'vitest'
import type { FaultRule } from '../../sim/arm/faults.ts'
import type { Sim } from '../../sim/arm/types.ts'
import { startVm } from '../../sim/estate/vm-power.ts'
import type { FleetIds } from '../../sim/fleets/fleet-ids.ts'
import { storyBegins } from '../../sim/virtual/region.ts'
import { idKey } from '../../src/lib/core/arm-id.ts'
import { minutes } from '../../src/lib/core/time.ts'
import { openAct } from './support/acts.ts'
import { openScene, pooledOnly, runThrough, type Scene, toTheEnd } from './support/scene.ts'

const noRoom = (subject: RegExp): FaultRule => ({
  action: /virtualMachines\/start\/action$/i,
  subject,
  kind: 'SkuNotAvailable',
})

const outcomeOf = async ({ operator }: Scene, id: string) => (await operator.operation(id)).state.outcome

function ourTags({ sim, ids }: Scene): readonly string[] {
  sim.agenda.settle()
  const isOurs = (id: string) =>
    sim.estate.vms.get(idKey(id))?.tags.now()[ids.exclusionTag]?.startsWith('avd-failover:') === true
  return [...ids.pooled.primary.vms, ...ids.pooled.secondary.vms].filter(isOurs)
}

async function thereAndBack(scene: Scene): Promise<readonly (string | undefined)[]> {
  const there = await runThrough(scene, { pairId: 'pooled-uk' })
  expect(ourTags(scene).length).toBeGreaterThan(0)
  await scene.operator.collect()
  const back = await runThrough(scene, { pairId: 'pooled-uk', kind: 'failback' })
  return [await outcomeOf(scene, there), await outcomeOf(scene, back)]
}

describe('our exclusion tag', () => {
  it('is not set by a retry after the hosts were handed back', async () => {
    const faults = { rules: [{ ...noRoom(/uks-0001/i), times: 1 }] }
    const act = await openAct('pooledStandby', 'failback', { faults })
    const id = await runThrough(act, act.request)
    expect(await outcomeOf(act, id)).toBe('partial')
    expect((await act.operator.control(id, { kind: 'retryFailed' })).kind).toBe('done')
    await act.operator.pass(minutes(1))
    await toTheEnd(act, id)
    act.story.stop()
    expect(await outcomeOf(act, id)).toBe('succeeded')
    expect(ourTags(act)).toEqual([])
  })

  it('that a failover could not take off a host is taken off at failback', async () => {
    const away = { from: storyBegins + minutes(2), until: storyBegins + minutes(30) }
    const scene = await openScene({
      fleet: pooledOnly,
      faults: {
        rules: [
          { ...noRoom(/ukw-0001/i), kind: 'AllocationFailed', until: away.until },
          { action: /virtualMachines\/write$/i, subject: /ukw-0001/i, kind: 'conflict', ...away },
        ],
      },
    })
    expect(await thereAndBack(scene)).toEqual(['partial', 'succeeded'])
    scene.story.stop()
    expect(ourTags(scene)).toEqual([])
    expect(scene.operator.verdict().violations).toEqual([])
  })

  it('of a standby host that ran already is taken off at failback, and the host runs on', async () => {
    const scene = await openScene({ fleet: pooledOnly, arrange: wake })
    expect(await thereAndBack(scene)).toEqual(['succeeded', 'succeeded'])
    scene.story.stop()
    expect(ourTags(scene)).toEqual([])
    expect(scene.picture()).toEqual(scene.before.map((line) => line.replace(' starting ', ' running ')))
  })
})

function wake(sim: Sim, ids: FleetIds): void {
  const vm = sim.estate.vms.get(idKey(ids.pooled.secondary.vms[0] ?? ''))
  if (vm) startVm(sim, vm, undefined)
}
