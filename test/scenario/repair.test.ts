import { describe, expect, it } from 'vitest'
import type { Sim } from '../../sim/arm/types.ts'
import { makeToken, tokensMade } from '../../sim/estate/registration.ts'
import { startVm } from '../../sim/estate/vm-power.ts'
import type { FleetIds } from '../../sim/fleets/fleet-ids.ts'
import { idKey } from '../../src/lib/core/arm-id.ts'
import { hours, minutes } from '../../src/lib/core/time.ts'
import { startKeepAlive } from '../../src/lib/execution/start-keep-alive.ts'
import { type KeepAliveAnswer, runKeepAlive } from '../../src/lib/keepalive/run-keep-alive.ts'
import type { Inventory } from '../../src/lib/model/inventory.ts'
import { transcript } from '../support/transcript.ts'
import { keepsEverything } from './support/everything-kept.ts'
import { expectGolden } from './support/golden.ts'
import { eventsOf, type Scene, type SceneOptions, toTheEnd } from './support/scene.ts'
import { clockOf, openPool, pairId, standby } from './support/wake.ts'

const [first, second] = standby
const days = (n: number) => hours(24 * n)
const template =
  '/subscriptions/3b6f9d52-7c1e-4a85-9f20-5d8e6a4c1b70/resourceGroups/rg-templates/providers/Microsoft.Resources/templateSpecs/avd-host/versions/1.0'

const vmIdOf = (ids: FleetIds, host: string): string => ids.pooled.secondary.vms.find((id) => id.endsWith(host)) ?? ''

function hostIn({ estate }: Sim, ids: FleetIds, host: string) {
  return [...estate.sessionHosts.values()].find(({ vm }) => vm === idKey(vmIdOf(ids, host)))
}

/** The first standby host has been silent for 91 days, and a start has shown it. */
async function lapsed(options: SceneOptions = {}): Promise<Scene> {
  const scene = await openPool({
    ...options,
    plan: { keepAlive: { repair: 'replace', template }, ...options.plan },
    arrange(sim, ids) {
      const host = hostIn(sim, ids, first)
      if (host) {
        host.tokenFrom = sim.now() - days(91)
        host.lastHeartbeat = sim.now() - days(91)
      }
      options.arrange?.(sim, ids)
    },
  })
  const { operator, story } = scene
  await operator.ask(story.storage.refreshClock())
  const now = story.region.clock.now()
  await operator.ask(
    story.desk.world.hosts.save({
      pairId,
      side: 'secondary',
      host: first,
      firstSeen: now - days(200),
      lastProof: now - days(91),
      lastWake: { operationId: 'before', at: now - hours(5), outcome: 'noHeartbeat' },
      startFailures: [],
      left: [],
    }),
  )
  return scene
}

/** One run of the timer, on a new inventory; what was started, if anything. */
async function runTimer({ story, operator }: Scene): Promise<KeepAliveAnswer | undefined> {
  await operator.collect()
  await operator.ask(story.storage.refreshClock())
  const { desk, plan } = story
  const answers: KeepAliveAnswer[] = []
  await operator.ask(
    runKeepAlive({
      world: desk.world,
      plan,
      inventory: async () => JSON.parse((await desk.world.inventory.get('latest.json')) ?? '{}') as Inventory,
      async start(order) {
        const answer = await startKeepAlive(desk, order)
        answers.push(answer)
        return answer
      },
    }),
  )
  return answers[0]
}

async function repairFirst(scene: Scene): Promise<string> {
  const answer = await runTimer(scene)
  if (answer?.kind !== 'started') throw new Error(`not started: ${JSON.stringify(answer)}`)
  await toTheEnd(scene, answer.operationId, hours(6))
  return answer.operationId
}

const poolOf = ({ sim, ids }: Scene) => {
  const pool = sim.estate.hostPools.get(idKey(ids.pooled.secondary.hostPool))
  if (!pool) throw new Error('there is no pool')
  return pool
}

const powerOf = ({ sim, ids }: Scene, host: string) => sim.estate.vms.get(idKey(vmIdOf(ids, host)))?.power.now()

describe('a host whose registration has lapsed', () => {
  it('is made anew, proven, and left off, drained as it was', async () => {
    const scene = await lapsed()
    const id = await repairFirst(scene)
    await expectGolden('repair', await transcript(scene.story, scene.operator, id, { tasks: [`repair ${first}`] }))
    expect((await scene.operator.operation(id)).state.outcome).toBe('succeeded')
    const clock = await clockOf(scene, first)
    expect(clock).toMatchObject({ left: [], lastRepair: { operationId: id, outcome: 'repaired' } })
    expect(clock?.lastProof).toBeGreaterThan(scene.story.region.clock.now() - hours(3))
    expect(powerOf(scene, first)).toBe('deallocated')
    expect(hostIn(scene.sim, scene.ids, first)?.allowNewSession.now()).toBe(false)
    expect(hostIn(scene.sim, scene.ids, first)?.tokenFrom).toBeGreaterThan(scene.story.region.clock.now() - hours(3))
    expect(scene.picture()).toEqual(scene.before)
    expect(await runTimer(scene), 'nothing is left to do').toBeUndefined()
    scene.story.stop()
  })

  it('leaves its registration token nowhere', async () => {
    const kept: string[] = []
    const scene = await lapsed({ plant: keepsEverything(kept) })
    const id = await repairFirst(scene)
    const { operator, story } = scene
    const rows = await operator.ask(story.storage.rawTable('operations').query(id, []))
    const answered = [...rows, await operator.operation(id), await operator.tasks(id), await operator.report(id)]
    story.stop()
    const [token = ''] = tokensMade(scene.sim, poolOf(scene))
    expect(token).not.toBe('')
    const wordsWith = (text: string) => kept.filter((line) => line.includes(text)).map((line) => line.split(' ')[0])
    expect(wordsWith('redeployVm'), 'rows and log are really read').toEqual(
      expect.arrayContaining(['saveTask', 'info']),
    )
    expect(wordsWith(id), 'and blobs and messages').toEqual(expect.arrayContaining(['put', 'send']))
    expect(wordsWith(token)).toEqual([])
    expect(JSON.stringify(answered)).not.toContain(token)
  })

  it('whose new agent is refused is a finding, off again, and not tried again for 24 hours', async () => {
    const scene = await lapsed({
      plant: (world) => ({
        ...world,
        gateways: {
          ...world.gateways,
          avd: {
            ...world.gateways.avd,
            newRegistrationToken: async () => ({ kind: 'ok', value: 'eyJhbGciOi.a.token-that-is-not-good' }),
          },
        },
      }),
    })
    const id = await repairFirst(scene)
    expect((await scene.operator.operation(id)).state.outcome).toBe('failed')
    expect(powerOf(scene, first)).toBe('deallocated')
    expect(await clockOf(scene, first)).toMatchObject({ left: [], lastRepair: { outcome: 'repairFailed' } })
    expect(await runTimer(scene)).toBeUndefined()
    const status = await scene.operator.ask(scene.story.desk.world.pacers.get('keepAlive', pairId))
    expect(JSON.stringify(status?.value.alarms)).toContain('repairFailed')
    await scene.operator.pass(hours(25))
    const again = await runTimer(scene)
    expect(again, 'its record is gone, and its clock knows the VM').toMatchObject({ kind: 'started' })
    scene.story.stop()
  })

  it('is left alone while somebody is at work on it', async () => {
    const scene = await lapsed({ timings: { readLag: [0, 0] } })
    const answer = await runTimer(scene)
    const vm = scene.sim.estate.vms.get(idKey(vmIdOf(scene.ids, first)))
    if (!vm || answer?.kind !== 'started') throw new Error('no story')
    startVm(scene.sim, vm, undefined, 'person')
    await toTheEnd(scene, answer.operationId, hours(3))
    scene.story.stop()
    expect(hostIn(scene.sim, scene.ids, first), 'its record is still there').toBeDefined()
    expect(eventsOf(scene, 'startAccepted').map(({ by }) => by)).toEqual(['person'])
    expect(powerOf(scene, first)).toBe('running')
    expect(await clockOf(scene, first)).toMatchObject({ lastRepair: { outcome: 'repairFailed' } })
  })

  it('gives way to a failover in the middle of its deployment: nothing is switched off, and the others take the users', async () => {
    const scene = await lapsed()
    const answer = await runTimer(scene)
    if (answer?.kind !== 'started') throw new Error('no story')
    await scene.operator.pass(minutes(4))
    expect(powerOf(scene, first), 'it is being made').not.toBe('deallocated')
    await scene.operator.collect()
    const failover = await scene.operator.begin({ pairId })
    await toTheEnd(scene, failover, hours(3))
    scene.story.stop()
    expect((await scene.operator.operation(answer.operationId)).state.outcome).toBe('takenOver')
    expect(['succeeded', 'partial']).toContain((await scene.operator.operation(failover)).state.outcome)
    expect(eventsOf(scene, 'deallocateAccepted').filter(({ vm }) => vm.includes('ukw'))).toEqual([])
    expect(await clockOf(scene, first)).toMatchObject({ lastRepair: { outcome: 'interrupted' } })
    expect((await scene.operator.ask(scene.story.desk.world.pairs.load(pairId))).value.activeSide).toBe('secondary')
  })

  it('is only proposed where the plan says so', async () => {
    const scene = await lapsed({ plan: { keepAlive: { repair: 'propose' } } })
    expect(await runTimer(scene)).toBeUndefined()
    scene.story.stop()
  })

  it('waits while too few others are alive', async () => {
    const scene = await lapsed({
      plan: { minimumCapacity: standby.length, keepAlive: { repair: 'replace', template } },
    })
    expect(await runTimer(scene)).toBeUndefined()
    scene.story.stop()
    expect(hostIn(scene.sim, scene.ids, second)).toBeDefined()
  })
})

it('a token of this simulation ends', async () => {
  const scene = await lapsed()
  const pool = poolOf(scene)
  const now = scene.sim.now()
  expect(makeToken(scene.sim, pool, now + minutes(30))).toBeUndefined()
  expect(makeToken(scene.sim, pool, now + days(28))).toBeUndefined()
  expect(makeToken(scene.sim, pool, now + hours(2))).toBeDefined()
  scene.story.stop()
})
