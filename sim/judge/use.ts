import { idKey } from '../../src/lib/core/arm-id.ts'
import type { Instant } from '../../src/lib/core/time.ts'
import type { LedgerEvent } from '../arm/ledger-types.ts'
import { createForce, createOpenHosts, createSessions } from './facts.ts'
import { exclusivePairs, idsByName, type SideName, sideNames } from './people.ts'
import type { JudgedEstate, JudgedPair, JudgeOptions, Violation } from './types.ts'

/**
 * What people can really do: a user uses a side when an assignment of his is in force there and a host takes new
 * sessions, or while a session of his is open there. Never both sides of a pair, but for the users named in the options.
 */
export function judgeUse(events: readonly LedgerEvent[], start: JudgedEstate, options: JudgeOptions): Violation[] {
  const startsAt = events[0]?.at ?? 0
  const force = createForce(start)
  const sessions = createSessions(start)
  const hosts = createOpenHosts()
  const usesPool = (user: string, pool: string) =>
    sessions.isIn(user, pool) || (force.isIn(user, pool) && hosts.isOpen(pool))
  const watch = createWatch(usesPool, start, options)

  for (const access of start.assignments) force.change(access, 1)
  for (const session of start.sessions) sessions.change(session, true)
  for (const { allowNewSession: accepts, isReady, ...where } of start.hosts) hosts.change(where, { accepts, isReady })
  for (const [user, pool] of [...force.everybody(), ...sessions.everybody()]) watch.look(user, pool, startsAt)

  for (const event of events) {
    if (event.kind === 'accessBegan' || event.kind === 'accessEnded') {
      const changed = force.change(event, event.kind === 'accessBegan' ? 1 : -1)
      for (const [user, pool] of changed) watch.look(user, pool, event.at)
    } else if (event.kind === 'sessionOpened' || event.kind === 'sessionEnded') {
      const [user, pool] = sessions.change(event, event.kind === 'sessionOpened')
      watch.look(user, pool, event.at)
    } else if (event.kind === 'drainSet' || event.kind === 'hostReady' || event.kind === 'hostGone') {
      const news =
        event.kind === 'drainSet' ? { accepts: event.allowNewSession } : { isReady: event.kind === 'hostReady' }
      const pool = hosts.change(event, news)
      for (const user of pool === undefined ? [] : force.peopleOf(pool)) watch.look(user, pool ?? '', event.at)
    }
  }
  return watch.violations
}

/** Notes every moment at which somebody begins to use both sides of a pair. */
function createWatch(usesPool: (user: string, pool: string) => boolean, start: JudgedEstate, options: JudgeOptions) {
  const allowed = new Set((options.allowBothSides ?? []).map(idsByName(start)))
  const places = placesOf(exclusivePairs(options.pairs, 'hostPools'))
  const overlapping = new Set<string>()
  const violations: Violation[] = []
  return {
    violations,
    look(user: string, pool: string, at: Instant) {
      for (const { pair, pools } of places.get(pool) ?? []) {
        const key = `${user} ${pair}`
        const isOverlap = sideNames.every((side) => pools[side].some((other) => usesPool(user, other)))
        if (!isOverlap) overlapping.delete(key)
        if (!isOverlap || overlapping.has(key) || allowed.has(user)) continue
        overlapping.add(key)
        violations.push({
          rule: 'usesBothSides',
          at,
          subject: user,
          detail: `${pair}: can use both sides, last ${pool}`,
        })
      }
    },
  }
}

type Place = { readonly pair: string; readonly pools: Readonly<Record<SideName, readonly string[]>> }

function placesOf(pairs: readonly JudgedPair[]): Map<string, Place[]> {
  const places = new Map<string, Place[]>()
  for (const { id, primary, secondary } of pairs) {
    const pools = { primary: primary.hostPools.map(idKey), secondary: secondary.hostPools.map(idKey) }
    for (const pool of [...pools.primary, ...pools.secondary]) {
      places.set(pool, [...(places.get(pool) ?? []), { pair: id, pools }])
    }
  }
  return places
}
