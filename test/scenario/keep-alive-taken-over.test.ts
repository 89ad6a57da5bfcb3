import { describe, expect, it } from 'vitest'
import type { Story } from '../../sim/virtual/story.ts'
import { idKey } from '../../src/lib/core/arm-id.ts'
import { hours, minutes, seconds } from '../../src/lib/core/time.ts'
import { previewOperation } from '../../src/lib/execution/preview.ts'
import { startOperation } from '../../src/lib/execution/start.ts'
import type { OperationRequest } from '../../src/lib/plan/request.ts'
import type { World } from '../../src/lib/ports/world.ts'
import { transcript } from '../support/transcript.ts'
import { openAct } from './support/acts.ts'
import { expectGolden } from './support/golden.ts'
import { type StepPlace, watching } from './support/moments.ts'
import { eventsOf, type Scene, toTheEnd } from './support/scene.ts'
import { clockOf, openPool, pairId, standby, wake } from './support/wake.ts'

const [first, second] = standby
const half = [first, second]

const pairOf = async ({ operator, story }: Scene) => (await operator.ask(story.desk.world.pairs.load(pairId))).value

const poweredOn = ({ sim, ids }: Scene) =>
  ids.pooled.secondary.vms.filter((id) => sim.estate.vms.get(idKey(id))?.power.now() === 'running').length

/** A failover takes the pair while two hosts are awake. */
async function takenOver(after = minutes(30)) {
  const scene = await openPool()
  const woken = await wake(scene, half)
  await scene.operator.pass(after)
  await scene.operator.collect()
  const begunAt = scene.story.region.clock.now()
  const failover = await scene.operator.begin({ pairId })
  return { scene, woken, failover, begunAt }
}

describe('a wake-up whose pair a failover takes', () => {
  it('leaves its hosts on: they are capacity, and failback puts them to rest', async () => {
    const { scene, woken, failover, begunAt } = await takenOver()
    await toTheEnd(scene, failover)
    const { state } = await scene.operator.operation(failover)
    const tasks = [`capacity ${first}`]
    await expectGolden('wake-taken-over', await transcript(scene.story, scene.operator, failover, { tasks }))
    expect((await scene.operator.operation(woken)).state.outcome).toBe('takenOver')
    expect(state.outcome).toBe('succeeded')
    expect(eventsOf(scene, 'deallocateAccepted')).toEqual([])
    expect(eventsOf(scene, 'startAccepted')).toHaveLength(4)
    expect((state.endedAt ?? 0) - begunAt).toBeLessThan(minutes(20))
    expect([...(await pairOf(scene)).startedHosts].sort()).toEqual([...standby])
    for (const host of half)
      expect(await clockOf(scene, host)).toMatchObject({ left: [], lastWake: { outcome: 'interrupted' } })
    await scene.operator.collect()
    const back = await scene.operator.begin({ pairId, kind: 'failback' })
    await toTheEnd(scene, back)
    scene.story.stop()
    expect(poweredOn(scene)).toBe(0)
    expect(scene.picture().filter((line) => /avd-failover:/.test(line))).toEqual([])
    expect(scene.operator.verdict().violations).toEqual([])
  })

  it('is finished by a later one when the failover is aborted', async () => {
    const { scene, failover } = await takenOver()
    await scene.operator.pass(minutes(3))
    await scene.operator.control(failover, { kind: 'abort' })
    await toTheEnd(scene, failover)
    expect((await scene.operator.operation(failover)).state.outcome).toBe('aborted')
    expect(poweredOn(scene)).toBe(2)
    const left = (await clockOf(scene, first))?.left ?? []
    expect(left).toEqual(['deallocateVm', 'includeInScaling'])
    const putBack = half.map((host) => ({ side: 'secondary', host, left }) as const)
    const id = await wake(scene, [], putBack)
    await toTheEnd(scene, id)
    scene.story.stop()
    await expectGolden('put-back', await transcript(scene.story, scene.operator, id, { tasks: [`putBack ${first}`] }))
    expect(scene.picture()).toEqual(scene.before)
    for (const host of half) expect((await clockOf(scene, host))?.left).toEqual([])
    expect(scene.operator.verdict().violations).toEqual([])
  })
})

describe('a wake-up of the primary, while users are on the secondary', () => {
  it('gives way to the failback, and its hosts are simply in use again', async () => {
    const act = await openAct('pooledStandby', 'failback', { plan: { keepAlive: {} } })
    const hosts = ['avdp-uks-0001', 'avdp-uks-0002']
    const woken = await wake(act, hosts, [], 'primary')
    await act.operator.pass(minutes(30))
    await act.operator.collect()
    const id = await act.operator.begin(act.request)
    await toTheEnd(act, id)
    act.story.stop()
    expect((await act.operator.operation(woken)).state.outcome).toBe('takenOver')
    expect((await act.operator.operation(id)).state.outcome).toBe('succeeded')
    expect(await pairOf(act)).toMatchObject({ activeSide: 'primary', startedHosts: [] })
    expect(act.picture().filter((line) => /^host hp-pooled-uks\/.* accepts/.test(line))).toHaveLength(4)
    expect(act.picture().filter((line) => /^vm .*uks.* running/.test(line))).toHaveLength(4)
    const clocks = await act.operator.ask(act.story.desk.world.hosts.list(pairId))
    expect(clocks.flatMap(({ value }) => value.left)).toEqual([])
    expect(act.operator.verdict().violations).toEqual([])
  })
})

const places: readonly StepPlace[] = [
  'excludeFromScaling@secondary',
  'startVm@secondary',
  'awaitHost@secondary',
  'stayOn@secondary',
  'deallocateVm@secondary',
  'includeInScaling@secondary',
]

describe.each(places)('a failover that comes as %s', (place) => {
  it.each(['looks', 'begins'] as const)('%s gets every host', async (moment) => {
    const stage: { story?: Story; scene?: Scene; failover?: Promise<string> } = {}
    const strike = (at: StepPlace, { operationId }: { operationId: string }) => {
      const { scene } = stage
      if (at !== place || stage.failover || !scene || !operationId.startsWith('keepAlive')) return
      stage.failover = begin(scene)
    }
    const scene = await openPool({
      plan: { keepAlive: { stayOn: '20 min' } },
      plant: watching(moment === 'looks' ? { looking: strike } : { beginning: strike }),
    })
    stage.scene = scene
    const woken = await wake(scene, half)
    await scene.story.until(async () => stage.failover !== undefined, hours(2))
    if (!stage.failover) {
      // A step that only waits begins nothing.
      expect([moment, place]).toEqual(['begins', expect.stringMatching(/^(awaitHost|stayOn)@/)])
      return scene.story.stop()
    }
    const failover = await scene.operator.ask(stage.failover)
    await toTheEnd(scene, failover)
    scene.story.stop()
    expect((await scene.operator.operation(woken)).state.outcome).toBe('takenOver')
    expect((await scene.operator.operation(failover)).state.outcome).toBe('succeeded')
    expect(poweredOn(scene)).toBe(4)
    expect(scene.picture().filter((line) => /^host hp-pooled-ukw\/.* accepts/.test(line))).toHaveLength(4)
    expect([...(await pairOf(scene)).startedHosts].sort()).toEqual([...standby])
    for (const host of half) expect((await clockOf(scene, host))?.left ?? []).toEqual([])
    expect(scene.operator.verdict().violations).toEqual([])
  })
})

/** Its call to switch a host off is held up on its way until the failover has had a look. */
async function lateCall(change: (world: World) => World = (world) => world) {
  const stage: { scene?: Scene; failover?: Promise<string> } = {}
  const scene = await openPool({
    plan: { keepAlive: { stayOn: '20 min' } },
    // As slow as reads may be, beside a fence and the deadline of a call.
    timings: { readLag: [seconds(25), seconds(30)] },
    plant: (world) =>
      change(
        watching({
          async beginning(at, { operationId, subject }) {
            const { scene: opened } = stage
            if (at !== 'deallocateVm@secondary' || !opened || !operationId.startsWith('keepAlive')) return
            stage.failover ??= begin(opened)
            if (subject.key === first) await opened.story.region.clock.sleep(seconds(9))
          },
        })(world),
      ),
  })
  stage.scene = scene
  await wake(scene, [first])
  await scene.story.until(async () => stage.failover !== undefined, hours(2))
  if (!stage.failover) throw new Error('the moment never came')
  const failover = await scene.operator.ask(stage.failover)
  await toTheEnd(scene, failover)
  scene.story.stop()
  return { scene, on: poweredOn(scene), outcome: (await scene.operator.operation(failover)).state.outcome }
}

describe('a call that was on its way when the pair changed hands', () => {
  it('is waited for: the host it switches off is started again', async () => {
    const { scene, on, outcome } = await lateCall()
    expect(eventsOf(scene, 'deallocateAccepted')).toHaveLength(1)
    expect([on, outcome]).toEqual([4, 'succeeded'])
  })

  it('would leave a host for dead if what is seen were believed at once', async () => {
    const credulous = (world: World): World => ({
      ...world,
      operations: {
        ...world.operations,
        async load(id) {
          const stored = await world.operations.load(id)
          if (!stored) return undefined
          const { trustFrom: _, ...value } = stored.value
          return { ...stored, value }
        },
      },
    })
    expect((await lateCall(credulous)).on).toBe(3)
  })
})

/** As the operator does it, without letting time pass itself. */
async function begin({ story }: Scene): Promise<string> {
  const request: OperationRequest = {
    pairId,
    kind: 'failover',
    primaryIsDown: false,
    acceptOut: [],
    grantWithoutSignOutProof: false,
  }
  const { hash = '' } = await previewOperation(story.desk, request)
  const started = await startOperation(story.desk, { hash, by: 'operator' })
  if (started.kind === 'refused') throw new Error(started.message)
  return started.operationId
}
