/** Who may do what, and what is locked: refused before anything happens. */
import { expect, test } from 'vitest'
import { tokenOf } from '../../sim/arm/request.ts'
import { addLock, setRights } from '../../sim/estate/surroundings.ts'
import { optionsOf } from '../../sim/fleets/fleet-options.ts'
import { actions as access } from '../../src/lib/azure/access.ts'
import { actions as avd } from '../../src/lib/azure/avd.ts'
import { actions as compute } from '../../src/lib/azure/compute.ts'
import { actions as estate } from '../../src/lib/azure/estate.ts'
import { actions as extensions } from '../../src/lib/azure/extensions.ts'
import { actions as room } from '../../src/lib/azure/room.ts'
import { actions as siteRecovery } from '../../src/lib/azure/site-recovery.ts'
import type { Gap } from '../../src/lib/model/inventory.ts'
import { createDriftWorld } from '../support/drift-world.ts'
import { jsonOf } from './kernel-world.ts'
import { createFleetWorld, faultsBySpec } from './sim-world.ts'

function world() {
  const made = createFleetWorld(optionsOf('tiny', { openSessions: true }))
  const { send, ids } = made
  const call = async (
    path: string,
    version: string,
    method: 'GET' | 'DELETE' | 'PATCH' | 'POST' = 'GET',
    body?: object,
  ) => {
    const answer = await send(`${path}?api-version=${version}`, { method, token: tokenOf('reader'), body })
    return { status: answer.status, body: answer.bodyAsText ? jsonOf(answer) : undefined }
  }
  return { ...made, call, scope: `/subscriptions/${ids.subscription}` }
}

test('who has no right to an action is told so, and nothing happens', async () => {
  const { sim, ids, call, scope } = world()
  setRights(sim, 'reader', [{ scope, actions: ['*/read'] }])
  const { hostPool } = ids.pooled.primary
  expect((await call(hostPool, '2024-04-03')).status).toBe(200)
  const [vm = ''] = ids.pooled.secondary.vms
  const refused = await call(`${vm}/start`, '2026-04-01', 'POST')
  expect([refused.status, refused.body.error.code]).toEqual([403, 'AuthorizationFailed'])
  expect(refused.body.error.message).toContain("action 'Microsoft.Compute/virtualMachines/start/action'")
  expect(sim.ledger.events()).toEqual([])
  setRights(sim, 'reader', [
    { scope: ids.pooled.secondary.resourceGroup, actions: ['*'], notActions: ['*/start/action'] },
  ])
  expect((await call(hostPool, '2024-04-03')).status).toBe(403)
  expect((await call(`${vm}/start`, '2026-04-01', 'POST')).status).toBe(403)
  expect((await call(`${vm}/deallocate`, '2026-04-01', 'POST')).status).toBe(202)
})

test('Resource Graph leaves out what its caller may not read, without a word', async () => {
  const { sim, ids, send } = world()
  setRights(sim, 'reader', [{ scope: ids.pooled.secondary.resourceGroup, actions: ['*/read'] }])
  const count = async (token: string) => {
    const body = { subscriptions: [ids.subscription], query: "resources | where type =~ 'microsoft.compute/disks'" }
    const path = '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01'
    return jsonOf(await send(path, { method: 'POST', body, token })).totalRecords
  }
  expect([await count(tokenOf('reader')), await count(tokenOf('owner'))]).toEqual([4, 14])
})

test('permissions are those that count', async () => {
  const { sim, ids, call, scope } = world()
  const path = `${ids.pooled.primary.resourceGroup}/providers/Microsoft.Authorization/permissions`
  expect((await call(path, '2022-04-01')).body.value).toMatchObject([{ actions: ['*'], notActions: [] }])
  setRights(sim, 'reader', [
    { scope, actions: ['*/read'] },
    { scope: ids.pooled.primary.resourceGroup, actions: ['Microsoft.Compute/*'], notActions: ['*/delete'] },
    { scope: ids.pooled.secondary.resourceGroup, actions: ['*'] },
  ])
  const found = await call(path, '2022-04-01')
  const template =
    '/subscriptions/{subscriptionId}/resourcegroups/{resourceGroupName}/providers/Microsoft.Authorization/permissions'
  expect(faultsBySpec('permissions', 'get', template, { status: 200, body: found.body })).toEqual([])
  expect(found.body.value).toMatchObject([
    { actions: ['*/read'] },
    { actions: ['Microsoft.Compute/*'], notActions: ['*/delete'] },
  ])
})

test('a lock against deletion keeps access and sessions where they are, and lets other writes pass', async () => {
  const { sim, ids, call, scope } = world()
  addLock(sim, { name: 'no-delete', scope: ids.pooled.primary.resourceGroup, level: 'CanNotDelete' })
  const assignment = [...sim.estate.roleAssignments.keys()].find((id) => id.includes('rg-avd-uksouth')) ?? ''
  const refused = await call(assignment, '2022-04-01', 'DELETE')
  expect([refused.status, refused.body.error.code]).toEqual([409, 'ScopeLocked'])
  const pool = ids.pooled.primary.hostPool
  const [session] = (await call(`${pool}/userSessions`, '2024-04-03')).body.value
  expect((await call(session.id, '2024-04-03', 'DELETE')).status).toBe(409)
  expect(sim.ledger.events()).toEqual([])
  const [host] = (await call(`${pool}/sessionHosts`, '2024-04-03')).body.value
  const drain = { properties: { allowNewSession: false } }
  expect((await call(host.id, '2024-04-03', 'PATCH', drain)).status).toBe(200)
  const locks = (await call(`${scope}/providers/Microsoft.Authorization/locks`, '2020-05-01')).body.value
  expect(locks).toMatchObject([{ name: 'no-delete', properties: { level: 'CanNotDelete' } }])
  expect(locks[0].id.startsWith(`${ids.pooled.primary.resourceGroup}/providers/`)).toBe(true)
})

test('a lock against writes keeps machines from being started and deallocated, and is seen from below', async () => {
  const { sim, ids, call, scope } = world()
  addLock(sim, { name: 'frozen', scope, level: 'ReadOnly' })
  const [vm = ''] = ids.pooled.secondary.vms
  expect((await call(vm, '2026-04-01')).status).toBe(200)
  expect((await call(`${vm}/start`, '2026-04-01', 'POST')).body.error.code).toBe('ScopeLocked')
  const below = `${ids.pooled.secondary.resourceGroup}/providers/Microsoft.Authorization/locks`
  expect((await call(below, '2020-05-01')).body.value).toHaveLength(1)
})

test('the rights that the app asks for are all an inventory needs, and without one of them there is a gap', async () => {
  const actions = [...access, ...avd, ...compute, ...estate, ...extensions, ...room, ...siteRecovery]
  const gapsWith = async (own: readonly string[]) => {
    const world = createDriftWorld({
      drift: {
        seed: ({ sim, ids, principal }) =>
          setRights(sim, principal, [{ scope: `/subscriptions/${ids.subscription}`, actions: own }]),
      },
    })
    const inventory = await world.take()
    const gaps: readonly Gap[] = [
      ...(inventory.estate?.gaps ?? []),
      ...Object.values(inventory.pairs).flatMap((pair) => [...pair.gaps, ...pair.primary.gaps, ...pair.secondary.gaps]),
    ]
    return { gaps: gaps.map(({ what }) => what), found: world.look(inventory).flatMap(({ findings }) => findings) }
  }
  expect(await gapsWith(actions)).toEqual({ gaps: [], found: [] })
  const locks = actions.filter((action) => action !== 'Microsoft.Authorization/locks/read')
  expect((await gapsWith(locks)).gaps).toEqual(['locks'])
})
