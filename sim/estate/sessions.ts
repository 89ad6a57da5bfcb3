import type { SimSession, SimSessionHost } from '../arm/estate-types.ts'
import type { Sim } from '../arm/types.ts'
import { sample, worldOf } from './world.ts'

/** A user connects: the session works at once, the broker lists it after the lag. Its id is unique in the world. */
export function openSession(sim: Sim, hostKey: string, host: SimSessionHost, user: string): SimSession {
  const session = addSession(sim, hostKey, host, user)
  const listed = listOf(sim, hostKey)
  listed.set(session.id, {
    session,
    from: sim.now() + sample(sim, sim.timings.readLag),
    until: Number.POSITIVE_INFINITY,
  })
  worldOf(sim).wanting.delete(user)
  const { id } = session
  sim.ledger.write({ kind: 'sessionOpened', pool: host.pool, host: host.name, user, session: id })
  return session
}

/** A session that exists before the story begins: listed, and not in the ledger. */
export function addSession(sim: Sim, hostKey: string, host: SimSessionHost, user: string): SimSession {
  const world = worldOf(sim)
  const session: SimSession = { id: String(world.nextSession), user, openedAt: sim.now(), state: 'Active' }
  world.nextSession += 1
  host.sessions.set(session.id, session)
  world.inUse.add(`${user} ${host.pool}`)
  listOf(sim, hostKey).set(session.id, { session, from: sim.now(), until: Number.POSITIVE_INFINITY })
  return session
}

/** The session is over now. The broker's list forgets it after the read lag, a lost region's only much later. */
export function endSession(sim: Sim, hostKey: string, id: string, why: 'shutdown' | 'lost' | 'signedOut'): void {
  const host = sim.estate.sessionHosts.get(hostKey)
  const session = host?.sessions.get(id)
  if (!host || !session) return
  const world = worldOf(sim)
  host.sessions.delete(id)
  world.signingOut.delete(id)
  world.inUse.delete(`${session.user} ${host.pool}`)
  const lag = why === 'lost' ? world.switches.lostSessionsLinger : sample(sim, sim.timings.readLag)
  const listed = listOf(sim, hostKey).get(id)
  const shownUntil = sim.now() + lag
  if (listed) listed.until = shownUntil
  world.wanting.add(session.user)
  const { user } = session
  sim.ledger.write({ kind: 'sessionEnded', pool: host.pool, host: host.name, user, session: id, shownUntil })
}

/** Asked to sign out: takes `timings.signOut`. An agent that does not run cannot obey, and its session stays listed. */
export function signOut(sim: Sim, hostKey: string, id: string): void {
  const world = worldOf(sim)
  if (world.signingOut.has(id) || !sim.estate.sessionHosts.get(hostKey)?.sessions.has(id)) return
  world.signingOut.add(id)
  sim.agenda.at(sim.now() + sample(sim, sim.timings.signOut), () => endSession(sim, hostKey, id, 'signedOut'))
}

/** The sessions the broker would list now. */
export function sessionsSeen(sim: Sim, hostKey: string): SimSession[] {
  const listed = worldOf(sim).listedSessions.get(hostKey)
  if (!listed || listed.size === 0) return []
  const now = sim.now()
  const seen: SimSession[] = []
  for (const [id, entry] of listed) {
    if (entry.until <= now) listed.delete(id)
    else if (entry.from <= now) seen.push(entry.session)
  }
  return seen
}

function listOf(sim: Sim, hostKey: string) {
  const { listedSessions } = worldOf(sim)
  const known = listedSessions.get(hostKey)
  if (known) return known
  const fresh: NonNullable<ReturnType<typeof listedSessions.get>> = new Map()
  listedSessions.set(hostKey, fresh)
  return fresh
}
