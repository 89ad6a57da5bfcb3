import { idKey } from '../../src/lib/core/arm-id.ts'
import type { LedgerEvent } from '../arm/ledger-types.ts'
import { createCounts, createReach, exclusivePairs, type SideName, sideNames, usersByPrincipal } from './people.ts'
import type { JudgedEstate, JudgeOptions, Violation } from './types.ts'

/**
 * Settings of pools, application groups and applications are written by nobody but fixes, and never on the side where people
 * work: the one to which more of them are assigned, by accepted grants and revokes. Drains, scaling plans and revokes are
 * moves' too, and cannot be told from them here.
 */
export function judgeFixes(
  events: readonly LedgerEvent[],
  start: JudgedEstate,
  { pairs }: JudgeOptions,
): readonly Violation[] {
  const places = new Map<string, { readonly pair: string; readonly side: SideName }>()
  const sideOfGroup = new Map<string, string>()
  for (const pair of exclusivePairs(pairs, 'hostPools'))
    for (const side of sideNames) {
      for (const pool of pair[side].hostPools) places.set(idKey(pool), { pair: pair.id, side })
      for (const group of pair[side].applicationGroups) sideOfGroup.set(idKey(group), `${pair.id} ${side}`)
    }
  const members = usersByPrincipal(start)
  const letsIn = new Set(start.rolesThatLetIn)
  const reach = createReach([...sideOfGroup.keys()])
  const assigned = createCounts()
  const change = (access: { principal: string; scope: string; role: string }, by: 1 | -1) => {
    if (!letsIn.has(access.role)) return
    const people = members.get(access.principal.toLowerCase())?.length ?? 0
    for (const group of reach(access.scope))
      for (let i = 0; i < people; i++) assigned.add(sideOfGroup.get(group) ?? '', by)
  }
  for (const access of start.assignments) change(access, 1)
  return events.flatMap((event): readonly Violation[] => {
    if (event.kind === 'granted') change(event, 1)
    if (event.kind === 'revoked') change(event, -1)
    if (!isFix(event) || event.by !== undefined) return []
    const place = places.get(idKey(event.pool))
    if (!place) return []
    const [here, there] = [place.side, place.side === 'primary' ? 'secondary' : 'primary']
    const isIdle = assigned.of(`${place.pair} ${here}`) <= assigned.of(`${place.pair} ${there}`)
    const detail = `${place.pair}: ${event.kind} on the ${here} side, where people work`
    return isIdle ? [] : [{ rule: 'alignedActiveSide', at: event.at, subject: event.pool, detail }]
  })
}

type FixEvent = Extract<LedgerEvent, { kind: 'poolPropertySet' | 'applicationGroupPut' | 'applicationPut' }>

const isFix = (event: LedgerEvent): event is FixEvent =>
  event.kind === 'poolPropertySet' || event.kind === 'applicationGroupPut' || event.kind === 'applicationPut'
