import { idKey } from '../../src/lib/core/arm-id.ts'
import { isAtOrAbove } from '../arm/access.ts'
import type { JudgedEstate, JudgedPair, JudgedSide } from './types.ts'

export type SideName = 'primary' | 'secondary'
export const sideNames: readonly SideName[] = ['primary', 'secondary']

/** Users behind a principal: the user himself, or the members of the group. Keys and ids in lower case. */
export function usersByPrincipal(start: JudgedEstate): ReadonlyMap<string, readonly string[]> {
  const members = new Map<string, string[]>()
  for (const user of start.users) {
    const id = user.id.toLowerCase()
    for (const principal of [id, ...user.groups.map((group) => group.toLowerCase())]) {
      const known = members.get(principal)
      if (known) known.push(id)
      else members.set(principal, [id])
    }
  }
  return members
}

/** A session's user is written by name or by id. */
export function idsByName(start: JudgedEstate): (user: string) => string {
  const ids = new Map(start.users.map(({ id, name }) => [name.toLowerCase(), id.toLowerCase()]))
  return (user) => ids.get(user.toLowerCase()) ?? user.toLowerCase()
}

/** Pairs that must never be used, or assigned, on both sides: two sides that share nothing, one of them in use. */
export const exclusivePairs = (pairs: readonly JudgedPair[], shared: keyof JudgedSide): JudgedPair[] =>
  pairs.filter(({ strategy, primary, secondary }) => {
    const own = new Set(primary[shared].map(idKey))
    return strategy !== 'activeActive' && !secondary[shared].some((id) => own.has(idKey(id)))
  })

/** Which of the ids lie at or under a scope; remembered, since few scopes come again and again. */
export function createReach(ids: readonly string[]): (scope: string) => readonly string[] {
  const known = new Map<string, readonly string[]>()
  const keys = ids.map(idKey)
  return (scope) => {
    const found = known.get(scope) ?? keys.filter((id) => isAtOrAbove(scope, id))
    known.set(scope, found)
    return found
  }
}

/** Counts by key; `add` answers the new count. */
export function createCounts() {
  const counts = new Map<string, number>()
  return {
    of: (key: string) => counts.get(key) ?? 0,
    keys: () => [...counts.keys()],
    add(key: string, change: 1 | -1) {
      const next = (counts.get(key) ?? 0) + change
      counts.set(key, next)
      return next
    },
  }
}
