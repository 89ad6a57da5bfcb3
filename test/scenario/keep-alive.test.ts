import { describe, expect, it } from 'vitest'
import type { Sim } from '../../sim/arm/types.ts'
import { addShortage } from '../../sim/estate/capacity.ts'
import { startVm } from '../../sim/estate/vm-power.ts'
import type { FleetIds } from '../../sim/fleets/fleet-ids.ts'
import { idKey } from '../../src/lib/core/arm-id.ts'
import { hours, minutes, seconds } from '../../src/lib/core/time.ts'
import { transcript } from '../support/transcript.ts'
import { expectGolden } from './support/golden.ts'
import { eventsOf, type Scene, type SceneOptions, toTheEnd } from './support/scene.ts'
import { clockOf, openPool, standby, wake } from './support/wake.ts'

const [first, second] = standby

const vmIdOf = (ids: FleetIds, host: string): string => ids.pooled.secondary.vms.find((id) => id.endsWith(host)) ?? ''

function vmOf({ estate }: Sim, ids: FleetIds, host: string) {
  const vm = estate.vms.get(idKey(vmIdOf(ids, host)))
  if (!vm) throw new Error(`there is no ${host}`)
  return vm
}

const startByHand = ({ sim, ids }: Scene, host: string) => startVm(sim, vmOf(sim, ids, host), undefined, 'person')

function hostIn({ estate }: Sim, ids: FleetIds, host: string) {
  const found = [...estate.sessionHosts.values()].find(({ vm }) => vm === idKey(vmIdOf(ids, host)))
  if (!found) throw new Error(`there is no host ${host}`)
  return found
}

async function wakeUp(options: SceneOptions = {}, hosts: readonly string[] = [first]) {
  const scene = await openPool(options)
  const id = await wake(scene, hosts)
  await toTheEnd(scene, id, hours(8))
  scene.story.stop()
  const { state } = await scene.operator.operation(id)
  const told = (name: string) => transcript(scene.story, scene.operator, id, { tasks: [`wake ${name}`] })
  return { scene, id, state, told, clock: await clockOf(scene, first) }
}

describe('a wake-up', () => {
  it('starts a host, proves it, and leaves it as it was', async () => {
    const { scene, id, state, told, clock } = await wakeUp()
    await expectGolden('wake', await told(first))
    expect(scene.picture()).toEqual(scene.before)
    expect(state.outcome).toBe('succeeded')
    expect(eventsOf(scene, 'startAccepted')).toHaveLength(1)
    expect(clock).toMatchObject({
      left: [],
      startFailures: [],
      agentVersion: '1.0.13229.200',
      lastWake: { operationId: id, outcome: 'proven' },
    })
    const { wakes } = await scene.operator.report(id)
    expect(wakes).toMatchObject([
      { host: first, outcome: 'proven', left: [], detail: expect.stringMatching(/^assess: /) },
    ])
    const onFor = clock?.lastWake?.onFor ?? 0
    expect([onFor >= hours(2), onFor <= hours(2) + minutes(10)]).toEqual([true, true])
    // Proven at the end of its time on, not only at its beginning.
    const [gone] = eventsOf(scene, 'hostGone')
    expect((gone?.at ?? 0) - (clock?.lastProof ?? 0)).toBeLessThan(minutes(2))
  })

  it('keeps what a person has set: a tag of theirs stays, and a host that lets people in does so again', async () => {
    const scene = await openPool({
      arrange(sim, ids) {
        const vm = vmOf(sim, ids, first)
        vm.tags.set({ ...vm.tags.now(), [ids.exclusionTag]: 'by hand' })
        hostIn(sim, ids, first).allowNewSession.set(true)
      },
    })
    await scene.operator.pass(minutes(5))
    const id = await wake(scene, [first])
    await toTheEnd(scene, id)
    scene.story.stop()
    expect(await clockOf(scene, first)).toMatchObject({ lastWake: { outcome: 'proven' } })
    expect(scene.picture()).toEqual(scene.before)
    expect(scene.picture().filter((line) => /ukw-0001 (accepts|.*by hand)/.test(line))).toHaveLength(2)
    expect(eventsOf(scene, 'drainSet').map(({ allowNewSession }) => allowNewSession)).toEqual([false, true])
    expect(eventsOf(scene, 'tagsSet')).toEqual([])
  })

  it('installs patches where the plan wants it, and waits for the reboot', async () => {
    const { scene, state, told, clock } = await wakeUp({
      plan: { keepAlive: { patches: 'install' } },
      fleet: { switches: { patching: { assess: [60_000, 60_000], install: [minutes(20), minutes(20)], fails: 0 } } },
    })
    await expectGolden('wake-install', await told(first))
    expect(state.outcome).toBe('succeeded')
    expect(eventsOf(scene, 'rebooted')).toHaveLength(1)
    expect(clock?.lastWake?.detail).toMatch(/^install: \d+ patches installed, 0 failed/)
    expect(scene.picture()).toEqual(scene.before)
  })
})

describe('a host that is on already', () => {
  it('counts as woken, and nobody touches it', async () => {
    const scene = await openPool()
    startByHand(scene, first)
    await scene.operator.pass(minutes(10))
    const before = scene.picture()
    const id = await wake(scene, [first])
    await toTheEnd(scene, id)
    scene.story.stop()
    await expectGolden('wake-running', await transcript(scene.story, scene.operator, id, { tasks: [`wake ${first}`] }))
    expect(scene.picture()).toEqual(before)
    expect(eventsOf(scene, 'tagsSet')).toEqual([])
    expect(await clockOf(scene, first)).toMatchObject({ left: [], lastWake: { outcome: 'running' } })
    expect((await clockOf(scene, first))?.beats?.to).toBeGreaterThan(scene.story.region.clock.now() - minutes(30))
  })

  it('is waited for while somebody starts it at this very moment', async () => {
    const scene = await openPool()
    startByHand(scene, first)
    const id = await wake(scene, [first])
    await toTheEnd(scene, id)
    scene.story.stop()
    expect(eventsOf(scene, 'startAccepted').map(({ by }) => by)).toEqual(['person'])
    expect(eventsOf(scene, 'deallocateAccepted')).toEqual([])
    expect(await clockOf(scene, first)).toMatchObject({ lastWake: { outcome: 'running' } })
  })
})

describe('a host that does not come up', () => {
  it('whose token has lapsed is told, and put to rest again', async () => {
    const { scene, state, told, clock } = await wakeUp(
      {
        arrange(sim, ids) {
          hostIn(sim, ids, first).tokenFrom = sim.now() - hours(24 * 91)
        },
      },
      [first, second],
    )
    await expectGolden('wake-no-heartbeat', await told(first))
    expect(state.outcome).toBe('partial')
    expect(scene.picture()).toEqual(scene.before)
    expect(clock).toMatchObject({ left: [], lastWake: { outcome: 'noHeartbeat' } })
    expect(await clockOf(scene, second)).toMatchObject({ lastWake: { outcome: 'proven' } })
  })

  it('for want of room is told with the code, the size and the zone', async () => {
    const { scene, state, told, clock } = await wakeUp({
      arrange(sim, ids) {
        const { location, size, zone = '' } = vmOf(sim, ids, first)
        const [from, until] = [sim.now(), sim.now() + hours(24)]
        addShortage(sim, { location, size, zone, code: 'ZonalAllocationFailed', from, until })
      },
    })
    await expectGolden('wake-no-room', await told(first))
    expect(state.outcome).toBe('failed')
    expect(scene.picture()).toEqual(scene.before)
    expect(clock).toMatchObject({
      left: [],
      startFailures: [{ code: 'ZonalAllocationFailed', size: 'Standard_D4s_v5', zone: '1' }],
      lastWake: { outcome: 'startFailed' },
    })
  })

  it('at the first attempt alone leaves its evidence all the same', async () => {
    const { state, clock } = await wakeUp({
      arrange(sim, ids) {
        const { location, size, zone = '' } = vmOf(sim, ids, first)
        const [from, until] = [sim.now(), sim.now() + minutes(2)]
        addShortage(sim, { location, size, zone, code: 'AllocationFailed', from, until })
      },
    })
    expect(state.outcome).toBe('succeeded')
    expect(clock).toMatchObject({ startFailures: [{ code: 'AllocationFailed' }], lastWake: { outcome: 'proven' } })
  })
})

describe('a wake-up that is aborted', () => {
  it('puts the host to rest at once, and says so', async () => {
    const scene = await openPool()
    const id = await wake(scene, [first])
    await scene.operator.pass(minutes(30))
    expect((await scene.operator.control(id, { kind: 'abort' })).kind).toBe('done')
    await toTheEnd(scene, id)
    scene.story.stop()
    const { state } = await scene.operator.operation(id)
    await expectGolden('wake-aborted', await transcript(scene.story, scene.operator, id, { tasks: [`wake ${first}`] }))
    expect(state).toMatchObject({ outcome: 'aborted' })
    expect(scene.picture()).toEqual(scene.before)
    expect(await clockOf(scene, first)).toMatchObject({ left: [], lastWake: { outcome: 'interrupted' } })
    expect(scene.story.region.clock.now()).toBeLessThan(state.startedAt + hours(1))
  })

  it('starts nothing more, although something else is still being put back', async () => {
    const scene = await openPool()
    startByHand(scene, second)
    await scene.operator.pass(minutes(10))
    const id = await wake(scene, [first], [{ side: 'secondary', host: second, left: ['deallocateVm'] }])
    await scene.operator.pass(seconds(10))
    expect((await scene.operator.control(id, { kind: 'abort' })).kind).toBe('done')
    await toTheEnd(scene, id)
    scene.story.stop()
    expect(eventsOf(scene, 'startAccepted').map(({ by }) => by)).toEqual(['person'])
    expect(eventsOf(scene, 'tagsSet').length, 'it had begun by then').toBeGreaterThan(0)
    expect(scene.picture()).toEqual(scene.before)
  })

  it('is not held up by a pause: a host that is on is put to rest in its time', async () => {
    const scene = await openPool()
    const id = await wake(scene, [first])
    await scene.operator.pass(minutes(30))
    expect((await scene.operator.control(id, { kind: 'pause' })).kind).toBe('done')
    await toTheEnd(scene, id)
    scene.story.stop()
    expect(scene.picture()).toEqual(scene.before)
    expect(await clockOf(scene, first)).toMatchObject({ lastWake: { outcome: 'proven' } })
  })
})
