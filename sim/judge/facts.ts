import { idKey } from '../../src/lib/core/arm-id.ts'
import { createCounts, createReach, idsByName, usersByPrincipal } from './people.ts'
import type { Access, JudgedEstate } from './types.ts'

type UserAndPool = readonly [user: string, pool: string]
const split = (key: string) => key.split(' ') as unknown as UserAndPool

/** Who is let into which pool by assignments in force. */
export function createForce(start: JudgedEstate) {
  const members = usersByPrincipal(start)
  const letsIn = new Set(start.rolesThatLetIn)
  const poolOf = new Map(start.applicationGroups.map(({ id, hostPoolId }) => [idKey(id), idKey(hostPoolId)]))
  const reach = createReach([...poolOf.keys()])
  const counts = createCounts()
  const people = new Map<string, Set<string>>()

  const changeOne = (user: string, pool: string, change: 1 | -1): UserAndPool => {
    const known = people.get(pool) ?? new Set()
    people.set(pool, known)
    if (counts.add(`${user} ${pool}`, change) > 0) known.add(user)
    else known.delete(user)
    return [user, pool]
  }
  return {
    isIn: (user: string, pool: string) => counts.of(`${user} ${pool}`) > 0,
    peopleOf: (pool: string): ReadonlySet<string> => people.get(pool) ?? new Set(),
    everybody: () => [...people].flatMap(([pool, users]) => [...users].map((user): UserAndPool => [user, pool])),
    /** Answers whose access to which pool may have changed. */
    change({ principal, scope, role }: Access, change: 1 | -1): UserAndPool[] {
      if (!letsIn.has(role)) return []
      const pools = reach(scope).flatMap((group) => poolOf.get(group) ?? [])
      const users = members.get(principal.toLowerCase()) ?? []
      return pools.flatMap((pool) => users.map((user) => changeOne(user, pool, change)))
    },
  }
}

/** Who has a session open in which pool. The same event twice counts once. */
export function createSessions(start: JudgedEstate) {
  const userId = idsByName(start)
  const open = new Set<string>()
  const counts = createCounts()
  return {
    isIn: (user: string, pool: string) => counts.of(`${user} ${pool}`) > 0,
    everybody: () => counts.keys().map(split),
    change(event: { user: string; pool: string; session: string }, isOpen: boolean): UserAndPool {
      const [user, pool] = [userId(event.user), idKey(event.pool)]
      const key = `${pool} ${event.session}`
      if (isOpen !== open.has(key)) counts.add(`${user} ${pool}`, isOpen ? 1 : -1)
      if (isOpen) open.add(key)
      else open.delete(key)
      return [user, pool]
    },
  }
}

type HostState = { readonly accepts: boolean; readonly isReady: boolean }

/** Which pools have a host that is ready and takes new sessions. */
export function createOpenHosts() {
  const hosts = new Map<string, HostState>()
  const counts = createCounts()
  const isOpenHost = (state: HostState) => state.accepts && state.isReady
  return {
    isOpen: (pool: string) => counts.of(pool) > 0,
    /** Answers the pool when it has just been opened or closed. */
    change(where: { pool: string; host: string }, news: Partial<HostState>): string | undefined {
      const pool = idKey(where.pool)
      const key = `${pool}/${where.host.toLowerCase()}`
      const before = hosts.get(key) ?? { accepts: true, isReady: false }
      const after = { ...before, ...news }
      hosts.set(key, after)
      if (isOpenHost(before) === isOpenHost(after)) return undefined
      const count = counts.add(pool, isOpenHost(after) ? 1 : -1)
      return count === (isOpenHost(after) ? 1 : 0) ? pool : undefined
    },
  }
}
