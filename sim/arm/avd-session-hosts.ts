import { idKey } from '../../src/lib/core/arm-id.ts'
import { endSession } from '../estate/sessions.ts'
import { worldOf } from '../estate/world.ts'
import { failure, resourceNotFound } from './answers.ts'
import { withPool } from './avd-host-pools.ts'
import { avdInGroup, avdList } from './avd-resource.ts'
import { sessionHostBody } from './avd-session-host-body.ts'
import type { SimHostPool, SimSessionHost } from './estate-types.ts'
import type { Route, Sim, SimRequest, SimResponse } from './types.ts'

const type = 'Microsoft.DesktopVirtualization/hostPools/sessionHosts'
const path = `${avdInGroup}/hostPools/{pool}/sessionHosts`

export const sessionHostRoutes: readonly Route[] = [
  {
    method: 'GET',
    path,
    bucket: 'reads',
    action: 'Microsoft.DesktopVirtualization/hostPools/sessionHosts/read',
    handle: withPool(list),
  },
  { method: 'GET', path: `${path}/{host}`, bucket: 'reads', action: `${type}/read`, handle: withHost(get) },
  { method: 'PATCH', path: `${path}/{host}`, bucket: 'writes', action: `${type}/write`, handle: withHost(patch) },
  { method: 'DELETE', path: `${path}/{host}`, bucket: 'deletes', action: `${type}/delete`, handle: remove },
]

export type FoundHost = { readonly key: string; readonly host: SimSessionHost; readonly pool: SimHostPool }
type HostHandler = (request: SimRequest, found: FoundHost, sim: Sim) => SimResponse

/** Finds the session host the path names, or answers 404. */
export function withHost(handle: HostHandler): Route['handle'] {
  return (request, params, sim) => {
    const found = findHost(params, sim)
    return found
      ? handle(request, found, sim)
      : resourceNotFound(type, `${params.pool}/${params.host}`, params.group ?? '')
  }
}

export function findHost(params: Readonly<Record<string, string>>, sim: Sim): FoundHost | undefined {
  const { subscription = '', group = '', pool: poolName = '', host: hostName = '' } = params
  const poolKey = `/subscriptions/${subscription}/resourcegroups/${group}/providers/microsoft.desktopvirtualization/hostpools/${poolName}`
  const pool = sim.estate.hostPools.get(poolKey.toLowerCase())
  const key = `${poolKey}/${hostName}`.toLowerCase()
  const host = sim.estate.sessionHosts.get(key)
  return pool && host ? { key, host, pool } : undefined
}

/** Session hosts of a pool in the order of registration. */
export function hostsOf(sim: Sim, pool: SimHostPool): FoundHost[] {
  const found: FoundHost[] = []
  for (const key of worldOf(sim).hostsOfPool.get(idKey(pool.id)) ?? []) {
    const host = sim.estate.sessionHosts.get(key)
    if (host) found.push({ key, host, pool })
  }
  return found
}

function list(request: SimRequest, pool: SimHostPool, sim: Sim): SimResponse {
  return avdList(sim, request, hostsOf(sim, pool), (found) =>
    sessionHostBody(sim, found, found.host.allowNewSession.seen()),
  )
}

function get(_request: SimRequest, found: FoundHost, sim: Sim): SimResponse {
  return { status: 200, body: sessionHostBody(sim, found, found.host.allowNewSession.seen()) }
}

/** The answer shows the new value at once, later reads only after the lag. */
function patch(request: SimRequest, found: FoundHost, sim: Sim): SimResponse {
  const allowNewSession = (request.body as { properties?: { allowNewSession?: unknown } } | undefined)?.properties
    ?.allowNewSession
  if (typeof allowNewSession !== 'boolean')
    return failure(400, 'BadRequest', 'Only allowNewSession can be changed here.')
  const { host } = found
  host.allowNewSession.set(allowNewSession)
  sim.ledger.write({ kind: 'drainSet', pool: host.pool, host: host.name, allowNewSession })
  return { status: 200, body: sessionHostBody(sim, found, allowNewSession) }
}

/** Takes the host out of the pool; the VM stays. With sessions on it only by force. */
function remove(request: SimRequest, params: Readonly<Record<string, string>>, sim: Sim): SimResponse {
  const found = findHost(params, sim)
  if (!found) return { status: 204 }
  const { key, host } = found
  if (host.sessions.size > 0 && request.query.force !== 'true')
    return failure(409, 'SessionHostHasSessions', `Session host '${host.name}' has user sessions.`)
  for (const id of [...host.sessions.keys()]) endSession(sim, key, id, 'shutdown')
  sim.estate.sessionHosts.delete(key)
  const world = worldOf(sim)
  for (const [vm, hostKey] of world.hostOfVm) if (hostKey === key) world.hostOfVm.delete(vm)
  sim.ledger.write({ kind: 'hostGone', pool: host.pool, host: host.name })
  return { status: 200 }
}
