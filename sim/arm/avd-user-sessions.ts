import { sessionsSeen, signOut } from '../estate/sessions.ts'
import { failure, resourceNotFound } from './answers.ts'
import { withPool } from './avd-host-pools.ts'
import { avdId, avdInGroup, avdList, guidOf, systemData } from './avd-resource.ts'
import { type FoundHost, findHost, hostsOf, withHost } from './avd-session-hosts.ts'
import type { SimHostPool, SimSession } from './estate-types.ts'
import type { Route, Sim, SimRequest, SimResponse } from './types.ts'

const type = 'Microsoft.DesktopVirtualization/hostPools/sessionHosts/userSessions'
const ofPool = `${avdInGroup}/hostPools/{pool}/userSessions`
const ofHost = `${avdInGroup}/hostPools/{pool}/sessionHosts/{host}/userSessions`

export const userSessionRoutes: readonly Route[] = [
  { method: 'GET', path: ofPool, bucket: 'reads', action: `${type}/read`, handle: withPool(listOfPool) },
  { method: 'GET', path: ofHost, bucket: 'reads', action: `${type}/read`, handle: withHost(listOfHost) },
  { method: 'GET', path: `${ofHost}/{session}`, bucket: 'reads', action: `${type}/read`, handle: get },
  { method: 'DELETE', path: `${ofHost}/{session}`, bucket: 'deletes', action: `${type}/delete`, handle: remove },
  {
    method: 'POST',
    path: `${ofHost}/{session}/disconnect`,
    bucket: 'writes',
    action: `${type}/disconnect/action`,
    handle: withSession(() => ({ status: 200 })),
  },
  {
    method: 'POST',
    path: `${ofHost}/{session}/sendMessage`,
    bucket: 'writes',
    action: `${type}/sendMessage/action`,
    handle: withSession(sendMessage),
  },
]

type FoundSession = { readonly found: FoundHost; readonly session: SimSession }
type SessionHandler = (request: SimRequest, entry: FoundSession, sim: Sim) => SimResponse

function listOfPool(request: SimRequest, pool: SimHostPool, sim: Sim): SimResponse {
  return list(request, hostsOf(sim, pool), sim)
}

function listOfHost(request: SimRequest, found: FoundHost, sim: Sim): SimResponse {
  return list(request, [found], sim)
}

/** `$filter` knows `userPrincipalName eq 'user@contoso.com'` and `sessionState eq 'Active'`, and refuses the rest. */
function list(request: SimRequest, hosts: readonly FoundHost[], sim: Sim): SimResponse {
  const entries: FoundSession[] = []
  for (const found of hosts) for (const session of sessionsSeen(sim, found.key)) entries.push({ found, session })
  const { $filter: filter } = request.query
  if (!filter) return avdList(sim, request, entries, (entry) => sessionBody(sim, entry))
  const [, name, value] = /^(userPrincipalName|sessionState) eq '([^']*)'$/i.exec(filter) ?? []
  if (name === undefined || value === undefined)
    return failure(400, 'BadRequest', `The filter '${filter}' is not supported.`)
  const isUser = name.toLowerCase() === 'userprincipalname'
  const wanted = entries.filter(({ session }) =>
    isUser ? upnOf(sim, session.user).toLowerCase() === value.toLowerCase() : session.state === value,
  )
  return avdList(sim, request, wanted, (entry) => sessionBody(sim, entry))
}

function get(_request: SimRequest, params: Readonly<Record<string, string>>, sim: Sim): SimResponse {
  const entry = findSession(params, sim)
  return entry ? { status: 200, body: sessionBody(sim, entry) } : notFound(params)
}

/** Signs the user out: accepted now, gone after the sign-out time and the lag; 204 when there is no such session. */
function remove(_request: SimRequest, params: Readonly<Record<string, string>>, sim: Sim): SimResponse {
  const entry = findSession(params, sim)
  if (!entry) return { status: 204 }
  signOut(sim, entry.found.key, entry.session.id)
  return { status: 200 }
}

function sendMessage(request: SimRequest, { found, session }: FoundSession, sim: Sim): SimResponse {
  const { messageTitle, messageBody } = (request.body ?? {}) as { messageTitle?: unknown; messageBody?: unknown }
  if (typeof messageTitle !== 'string' && typeof messageBody !== 'string')
    return failure(400, 'BadRequest', 'A message needs a title or a body.')
  sim.ledger.write({ kind: 'messageSent', pool: found.host.pool, host: found.host.name, user: session.user })
  return { status: 200 }
}

function withSession(handle: SessionHandler): Route['handle'] {
  return (request, params, sim) => {
    const entry = findSession(params, sim)
    return entry ? handle(request, entry, sim) : notFound(params)
  }
}

/** Found while it is listed: the broker may know it a little longer than it lives, and learn of it a little later. */
function findSession(params: Readonly<Record<string, string>>, sim: Sim): FoundSession | undefined {
  const found = findHost(params, sim)
  const session = found && sessionsSeen(sim, found.key).find(({ id }) => id === params.session)
  return found && session ? { found, session } : undefined
}

const notFound = ({ pool, host, session, group }: Readonly<Record<string, string>>): SimResponse =>
  resourceNotFound(type, `${pool}/${host}/${session}`, group ?? '')

const upnOf = (sim: Sim, user: string): string => sim.estate.users.get(user.toLowerCase())?.name ?? user

function sessionBody(sim: Sim, { found, session }: FoundSession) {
  const { host, pool } = found
  const id = `${avdId(pool.id)}/sessionhosts/${host.name}/usersessions/${session.id}`
  const userPrincipalName = upnOf(sim, session.user)
  return {
    name: `${pool.name}/${host.name}/${session.id}`,
    id,
    type: 'Microsoft.DesktopVirtualization/hostpools/sessionhosts/usersessions',
    properties: {
      objectId: guidOf(id),
      userPrincipalName,
      applicationType: 'Desktop',
      sessionState: session.state,
      activeDirectoryUserName: `CONTOSO\\${userPrincipalName.split('@')[0]}`,
      createTime: new Date(session.openedAt).toISOString().replace('Z', '1247Z'),
    },
    systemData,
  }
}
