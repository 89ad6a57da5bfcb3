import { describe, expect, it } from 'vitest'
import { hours, minutes } from '../../src/lib/core/time.ts'
import { startOperation } from '../../src/lib/execution/start.ts'
import { transcript } from '../support/transcript.ts'
import { openAct } from './support/acts.ts'
import { expectGolden } from './support/golden.ts'
import { runThrough, type Scene, toTheEnd } from './support/scene.ts'

const writes = ({ sim }: Scene) => sim.ledger.calls().filter(({ method }) => method !== 'GET')

async function startIn(scene: Scene, length: number) {
  const { operator, story } = scene
  const { hash = '' } = await operator.preview({ pairId: 'pooled-uk' })
  const startAt = story.region.clock.now() + length
  const started = await operator.ask(startOperation(story.desk, { hash, by: 'operator', startAt }))
  if (started.kind !== 'started') throw new Error(started.message)
  return { id: started.operationId, startAt }
}

describe('an operation for later', () => {
  it('does nothing before its time, and then what was approved', async () => {
    const act = await openAct('pooledStandby', 'failover')
    const { id, startAt } = await startIn(act, hours(8))
    await act.operator.pass(hours(8) - minutes(1))
    expect(writes(act)).toEqual([])
    await toTheEnd(act, id)
    act.story.stop()
    await expectGolden('start-later', await transcript(act.story, act.operator, id))
    expect(Math.min(...writes(act).map(({ at }) => at))).toBeGreaterThanOrEqual(startAt)
    expect((await act.operator.operation(id)).state).toMatchObject({ outcome: 'succeeded' })
    expect(act.operator.verdict().violations).toEqual([])
  })

  it('is refused when planning comes to another result by then', async () => {
    const act = await openAct('pooledStandby', 'failover')
    const { id } = await startIn(act, hours(1))
    const [key = ''] = act.sim.estate.sessionHosts.keys()
    act.sim.estate.sessionHosts.delete(key)
    await act.operator.collect()
    await toTheEnd(act, id)
    act.story.stop()
    await expectGolden('start-later-changed', await transcript(act.story, act.operator, id))
    expect((await act.operator.operation(id)).state).toMatchObject({ outcome: 'refused' })
    expect(writes(act)).toEqual([])
  })

  it('is refused when planning refuses by then', async () => {
    const act = await openAct('pooledStandby', 'failover')
    const { id } = await startIn(act, hours(1))
    for (const [key, vm] of act.sim.estate.vms) if (vm.location === 'ukwest') act.sim.estate.vms.delete(key)
    await act.operator.collect()
    await toTheEnd(act, id)
    act.story.stop()
    expect((await act.operator.operation(id)).state).toMatchObject({ outcome: 'refused' })
    expect(writes(act)).toEqual([])
  })

  it('can be called off before its time', async () => {
    const act = await openAct('pooledStandby', 'failover')
    const { id } = await startIn(act, hours(8))
    await act.operator.pass(hours(1))
    expect((await act.operator.control(id, { kind: 'abort' })).kind).toBe('done')
    await act.operator.pass(minutes(5))
    const { state } = await act.operator.operation(id)
    await act.operator.pass(hours(9))
    act.story.stop()
    expect(state).toMatchObject({ status: 'over', outcome: 'aborted' })
    expect(writes(act)).toEqual([])
  })
})

describe('a pair that is held', () => {
  it('is not given to a second failover, and the first one does not notice', async () => {
    const undisturbed = await openAct('pooledStandby', 'failover')
    await runThrough(undisturbed, undisturbed.request)
    undisturbed.story.stop()
    const act = await openAct('pooledStandby', 'failover')
    const { hash = '' } = await act.operator.preview(act.request)
    const first = await act.operator.begin(act.request)
    await act.operator.pass(minutes(1))
    const second = await act.operator.start(hash)
    if (second.kind !== 'started') throw new Error(second.message)
    await toTheEnd(act, second.operationId)
    await expectGolden('pair-held', await transcript(act.story, act.operator, second.operationId))
    await toTheEnd(act, first)
    act.story.stop()
    expect((await act.operator.operation(second.operationId)).state).toMatchObject({ outcome: 'refused' })
    expect((await act.operator.operation(first)).state).toMatchObject({ outcome: 'succeeded' })
    expect(act.picture()).toEqual(undisturbed.picture())
    expect(writes(act).length).toBe(writes(undisturbed).length)
    expect(act.operator.verdict().violations).toEqual([])
  })
})
