import { expect, test } from 'vitest'
import { minutes, seconds } from '../../src/lib/core/time.ts'
import { jsonOf } from './kernel-world.ts'
import { createFleetWorld, faultsBySpec, groupOf, nameOf } from './sim-world.ts'

const version = 'api-version=2024-04-03'
const inGroup =
  '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.DesktopVirtualization'

function world(options: Parameters<typeof createFleetWorld>[1] = {}) {
  const fleet = createFleetWorld({ pooledHosts: 5, users: 20, applicationGroups: 2, scalingPlans: true }, options)
  const { primary, secondary } = fleet.ids.pooled
  const [group, pool, host] = [groupOf(primary.hostPool), nameOf(primary.hostPool), nameOf(primary.vms[0] ?? '')]
  return { ...fleet, primary, secondary, group, pool, host }
}

test('session hosts are listed page by page in the size asked for', async () => {
  const { avd, settled, group, pool } = world()
  const pages = avd.sessionHosts.list(group, pool, { pageSize: 2 }).byPage()
  const sizes: number[] = []
  await settled(
    (async () => {
      for await (const page of pages) sizes.push(page.length)
    })(),
  )
  expect(sizes).toEqual([2, 2, 1])
})

test('a session host looks as recorded: pool in its name, lower-case types in its id, nulls, unknown health checks', async () => {
  const { avd, settled, group, pool, host, primary } = world()
  const found = await settled(avd.sessionHosts.get(group, pool, host))
  expect(found.name).toBe(`${pool}/${host}`)
  expect(found.id).toContain(
    `/resourcegroups/${group}/providers/Microsoft.DesktopVirtualization/hostpools/${pool}/sessionhosts/`,
  )
  expect(found).toMatchObject({ status: 'Available', allowNewSession: true, resourceId: primary.vms[0] })
  expect(found.sessionHostHealthCheckResults?.map(({ healthCheckName }) => healthCheckName)).toContain(
    'TURNRelayAccessHealthCheck',
  )
})

test('answers about session hosts carry the headers of a service without throttle and fit the official file', async () => {
  const { send, primary, host } = world()
  const response = await send(`${primary.hostPool}/sessionHosts/${host}?${version}`)
  expect(response.headers.get('x-rate-limit-remaining')).toBe('9223372036854775807')
  const body = jsonOf(response)
  expect(body.properties).toMatchObject({ friendlyName: null, statusTimestamp: null, assignedUser: null })
  const template = `${inGroup}/hostPools/{hostPoolName}/sessionHosts`
  expect(faultsBySpec('avd', 'get', `${template}/{sessionHostName}`, { status: 200, body })).toEqual([])
  const list = jsonOf(await send(`${primary.hostPool}/sessionHosts?${version}`))
  expect(list.value).toHaveLength(5)
  expect(faultsBySpec('avd', 'get', template, { status: 200, body: list })).toEqual([])
})

test('a drain shows in its own answer at once and in reads only after the lag', async () => {
  const { avd, settled, later, sim, group, pool, host } = world({ timings: { readLag: [20_000, 20_000] } })
  const answer = await settled(avd.sessionHosts.update(group, pool, host, { sessionHost: { allowNewSession: false } }))
  expect(answer.allowNewSession).toBe(false)
  expect((await settled(avd.sessionHosts.get(group, pool, host))).allowNewSession).toBe(true)
  await later(seconds(20))
  expect((await settled(avd.sessionHosts.get(group, pool, host))).allowNewSession).toBe(false)
  expect(sim.ledger.events()).toContainEqual(
    expect.objectContaining({ kind: 'drainSet', host, allowNewSession: false }),
  )
})

test('a host that does not exist is 404 to read and 204 to remove', async () => {
  const { avd, send, settled, primary, group, pool } = world()
  await expect(settled(avd.sessionHosts.get(group, pool, 'nobody'))).rejects.toMatchObject({ code: 'ResourceNotFound' })
  expect((await send(`${primary.hostPool}/sessionHosts/nobody?${version}`, { method: 'DELETE' })).status).toBe(204)
})

test('a host with sessions leaves its pool only by force', async () => {
  const { avd, settled, all, sim, group, pool } = world()
  const busy = [...sim.estate.sessionHosts.values()].find(({ sessions }) => sessions.size > 0)?.name ?? ''
  await expect(settled(avd.sessionHosts.delete(group, pool, busy))).rejects.toMatchObject({ statusCode: 409 })
  await settled(avd.sessionHosts.delete(group, pool, busy, { force: true }))
  expect(await all(avd.sessionHosts.list(group, pool))).toHaveLength(4)
})

test('a deallocated host falls silent: its heartbeat stays old, its status follows late or never', async () => {
  const { avd, compute, settled, finish, later, kinds, group, pool, host } = world()
  const before = await settled(avd.sessionHosts.get(group, pool, host))
  await finish(compute.virtualMachines.deallocate(group, host))
  expect(kinds()).toContain('hostGone')
  await later(minutes(10))
  const after = await settled(avd.sessionHosts.get(group, pool, host))
  const silence = after.lastHeartBeat?.getTime() ?? 0
  expect(silence - (before.lastHeartBeat?.getTime() ?? 0)).toBeLessThan(seconds(60))
  expect(['Available', 'Shutdown', 'Unavailable']).toContain(after.status)
  expect(after.sessions).toBe(0)
})

test('a started host reports in after the boot of its agent', async () => {
  const { avd, compute, settled, finish, later, sim, secondary } = world({ timings: { agentBoot: [60_000, 60_000] } })
  const [group, pool, host] = [groupOf(secondary.hostPool), nameOf(secondary.hostPool), nameOf(secondary.vms[0] ?? '')]
  await finish(compute.virtualMachines.start(group, host))
  expect((await settled(avd.sessionHosts.get(group, pool, host))).status).not.toBe('Available')
  await later(seconds(61))
  const found = await settled(avd.sessionHosts.get(group, pool, host))
  expect(found.status).toBe('Available')
  expect(sim.now() - (found.lastHeartBeat?.getTime() ?? 0)).toBeLessThan(seconds(31))
})

test('an agent whose token lapsed after 90 days never reports in', async () => {
  const fleet = createFleetWorld({ pooledHosts: 1, users: 1, tokenAgeDays: 91 })
  const { avd, compute, settled, finish, later, kinds } = fleet
  const { hostPool, vms } = fleet.ids.pooled.secondary
  await finish(compute.virtualMachines.start(groupOf(hostPool), nameOf(vms[0] ?? '')))
  await later(minutes(60))
  const found = await settled(avd.sessionHosts.get(groupOf(hostPool), nameOf(hostPool), nameOf(vms[0] ?? '')))
  expect(found.status).toBe('Unavailable')
  expect(kinds()).not.toContain('hostReady')
})
