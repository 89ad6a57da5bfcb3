import { describe, expect, it } from 'vitest'
import { killRegion } from '../../sim/estate/regions.ts'
import { minutes } from '../../src/lib/core/time.ts'
import { transcript } from '../support/transcript.ts'
import { expectGolden } from './support/golden.ts'
import {
  eventsOf,
  openScene,
  personalOnly,
  pooledOnly,
  runThrough,
  type Scene,
  toTheEnd,
  untilAsking,
} from './support/scene.ts'

/** The region dies after the last inventory was taken; what AVD lists of it lingers for a while. */
async function lost(fleet: typeof pooledOnly, lingers = minutes(20)) {
  const scene = await openScene({ fleet: { ...fleet, switches: { lostSessionsLinger: lingers } } })
  killRegion(scene.sim, scene.ids.primaryLocation)
  await scene.operator.pass(minutes(2))
  return { ...scene, known: scene.sim.ledger.calls().length }
}

type Lost = Awaited<ReturnType<typeof lost>>

/** Truth of design rule 10: no call went to the dead region's machines, so that nothing can have waited for them. */
function expectNothingAsked({ sim, known, ids }: Lost): void {
  const calls = sim.ledger.calls().slice(known)
  expect(calls.length).toBeGreaterThan(20)
  expect(calls.filter(({ injected }) => injected === 'deadRegion')).toEqual([])
  const machines = [...ids.pooled.primary.vms, ...ids.personal.vms].map((id) => id.toLowerCase())
  expect(calls.filter(({ path }) => machines.some((id) => path.toLowerCase().startsWith(id)))).toEqual([])
}

const accessLines = (scene: Scene) => scene.picture().filter((line) => line.startsWith('access '))
const accessBefore = (scene: Scene) => scene.before.filter((line) => line.startsWith('access '))

describe('a pooled failover while the primary region is down', () => {
  const request = { pairId: 'pooled-uk', primaryIsDown: true }

  it('asks nothing of the dead region, and asks a person about sessions it cannot prove gone', async () => {
    const scene = await lost(pooledOnly)
    const id = await scene.operator.begin(request)
    await untilAsking(scene, id)
    await scene.operator.pass(minutes(5))
    const tasks = ['leave avdp-uks-0001', 'leave avdp-uks-0002']
    await expectGolden('primary-down-pooled', await transcript(scene.story, scene.operator, id, { tasks }))
    expect((await scene.operator.operation(id)).state.question?.code).toBe('signOutUnproven')
    expect(eventsOf(scene, 'granted')).toEqual([])
    await scene.operator.control(id, { kind: 'reply', reply: 'grantWithoutSignOutProof' })
    await toTheEnd(scene, id)
    scene.story.stop()
    expectNothingAsked(scene)
    expect((await scene.operator.operation(id)).state).toMatchObject({ outcome: 'partial' })
    expect(eventsOf(scene, 'granted')).toHaveLength(3)
    const unproven = ['avdp-uks-0001', 'avdp-uks-0003']
    const { troubles } = await scene.operator.report(id)
    expect(troubles.map(({ subject }) => subject)).toEqual(unproven)
    expect(scene.operator.verdict().violations).toEqual([])
  })

  it('does not ask when the waiver was approved with the preview', async () => {
    const scene = await lost(pooledOnly)
    const id = await runThrough(scene, { ...request, grantWithoutSignOutProof: true })
    scene.story.stop()
    expectNothingAsked(scene)
    const { state, timeline } = await scene.operator.operation(id)
    expect(state).toMatchObject({ outcome: 'partial' })
    expect(timeline.filter(({ text }) => text.startsWith('asks'))).toEqual([])
    expect(scene.operator.verdict().violations).toEqual([])
    // Starts and revocations run side by side: nobody waits for the one before the other begins.
    const firstRevoke = Math.min(...eventsOf(scene, 'revoked').map(({ at }) => at))
    expect(firstRevoke).toBeLessThan(Math.min(...eventsOf(scene, 'hostReady').map(({ at }) => at)))
  })

  it('does not ask when the dead region’s sessions are soon gone from the listing', async () => {
    const scene = await lost(pooledOnly, minutes(1))
    const id = await runThrough(scene, request)
    scene.story.stop()
    expectNothingAsked(scene)
    expect((await scene.operator.operation(id)).state).toMatchObject({ outcome: 'succeeded' })
    expect(scene.operator.verdict().violations).toEqual([])
  })

  it('gives everybody back what he had when somebody says restore', async () => {
    const scene = await lost(pooledOnly)
    const id = await scene.operator.begin(request)
    await untilAsking(scene, id)
    await scene.operator.control(id, { kind: 'reply', reply: 'restore' })
    await toTheEnd(scene, id)
    scene.story.stop()
    expectNothingAsked(scene)
    expect(accessLines(scene)).toEqual(accessBefore(scene))
    expect(scene.picture()).toEqual(scene.before)
    expect(scene.operator.verdict().violations).toEqual([])
  })
})

describe('a personal failover while the primary region is down', () => {
  it('brings every desktop over without a word to the dead region’s machines', async () => {
    const scene = await lost(personalOnly)
    const id = await runThrough(scene, { pairId: 'personal-uk', primaryIsDown: true })
    scene.story.stop()
    const tasks = ['desktops avdd-uks-0001', 'desktops avdd-uks-0002']
    await expectGolden('primary-down-personal', await transcript(scene.story, scene.operator, id, { tasks }))
    expectNothingAsked(scene)
    const picture = scene.picture()
    for (const { name } of scene.ids.personal.vms.map((vm) => ({ name: vm.split('/').at(-1) }))) {
      expect(picture).toContain(`host hp-personal/${name} accepts on rg-avd-personal-ukwest`)
      expect(picture).toContain(`item ${name} Committed`)
    }
    expect(scene.operator.verdict().violations).toEqual([])
  })
})
