import { describe, expect, it } from 'vitest'
import { hours, minutes } from '../../src/lib/core/time.ts'
import { startOperation } from '../../src/lib/execution/start.ts'
import { transcript } from '../support/transcript.ts'
import { openAct } from './support/acts.ts'
import { expectGolden } from './support/golden.ts'
import { eventsOf, runThrough, type Scene, toTheEnd } from './support/scene.ts'

/** Queries of Resource Graph are sent by POST. */
const writes = ({ sim }: Scene) =>
  sim.ledger.calls().filter(({ method, path }) => method !== 'GET' && !/Microsoft\.ResourceGraph/i.test(path))

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
  it('is not planned for anybody else', async () => {
    const act = await openAct('pooledStandby', 'failover')
    const { hash = '' } = await act.operator.preview(act.request)
    await act.operator.begin(act.request)
    await act.operator.pass(minutes(1))
    const answer = await act.operator.start(hash)
    act.story.stop()
    expect(answer).toMatchObject({ kind: 'refused', message: expect.stringContaining('holds the pair') })
  })

  it('goes to one of two that start at the same moment; the other is refused and does nothing', async () => {
    const undisturbed = await openAct('pooledStandby', 'failover')
    await runThrough(undisturbed, undisturbed.request)
    undisturbed.story.stop()
    const act = await openAct('pooledStandby', 'failover')
    const { operator, story } = act
    const { hash = '' } = await operator.preview(act.request)
    const started = await operator.ask(
      Promise.all(['one', 'two'].map((by) => startOperation(story.desk, { hash, by }))),
    )
    const ids = started.map((start) => (start.kind === 'started' ? start.operationId : ''))
    for (const id of ids) await toTheEnd(act, id)
    story.stop()
    const outcomes = await Promise.all(ids.map(async (id) => (await story.desk.world.operations.load(id))?.value))
    expect(outcomes.map((record) => record?.state.outcome).sort()).toEqual(['refused', 'succeeded'])
    const loser = outcomes.find((record) => record?.state.outcome === 'refused')?.id ?? ''
    await expectGolden('pair-held', await transcript(story, operator, loser))
    const others = (lines: readonly string[]) => lines.filter((line) => !line.includes('dr-exclude'))
    expect(others(act.picture())).toEqual(others(undisturbed.picture()))
    for (const kind of ['startAccepted', 'revoked', 'granted'] as const)
      expect(eventsOf(act, kind)).toHaveLength(eventsOf(undisturbed, kind).length)
    expect(operator.verdict().violations).toEqual([])
  })
})
