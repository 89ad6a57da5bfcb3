/** The region is lost, and the newest inventory is 25 hours old: one machine in twenty is no longer what it says. */
import { describe, expect, it } from 'vitest'
import type { Sim } from '../../sim/arm/types.ts'
import { killRegion } from '../../sim/estate/regions.ts'
import { worldOf } from '../../sim/estate/world.ts'
import { editVm, grantByHand, hostOf } from '../../sim/fleets/drifts/tools.ts'
import { fleetIds } from '../../sim/fleets/fleet-ids.ts'
import { addSessionHost, addVm } from '../../sim/fleets/machines.ts'
import { groundIds } from '../../sim/fleets/surrounding-ids.ts'
import { idKey } from '../../src/lib/core/arm-id.ts'
import { hours, minutes } from '../../src/lib/core/time.ts'
import type { TaskState } from '../../src/lib/machine/task-state.ts'
import { eventsOf, openScene, type Scene, toTheEnd, untilAsking } from './support/scene.ts'

const hosts = 40
const quiet = { userActivity: false, users: 40 } as const
const request = { primaryIsDown: true, grantWithoutSignOutProof: true, acceptOut: 'all' } as const

/** The estate goes on for a day after the inventory; then the region dies. */
async function aDayLater(fleet: object, drift: (scene: Scene) => void): Promise<Scene & { readonly known: number }> {
  const scene = await openScene({ fleet: { ...quiet, ...fleet } })
  await scene.operator.pass(hours(25))
  drift(scene)
  killRegion(scene.sim, scene.ids.primaryLocation)
  await scene.operator.pass(minutes(2))
  return { ...scene, known: scene.sim.ledger.calls().length }
}

const nameOf = (id: string): string => id.split('/').at(-1)?.toLowerCase() ?? ''
const names = (ids: readonly string[]): readonly string[] => ids.map(nameOf).sort()

function forget(sim: Sim, vmId: string): void {
  const { name, pool } = hostOf(sim, vmId)
  sim.estate.sessionHosts.delete(`${pool}/${name.toLowerCase()}`)
  sim.estate.vms.delete(idKey(vmId))
  worldOf(sim).hostOfVm.delete(idKey(vmId))
}

/** Gone, under another name, in another resource group, and of another size: two hosts in forty each way, and no more. */
function driftOfPool({ sim, ids }: Scene) {
  const { vms, hostPool, location } = ids.pooled.secondary
  const [deleted = '', renamed = '', moved = '', resized = ''] = [3, 11, 23, 31].map((i) => vms[i])
  const machine = { location, size: 'Standard_D4s_v5', zone: '1', isOn: false }
  for (const id of [deleted, renamed, moved]) forget(sim, id)
  const newcomer = renamed.replace(/-\d+$/, '-9001')
  const elsewhere = moved.replace(/resourceGroups\/[^/]+/i, 'resourceGroups/rg-avd-elsewhere')
  for (const id of [newcomer, elsewhere])
    addSessionHost(sim, addVm(sim, { ...machine, id }), { pool: hostPool, tokenAgeDays: 20 })
  editVm(sim, resized, { size: 'Standard_D8s_v5' })
  return { gone: names([deleted, renamed, moved]), resized: nameOf(resized), newcomer: nameOf(newcomer) }
}

const isFailed = ({ status, ...rest }: TaskState) => status === 'over' && 'outcome' in rest && rest.outcome === 'failed'

const nothingAskedOfTheDead = ({ sim, known }: Scene & { readonly known: number }) =>
  sim.ledger
    .calls()
    .slice(known)
    .filter(({ injected }) => injected === 'deadRegion')

describe('a pool failed over from an inventory of yesterday', () => {
  it('starts every host that is as it was, names those that are not, and touches nothing it was not told of', async () => {
    const drift: { of?: ReturnType<typeof driftOfPool> } = {}
    const scene = await aDayLater({ personalVms: 0, pooledHosts: hosts }, (one) => {
      drift.of = driftOfPool(one)
    })
    const { gone = [], resized = '', newcomer = '' } = drift.of ?? {}
    const preview = await scene.operator.preview({ pairId: 'pooled-uk', ...request })
    expect(preview.warnings.map(({ code }) => code)).toContain('oldInventory')
    const id = await scene.operator.begin({ pairId: 'pooled-uk', ...request })
    await toTheEnd(scene, id)
    scene.story.stop()
    const started = names(eventsOf(scene, 'startAccepted').map(({ vm }) => vm))
    const unchanged = names(scene.ids.pooled.secondary.vms).filter((name) => !gone.includes(name))
    expect(started).toEqual(unchanged)
    expect(started).toContain(resized)
    expect(started).not.toContain(newcomer)
    const { outcome, troubles } = await scene.operator.report(id)
    expect(outcome).toBe('partial')
    const failed = troubles.filter(({ stage }) => stage === 'capacity')
    expect(failed.map(({ subject }) => subject).sort()).toEqual(gone)
    for (const { fault, subject } of failed) expect(fault?.message).toMatch(new RegExp(`${subject}.* was not found`))
    expect(eventsOf(scene, 'granted')).toHaveLength(3)
    expect(nothingAskedOfTheDead(scene)).toEqual([])
    expect(scene.operator.verdict().violations).toEqual([])
  }, 120_000)

  it('grants nobody the other side while a group holds access that yesterday did not know, and says which', async () => {
    const fleet = { personalVms: 0, groups: 3, applicationGroups: 2 }
    const { groups } = fleetIds('tiny', fleet)
    // It moves with another application group, and nobody knew of this one.
    const stray = groups[1]?.id ?? ''
    const scene = await aDayLater(fleet, ({ sim, ids }) => {
      const [first] = ids.pooled.primary.applicationGroups
      grantByHand({ sim, ids, ground: groundIds(ids), principal: '' }, first ?? '', stray)
    })
    const id = await scene.operator.begin({ pairId: 'pooled-uk', ...request })
    await untilAsking(scene, id)
    const { question } = (await scene.operator.operation(id)).state
    expect(question).toMatchObject({ code: 'revokeUnproven', replies: expect.arrayContaining(['restore']) })
    const refused = (await scene.operator.tasks(id)).filter(({ stage, state }) => stage === 'revoke' && isFailed(state))
    for (const { state } of refused) expect('fault' in state && state.fault?.message).toContain(stray)
    expect(refused).not.toEqual([])
    expect(eventsOf(scene, 'granted')).toEqual([])
    await scene.operator.control(id, { kind: 'reply', reply: 'restore' })
    await toTheEnd(scene, id)
    scene.story.stop()
    // Whoever was taken away from has it back, as it was.
    expect(eventsOf(scene, 'granted').length).toBe(eventsOf(scene, 'revoked').length)
    expect(scene.operator.verdict().violations).toEqual([])
  }, 120_000)
})

describe('desktops failed over from an inventory of yesterday', () => {
  it('come back where nothing has changed; those that are gone are named, and nobody’s desktop is guessed', async () => {
    const scene = await aDayLater({ pooledHosts: 0, personalVms: hosts }, ({ sim, ids }) => {
      const [deleted = '', resized = '', reassigned = ''] = [4, 12, 25].map((i) => ids.personal.vms[i])
      const item = [...sim.estate.replicatedItems].find(([, { vmName }]) => vmName.toLowerCase() === nameOf(deleted))
      if (item) sim.estate.replicatedItems.delete(item[0])
      forget(sim, deleted)
      editVm(sim, resized, { size: 'Standard_D8s_v5' })
      const host = hostOf(sim, reassigned)
      sim.estate.sessionHosts.set(`${host.pool}/${host.name.toLowerCase()}`, {
        ...host,
        assignedUser: 'new@contoso.com',
      })
    })
    const [gone = ''] = names([scene.ids.personal.vms[4] ?? ''])
    const id = await scene.operator.begin({ pairId: 'personal-uk', ...request })
    await toTheEnd(scene, id)
    scene.story.stop()
    const moved = names(eventsOf(scene, 'failoverAccepted').map(({ vm }) => vm))
    expect(moved).toEqual(names(scene.ids.personal.vms).filter((name) => name !== gone))
    const { troubles, outcome } = await scene.operator.report(id)
    expect(outcome).toBe('partial')
    expect(troubles.filter(({ outcome: end }) => end !== 'succeeded').map(({ subject }) => subject)).toEqual([gone])
    expect(nothingAskedOfTheDead(scene)).toEqual([])
    expect(scene.operator.verdict().violations).toEqual([])
  }, 120_000)
})
