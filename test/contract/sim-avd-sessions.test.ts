import { expect, test } from 'vitest'
import { killRegion } from '../../sim/estate/regions.ts'
import { minutes, seconds } from '../../src/lib/core/time.ts'
import { jsonOf } from './kernel-world.ts'
import { createFleetWorld, faultsBySpec, groupOf, nameOf } from './sim-world.ts'

const version = 'api-version=2024-04-03'
const inPool =
  '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.DesktopVirtualization/hostPools/{hostPoolName}'

function world(
  options: Parameters<typeof createFleetWorld>[1] = {},
  fleet: Parameters<typeof createFleetWorld>[0] = {},
) {
  const made = createFleetWorld({ pooledHosts: 6, users: 40, ...fleet }, options)
  const { primary } = made.ids.pooled
  const busy = [...made.sim.estate.sessionHosts.values()].find(({ sessions }) => sessions.size > 1)
  if (!busy) throw new Error('the fleet has no host with sessions')
  const [session] = [...busy.sessions.values()]
  if (!session) throw new Error('no session')
  return { ...made, primary, busy, session, group: groupOf(primary.hostPool), pool: nameOf(primary.hostPool) }
}

test('the sessions of a pool are those of its hosts, each with its user', async () => {
  const { avd, all, sim, group, pool, busy } = world()
  const ofPool = await all(avd.userSessions.listByHostPool(group, pool))
  const ofHost = await all(avd.userSessions.list(group, pool, busy.name))
  expect(ofHost).toHaveLength(busy.sessions.size)
  expect(ofPool).toHaveLength(
    [...sim.estate.sessionHosts.values()].reduce((sum, { sessions }) => sum + sessions.size, 0),
  )
  expect(ofHost[0]?.name).toMatch(new RegExp(`^${pool}/${busy.name}/\\d+$`))
  expect(ofHost[0]?.userPrincipalName).toMatch(/@contoso\.com$/)
  const filter = `userPrincipalName eq '${ofHost[0]?.userPrincipalName}'`
  expect(await all(avd.userSessions.listByHostPool(group, pool, { filter }))).toHaveLength(1)
})

test('session answers fit the official file', async () => {
  const { send, primary, busy, session } = world()
  const list = jsonOf(await send(`${primary.hostPool}/userSessions?${version}`))
  expect(list.value.length).toBeGreaterThan(1)
  expect(faultsBySpec('avd', 'get', `${inPool}/userSessions`, { status: 200, body: list })).toEqual([])
  const path = `${primary.hostPool}/sessionHosts/${busy.name}/userSessions/${session.id}`
  const one = jsonOf(await send(`${path}?${version}`))
  const template = `${inPool}/sessionHosts/{sessionHostName}/userSessions/{userSessionId}`
  expect(faultsBySpec('avd', 'get', template, { status: 200, body: one })).toEqual([])
})

test('a sign-out is accepted at once, takes its time, and leaves the list after the lag', async () => {
  const timings = { signOut: [30_000, 30_000], readLag: [10_000, 10_000] } as const
  const { avd, all, settled, later, sim, kinds, group, pool, busy, session } = world({ timings })
  const count = busy.sessions.size
  await settled(avd.userSessions.delete(group, pool, busy.name, session.id))
  expect(kinds()).not.toContain('sessionEnded')
  await later(seconds(31))
  await all(avd.userSessions.list(group, pool, busy.name)).then((listed) => expect(listed).toHaveLength(count))
  const ended = sim.ledger.events().find(({ kind }) => kind === 'sessionEnded')
  expect(ended).toMatchObject({ host: busy.name, user: session.user, session: session.id })
  await later(seconds(10))
  await all(avd.userSessions.list(group, pool, busy.name)).then((listed) => expect(listed).toHaveLength(count - 1))
})

test('a session that is not there is signed out already', async () => {
  const { send, primary, busy } = world()
  const path = `${primary.hostPool}/sessionHosts/${busy.name}/userSessions/9999?${version}`
  expect((await send(path, { method: 'DELETE' })).status).toBe(204)
  expect((await send(path)).status).toBe(404)
})

test('a message reaches a session and is on record; to nobody it is 404', async () => {
  const { avd, settled, sim, group, pool, busy, session } = world()
  const message = { messageTitle: 'Maintenance', messageBody: 'Please save your work.' }
  await settled(avd.userSessions.sendMessage(group, pool, busy.name, session.id, { sendMessage: message }))
  await settled(avd.userSessions.disconnect(group, pool, busy.name, session.id))
  expect(sim.ledger.events()).toContainEqual(expect.objectContaining({ kind: 'messageSent', user: session.user }))
  const lost = avd.userSessions.sendMessage(group, pool, busy.name, '9999', { sendMessage: message })
  await expect(settled(lost)).rejects.toMatchObject({ statusCode: 404 })
})

test('sessions of a lost region end, stay listed for a while, and cannot be signed out', async () => {
  const { avd, all, settled, later, sim, kinds, group, pool } = world()
  const before = await all(avd.userSessions.listByHostPool(group, pool))
  killRegion(sim, 'uksouth')
  expect(kinds().filter((kind) => kind === 'sessionEnded')).toHaveLength(before.length)
  const listed = await all(avd.userSessions.listByHostPool(group, pool))
  expect(listed).toHaveLength(before.length)
  const [, host = '', id = ''] = listed[0]?.name?.split('/') ?? []
  await settled(avd.userSessions.delete(group, pool, host, id))
  await later(minutes(5))
  expect(await all(avd.userSessions.listByHostPool(group, pool))).toHaveLength(before.length)
  await later(minutes(16))
  expect(await all(avd.userSessions.listByHostPool(group, pool))).toHaveLength(0)
})

test('people who were signed out come back on a host that takes new sessions, once there is one', async () => {
  const activity = { every: seconds(30), eagerness: 1 }
  const { avd, settled, later, sim, group, pool, primary, busy, session } = world({}, { userActivity: activity })
  const drain = (host: string, allowNewSession: boolean) =>
    settled(avd.sessionHosts.update(group, pool, host, { sessionHost: { allowNewSession } }))
  const opened = () => sim.ledger.events().filter(({ kind }) => kind === 'sessionOpened')
  for (const vm of primary.vms) await drain(nameOf(vm), false)
  await settled(avd.userSessions.delete(group, pool, busy.name, session.id))
  await later(minutes(30))
  const last = nameOf(primary.vms.at(-1) ?? '')
  await drain(last, true)
  expect(opened()).toEqual([])
  await later(minutes(1))
  await drain(last, true)
  expect(opened()).toMatchObject([{ user: session.user, host: last }])
})

test('people whose access is no longer in force do not come back', async () => {
  const activity = { every: seconds(30), eagerness: 1 }
  const { avd, settled, later, sim, kinds, group, pool, busy, session } = world({}, { userActivity: activity })
  sim.estate.accessInForce.clear()
  await settled(avd.userSessions.delete(group, pool, busy.name, session.id))
  await later(minutes(30))
  await settled(avd.hostPools.get(group, pool))
  expect(kinds()).toContain('sessionEnded')
  expect(kinds()).not.toContain('sessionOpened')
})
