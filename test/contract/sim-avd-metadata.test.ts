import { expect, test } from 'vitest'
import { minutes } from '../../src/lib/core/time.ts'
import { jsonOf } from './kernel-world.ts'
import { createFleetWorld, faultsBySpec, groupOf, nameOf } from './sim-world.ts'

const version = 'api-version=2024-04-03'
const inGroup =
  '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.DesktopVirtualization'

function world(fleet: Parameters<typeof createFleetWorld>[0] = {}) {
  const made = createFleetWorld({ pooledHosts: 6, users: 12, applicationGroups: 3, scalingPlans: true, ...fleet })
  const { primary, secondary } = made.ids.pooled
  return { ...made, primary, secondary, group: groupOf(primary.hostPool), pool: nameOf(primary.hostPool) }
}

test('host pools are read and listed, and Start VM on Connect is switched', async () => {
  const { avd, all, settled, sim, group, pool, primary, send } = world()
  expect(await all(avd.hostPools.listByResourceGroup(group))).toHaveLength(1)
  expect(await all(avd.hostPools.list())).toHaveLength(2)
  const found = await settled(avd.hostPools.get(group, pool))
  expect(found).toMatchObject({ hostPoolType: 'Pooled', startVMOnConnect: true, maxSessionLimit: 12 })
  const changed = await settled(avd.hostPools.update(group, pool, { hostPool: { startVMOnConnect: false } }))
  expect(changed.startVMOnConnect).toBe(false)
  expect(sim.ledger.events()).toContainEqual(expect.objectContaining({ kind: 'startOnConnectSet', enabled: false }))
  const body = jsonOf(await send(`${primary.hostPool}?${version}`))
  expect(faultsBySpec('avd', 'get', `${inGroup}/hostPools/{hostPoolName}`, { status: 200, body })).toEqual([])
})

test('application groups name their pool, type and applications', async () => {
  const { avd, all, settled, send, primary, group } = world()
  const groups = await all(avd.applicationGroups.listByResourceGroup(group))
  expect(groups.map(({ applicationGroupType }) => applicationGroupType)).toEqual(['Desktop', 'RemoteApp', 'RemoteApp'])
  expect(groups[0]?.hostPoolArmPath?.toLowerCase()).toBe(primary.hostPool.toLowerCase())
  const second = nameOf(primary.applicationGroups[1] ?? '')
  expect((await settled(avd.applicationGroups.get(group, second))).applicationGroupType).toBe('RemoteApp')
  expect((await all(avd.applications.list(group, second))).length).toBeGreaterThan(0)
  const template = `${inGroup}/applicationGroups/{applicationGroupName}`
  const body = jsonOf(await send(`${primary.applicationGroups[1]}?${version}`))
  expect(faultsBySpec('avd', 'get', template, { status: 200, body })).toEqual([])
  const applications = jsonOf(await send(`${primary.applicationGroups[1]}/applications?${version}`))
  expect(faultsBySpec('avd', 'get', `${template}/applications`, { status: 200, body: applications })).toEqual([])
})

test('workspaces refer to their application groups', async () => {
  const { avd, all, settled, send, primary, group } = world()
  const found = await settled(avd.workspaces.get(group, nameOf(primary.workspace)))
  expect(found.applicationGroupReferences).toEqual(primary.applicationGroups)
  expect(await all(avd.workspaces.listByResourceGroup(group))).toHaveLength(1)
  const body = jsonOf(await send(`${primary.workspace}?${version}`))
  expect(faultsBySpec('avd', 'get', `${inGroup}/workspaces/{workspaceName}`, { status: 200, body })).toEqual([])
})

test('a scaling plan is found by its pool and switched off for it', async () => {
  const { avd, all, settled, send, sim, primary, group, pool } = world()
  const [plan] = await all(avd.scalingPlans.listByHostPool(group, pool))
  expect(plan?.hostPoolReferences).toEqual([{ hostPoolArmPath: primary.hostPool, scalingPlanEnabled: true }])
  expect(plan?.exclusionTag).toBe('dr-exclude')
  const hostPoolReferences = [{ hostPoolArmPath: primary.hostPool, scalingPlanEnabled: false }]
  const name = nameOf(primary.scalingPlan)
  const changed = await settled(avd.scalingPlans.update(group, name, { scalingPlan: { hostPoolReferences } }))
  expect(changed.hostPoolReferences?.[0]?.scalingPlanEnabled).toBe(false)
  expect(sim.ledger.events()).toContainEqual(expect.objectContaining({ kind: 'scalingPlanSet', enabled: false }))
  const body = jsonOf(await send(`${primary.scalingPlan}?${version}`))
  expect(faultsBySpec('avd', 'get', `${inGroup}/scalingPlans/{scalingPlanName}`, { status: 200, body })).toEqual([])
})

test('autoscale meddles with hosts of pools it is enabled for, and never with excluded VMs', async () => {
  const autoscale = { every: minutes(5), changesAtOnce: 3 }
  const { avd, compute, settled, later, sim, ids, primary, group, pool } = world({ autoscale, openSessions: false })
  const safe = nameOf(primary.vms[0] ?? '')
  await settled(compute.virtualMachines.update(group, safe, { tags: { [ids.exclusionTag]: 'dr' } }))
  await later(minutes(120))
  await settled(avd.hostPools.get(group, pool))
  const events = sim.ledger.events()
  const touched = events.flatMap((event) =>
    event.kind === 'startAccepted' || event.kind === 'deallocateAccepted' ? [event] : [],
  )
  expect(touched.length).toBeGreaterThan(10)
  expect(touched.every(({ by, vm }) => by === 'scalingPlan' && vm.includes('avdp-uks') && !vm.endsWith(safe))).toBe(
    true,
  )
})

test('autoscale lets a drained host take sessions again', async () => {
  const autoscale = { every: minutes(5), changesAtOnce: 6 }
  const { avd, settled, later, sim, group, pool, primary } = world({ autoscale })
  const host = nameOf(primary.vms[1] ?? '')
  await settled(avd.sessionHosts.update(group, pool, host, { sessionHost: { allowNewSession: false } }))
  await later(minutes(6))
  expect((await settled(avd.sessionHosts.get(group, pool, host))).allowNewSession).toBe(true)
  expect(sim.ledger.events()).toContainEqual(expect.objectContaining({ kind: 'drainSet', host, by: 'scalingPlan' }))
})
