/** A standby side that has fallen behind is put right; whoever wants the pair for something else has it at once. */
import { describe, expect, it } from 'vitest'
import { fallBehind, fixableNow, lagBehind } from '../../sim/chaos/align-story.ts'
import { driftTimer } from '../../sim/virtual/app-timers.ts'
import { idKey } from '../../src/lib/core/arm-id.ts'
import { hours, minutes, seconds } from '../../src/lib/core/time.ts'
import { watching } from './support/moments.ts'
import { eventsOf, openScene, pooledOnly, type Scene, type SceneOptions, toTheEnd } from './support/scene.ts'

const pairId = 'pooled-uk'
const rules = [
  'application-groups-mirrored',
  'applications-mirrored',
  'inactive-side-fenced',
  'pool-settings-equal',
  'scaling-plans-paired',
]

const openDrifted = (options: SceneOptions = {}): Promise<Scene> =>
  openScene({ fleet: { ...pooledOnly, applicationGroups: 3 }, arrange: fallBehind, ...options })

const findingsOf = async ({ operator, story }: Scene) => {
  // The host that somebody starts is up.
  await operator.pass(minutes(5))
  await operator.collect()
  return operator.ask(fixableNow(story.desk, pairId))
}

const align = async (scene: Scene) =>
  scene.operator.begin({ pairId, kind: 'align', findings: [...(await findingsOf(scene))] })

/** Pools and groups that were written to, by whoever it was. */
const written = (scene: Scene) => [
  ...eventsOf(scene, 'poolPropertySet').map(({ pool }) => pool),
  ...eventsOf(scene, 'applicationGroupPut').map(({ pool }) => pool),
  ...eventsOf(scene, 'applicationPut').map(({ pool }) => pool),
  ...eventsOf(scene, 'scalingPlanSet').map(({ pool }) => pool),
  ...eventsOf(scene, 'drainSet').map(({ pool }) => idKey(pool)),
]

const operationsOf = async ({ operator, story }: Scene) => operator.ask(story.desk.world.reports.list('align-'))

describe('a standby side that has fallen behind', () => {
  it('is put right by one operation that writes to no other side', async () => {
    const scene = await openDrifted()
    const findings = await findingsOf(scene)
    expect([...new Set(findings.map((name) => name.split(':')[0] ?? ''))].sort()).toEqual(rules)
    const id = await align(scene)
    await toTheEnd(scene, id)
    scene.story.stop()
    expect((await scene.operator.operation(id)).state.outcome).toBe('succeeded')
    expect(new Set(written(scene))).toEqual(new Set([idKey(scene.ids.pooled.secondary.hostPool)]))
    expect(written(scene).length).toBeGreaterThanOrEqual(5)
    expect(scene.operator.verdict().violations).toEqual([])
    // What was found has gone, but for applications of the group that is only there now.
    expect((await findingsOf(scene)).every((name) => name.startsWith('applications-mirrored:'))).toBe(true)
    expect(await scene.operator.ask(scene.story.desk.world.pairs.load(pairId))).toMatchObject({ value: { epoch: 1 } })
  })

  it('is left as it is by whoever only looks, and refused for a finding that is gone', async () => {
    const scene = await openDrifted()
    const [finding = ''] = await findingsOf(scene)
    const preview = await scene.operator.preview({ pairId, kind: 'align', findings: [finding, `${finding}-gone`] })
    scene.story.stop()
    expect(preview.refusals).toMatchObject([{ code: 'unknownFinding', subjects: [`${finding}-gone`] }])
    expect(written(scene)).toEqual([])
  })

  it('gets back what a setting was when the operation is aborted in the middle', async () => {
    const stage: { scene?: Scene; abort?: Promise<unknown> } = {}
    const scene = await openDrifted({
      plant: watching({
        begun(at, { operationId }) {
          if (at !== 'setPoolProperty@secondary' || stage.abort || !stage.scene) return
          const { story } = stage.scene
          stage.abort = import('../../src/lib/execution/control.ts').then(({ control }) =>
            control(story.desk, operationId, { kind: 'abort' }, 'operator'),
          )
        },
      }),
    })
    stage.scene = scene
    const settings = () => scene.sim.estate.hostPools.get(idKey(scene.ids.pooled.secondary.hostPool))?.settings
    const before = settings()
    const id = await align(scene)
    await toTheEnd(scene, id)
    scene.story.stop()
    expect((await scene.operator.operation(id)).state.outcome).toBe('aborted')
    expect(settings()).toMatchObject({ ...before })
    expect(scene.operator.verdict().violations).toEqual([])
  })

  it('leaves a setting alone that somebody has changed since it was planned', async () => {
    const scene = await openDrifted()
    const id = await align(scene)
    const pool = scene.sim.estate.hostPools.get(idKey(scene.ids.pooled.secondary.hostPool))
    if (pool) pool.settings = { ...pool.settings, loadBalancerType: 'Persistent' }
    await toTheEnd(scene, id)
    scene.story.stop()
    expect(pool?.settings?.loadBalancerType).toBe('Persistent')
    const { troubles, outcome } = await scene.operator.report(id)
    expect(outcome).toBe('partial')
    expect(troubles).toMatchObject([{ stage: 'settings', subject: 'loadbalancertype', fault: { code: 'unproven' } }])
  })
})

describe('what the plan says of it', () => {
  const auto = (...some: readonly string[]) => ({
    drift: { fix: Object.fromEntries(some.map((rule) => [rule, 'auto'])) },
  })

  it('is done by itself, again only after an hour, and told with who did it', async () => {
    const scene = await openDrifted({ plan: auto(...rules), timers: [driftTimer] })
    await scene.operator.pass(minutes(35))
    const [first] = await operationsOf(scene)
    expect(await scene.operator.report(first?.replace('.json', '') ?? '')).toMatchObject({
      outcome: 'succeeded',
      requestedBy: 'drift',
    })
    const { settings } = scene.sim.estate.hostPools.get(idKey(scene.ids.pooled.secondary.hostPool)) ?? {}
    expect(settings).toMatchObject({ loadBalancerType: 'DepthFirst', customRdpProperty: 'audiomode:i:0;' })
    expect(new Set(written(scene))).toEqual(new Set([idKey(scene.ids.pooled.secondary.hostPool)]))
    // Somebody sets it back, again and again.
    const pool = scene.sim.estate.hostPools.get(idKey(scene.ids.pooled.secondary.hostPool))
    const times: number[] = []
    for (let passed = 0; passed < 16; passed++) {
      if (pool) pool.settings = { ...pool.settings, loadBalancerType: 'BreadthFirst' }
      await scene.operator.pass(minutes(15))
      if (pool?.settings?.loadBalancerType === 'DepthFirst') times.push(passed)
    }
    scene.story.stop()
    expect(times.length).toBeGreaterThanOrEqual(2)
    expect(times.length).toBeLessThanOrEqual(4)
    expect(scene.operator.verdict().violations).toEqual([])
  })

  it.each([['propose'], ['nothing']])('is not done where it says %s', async (says) => {
    const fix = says === 'propose' ? { drift: { fix: Object.fromEntries(rules.map((rule) => [rule, 'propose'])) } } : {}
    const scene = await openDrifted({ plan: fix, timers: [driftTimer] })
    await scene.operator.pass(hours(1))
    scene.story.stop()
    expect(await operationsOf(scene)).toEqual([])
    expect(written(scene)).toEqual([])
    const found = await scene.operator.ask(scene.story.desk.world.findings.load(pairId, () => undefined))
    expect(found.findings.map(({ rule }) => rule)).toEqual(expect.arrayContaining(rules))
  })
})

const places = [
  'drainHost@secondary',
  'setPoolProperty@secondary',
  'copyApplicationGroup@secondary',
  'copyApplication@secondary',
] as const

describe.each(places)('a failover that comes as %s', (place) => {
  it.each(['looks', 'begins'] as const)('%s has the pair at once, and everybody arrives', async (moment) => {
    const stage: { scene?: Scene; failover?: Promise<string>; at?: number } = {}
    const strike = (at: string, { operationId }: { operationId: string }) => {
      if (at !== place || stage.failover || !stage.scene || !operationId.startsWith('align')) return
      stage.at = stage.scene.story.region.clock.now()
      stage.failover = begin(stage.scene)
    }
    const scene = await openDrifted({
      arrange: lagBehind,
      plant: watching(moment === 'looks' ? { looking: strike } : { beginning: strike }),
    })
    stage.scene = scene
    const id = await align(scene)
    await scene.story.until(async () => stage.failover !== undefined, hours(1))
    if (!stage.failover) throw new Error(`${place} was never reached`)
    const failover = await scene.operator.ask(stage.failover)
    await toTheEnd(scene, failover)
    scene.story.stop()
    expect((await scene.operator.operation(failover)).state.outcome).toBe('succeeded')
    expect((await scene.operator.operation(id)).state.outcome).toBe('takenOver')
    expect(scene.picture().filter((line) => /^host hp-pooled-ukw\/.* drained/.test(line))).toEqual([])
    const late = [...eventsOf(scene, 'poolPropertySet'), ...eventsOf(scene, 'applicationPut')].filter(
      ({ at }) => at > (stage.at ?? 0) + lateAtMost,
    )
    expect(late).toEqual([])
    expect(scene.operator.verdict().violations).toEqual([])
  })
})

/** Fence, deadline of a call and the way there: what was sent before the pair changed hands may be accepted until then. */
const lateAtMost = seconds(25)

/** At the desk, without standing in the way of virtual time. */
async function begin({ story }: Scene): Promise<string> {
  const { previewOperation } = await import('../../src/lib/execution/preview.ts')
  const { startOperation } = await import('../../src/lib/execution/start.ts')
  const asked = { pairId, kind: 'failover', primaryIsDown: false, grantWithoutSignOutProof: false } as const
  const { hash, refusals } = await previewOperation(story.desk, { ...asked, acceptOut: [] })
  if (hash === undefined) throw new Error(`planning refuses: ${refusals.map(({ message }) => message).join('; ')}`)
  const started = await startOperation(story.desk, { hash, by: 'operator' })
  if (started.kind === 'refused') throw new Error(`not started: ${started.message}`)
  return started.operationId
}
