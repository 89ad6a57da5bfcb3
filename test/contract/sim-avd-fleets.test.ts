import { expect, test } from 'vitest'
import { createEstate } from '../../sim/arm/estate.ts'
import { createSim } from '../../sim/arm/kernel.ts'
import { startUserActivity } from '../../sim/estate/user-activity.ts'
import { worldOf } from '../../sim/estate/world.ts'
import { fleetIds } from '../../sim/fleets/fleet-ids.ts'
import {
  type FleetName,
  type FleetOptions,
  optionsOf,
  usualActivity,
  usualAutoscale,
} from '../../sim/fleets/fleet-options.ts'
import { createFleet } from '../../sim/fleets/fleets.ts'
import { idKey } from '../../src/lib/core/arm-id.ts'
import { minutes, seconds } from '../../src/lib/core/time.ts'
import { start } from './kernel-world.ts'
import { createFleetWorld, groupOf, nameOf } from './sim-world.ts'

function estateOf(name: FleetName, overrides: Partial<FleetOptions> = {}, seed = 7) {
  const { sim } = createSim({ clock: { now: () => start }, seed, providers: [], estate: createEstate() })
  createFleet(name, overrides)(sim)
  return sim.estate
}

test.each([
  { name: 'tiny', vms: 14, items: 6, pools: 3 },
  { name: 'small', vms: 78, items: 30, pools: 3 },
  { name: 'demo', vms: 490, items: 250, pools: 3 },
  { name: 'thousand', vms: 1_000, items: 1_000, pools: 1 },
] as const)('the $name fleet has $vms machines, $items of them replicated', ({ name, vms, items, pools }) => {
  const estate = estateOf(name)
  expect([estate.vms.size, estate.sessionHosts.size]).toEqual([vms, vms])
  expect([estate.replicatedItems.size, estate.hostPools.size]).toEqual([items, pools])
})

test('every id a fleet announces is there', () => {
  const estate = estateOf('demo')
  const { pooled, personal, groups, users } = fleetIds('demo')
  for (const side of [pooled.primary, pooled.secondary]) {
    expect(estate.hostPools.has(idKey(side.hostPool))).toBe(true)
    expect(estate.scalingPlans.has(idKey(side.scalingPlan))).toBe(true)
    expect(side.applicationGroups.every((id) => estate.applicationGroups.has(idKey(id)))).toBe(true)
    expect(side.vms.every((id) => estate.vms.has(idKey(id)))).toBe(true)
  }
  expect(personal.vms.every((id) => estate.vms.has(idKey(id)))).toBe(true)
  expect(groups.every(({ id }) => estate.groups.has(id)) && users.every(({ id }) => estate.users.has(id))).toBe(true)
})

test('in the demo fleet users are in several groups, and access is to the primary side alone', () => {
  const estate = estateOf('demo')
  const several = [...estate.users.values()].filter(({ groups }) => groups.length > 1)
  expect(several.length).toBeGreaterThan(estate.users.size / 4)
  const all = fleetIds('demo').groups.map(({ id }) => id)
  expect(several.some(({ groups }) => all.every((id) => groups.includes(id)))).toBe(true)
  const secondary = new Set(fleetIds('demo').pooled.secondary.applicationGroups.map(idKey))
  expect(estate.roleAssignments.size).toBeGreaterThan(3)
  expect([...estate.roleAssignments.values()].some(({ scope }) => secondary.has(idKey(scope)))).toBe(false)
})

test('primary hosts run and have sessions, secondary ones are off, drained and seen 20 days ago', () => {
  const estate = estateOf('demo')
  const { primary, secondary } = fleetIds('demo').pooled
  const hosts = (pool: string) => [...estate.sessionHosts.values()].filter((host) => host.pool === idKey(pool))
  const busy = hosts(primary.hostPool).filter(({ sessions }) => sessions.size > 0)
  expect(busy.length / 120).toBeGreaterThan(0.45)
  expect(busy.length / 120).toBeLessThan(0.75)
  for (const host of hosts(secondary.hostPool)) {
    expect(host.allowNewSession.now()).toBe(false)
    expect(estate.vms.get(host.vm)?.power.now()).toBe('deallocated')
    expect(start - host.tokenFrom).toBe(20 * 86_400_000)
  }
})

test('the same seed gives the same fleet, another seed another one', () => {
  const print = (seed: number) => JSON.stringify([...estateOf('tiny', {}, seed).vms.values()].map(({ vmId }) => vmId))
  expect(print(1)).toBe(print(1))
  expect(print(1)).not.toBe(print(2))
})

test('nobody opens a second session in a pool where he has one', async () => {
  const world = createFleetWorld({ pooledHosts: 4, users: 4 })
  const { sim, later, avd, settled, ids } = world
  const user = [...sim.estate.sessionHosts.values()].flatMap(({ sessions }) => [...sessions.values()])[0]?.user ?? ''
  worldOf(sim).wanting.add(user)
  startUserActivity(sim, { every: seconds(30), eagerness: 1 })
  await later(minutes(30))
  await settled(avd.hostPools.get(groupOf(ids.pooled.primary.hostPool), nameOf(ids.pooled.primary.hostPool)))
  expect(sim.ledger.events().filter(({ kind }) => kind === 'sessionOpened')).toEqual([])
})

test('who finds no host that is ready gets one started, if Start VM on Connect is on', async () => {
  const options = { pooledHosts: 3, users: 6, userActivity: { every: seconds(30), eagerness: 1 } }
  for (const primary of [true, false]) {
    const { sim, later, compute, avd, finish, settled, ids } = createFleetWorld({
      ...options,
      startOnConnect: { primary, secondary: false },
    })
    const group = groupOf(ids.pooled.primary.hostPool)
    for (const vm of ids.pooled.primary.vms) await finish(compute.virtualMachines.deallocate(group, nameOf(vm)))
    const allOff = sim.now()
    await later(minutes(15))
    await settled(avd.hostPools.get(group, nameOf(ids.pooled.primary.hostPool)))
    const starts = sim.ledger
      .events()
      .filter((event) => event.kind === 'startAccepted' && event.by === 'startOnConnect')
    expect(starts.length > 0).toBe(primary)
    expect(sim.ledger.events().some(({ kind, at }) => kind === 'sessionOpened' && at > allOff)).toBe(primary)
  }
})

test('sizes are parameters', () => {
  expect(estateOf('tiny', { personalVms: 9, unreplicatedVms: 2 }).replicatedItems.size).toBe(7)
  expect(optionsOf('tiny', { users: 3 }).users).toBe(3)
})

test('a world with all adversaries goes the same way twice', async () => {
  const story = async () => {
    const { sim, later, avd, settled, finish, compute, ids } = createFleetWorld({
      ...optionsOf('tiny', { autoscale: usualAutoscale, userActivity: usualActivity }),
    })
    const { hostPool, vms } = ids.pooled.primary
    await finish(compute.virtualMachines.deallocate(groupOf(hostPool), nameOf(vms[0] ?? '')))
    await later(minutes(240))
    await settled(avd.hostPools.get(groupOf(hostPool), nameOf(hostPool)))
    return sim.ledger.events()
  }
  const first = await story()
  expect(first.length).toBeGreaterThan(50)
  expect(await story()).toEqual(first)
})
