import { idKey } from '../../src/lib/core/arm-id.ts'
import { type Instant, type Millis, spell } from '../../src/lib/core/time.ts'
import type { LedgerEvent } from '../arm/ledger-types.ts'
import { createCounts, createReach, exclusivePairs, type SideName, usersByPrincipal } from './people.ts'
import type { Access, JudgedEstate, JudgedPair, JudgeOptions, Violation } from './types.ts'

/** What a user keeps through a move: an application group and its counterpart. */
type Unit = { readonly key: string; readonly pair: string; readonly side: SideName }

/** By accepted grants and revokes: nobody has both sides, nobody is left with neither. */
export function judgeAssignments(
  events: readonly LedgerEvent[],
  start: JudgedEstate,
  options: JudgeOptions,
): { readonly violations: Violation[]; readonly gaps: Map<string, Millis> } {
  const pairs = exclusivePairs(options.pairs, 'applicationGroups')
  const startsAt = events[0]?.at ?? 0
  const people = createPeople(pairs, start, options)
  for (const access of start.assignments) people.change(access, 1, startsAt)
  for (const event of events) {
    if (event.kind === 'granted') people.change(event, 1, event.at)
    if (event.kind === 'revoked') people.change(event, -1, event.at)
  }
  return people.end(events.at(-1)?.at ?? startsAt)
}

function createPeople(pairs: readonly JudgedPair[], start: JudgedEstate, options: JudgeOptions) {
  const members = usersByPrincipal(start)
  const letsIn = new Set(start.rolesThatLetIn)
  const units = unitsOf(pairs)
  const reach = createReach([...units.keys()])
  const sides = createCounts()
  const violations: Violation[] = []
  const gaps = createGaps(violations, options)

  const changeOne = (user: string, unit: Unit, change: 1 | -1, at: Instant) => {
    const side = sides.add(`${user} ${unit.pair} ${unit.side}`, change)
    const other = sides.of(`${user} ${unit.pair} ${unit.side === 'primary' ? 'secondary' : 'primary'}`)
    gaps.change(user, unit.key, change, at)
    if (change === -1 || side > 1 || other === 0) return
    const detail = `${unit.pair}: assigned to ${unit.key} while still assigned on the other side`
    violations.push({ rule: 'assignedBothSides', at, subject: user, detail })
  }
  return {
    change(access: Access, change: 1 | -1, at: Instant) {
      if (!letsIn.has(access.role)) return
      const users = members.get(access.principal.toLowerCase()) ?? []
      for (const group of reach(access.scope)) {
        const unit = units.get(group)
        if (unit) for (const user of users) changeOne(user, unit, change, at)
      }
    },
    end(at: Instant) {
      gaps.end(at)
      return { violations, gaps: gaps.longest }
    },
  }
}

/** Times in which a user who had a unit has it on neither side. */
function createGaps(violations: Violation[], { longestGapAllowed = Number.POSITIVE_INFINITY }: JudgeOptions) {
  const held = createCounts()
  const missing = new Map<string, { readonly user: string; readonly unit: string; readonly since: Instant }>()
  const longest = new Map<string, Millis>()
  const note = (key: string, at: Instant) => {
    const gap = missing.get(key)
    if (!gap) return
    const length = at - gap.since
    longest.set(gap.user, Math.max(longest.get(gap.user) ?? 0, length))
    if (length <= longestGapAllowed) return
    violations.push({
      rule: 'gapTooLong',
      at,
      subject: gap.user,
      detail: `${gap.unit}: neither side for ${spell(length)}`,
    })
  }
  return {
    longest,
    change(user: string, unit: string, change: 1 | -1, at: Instant) {
      const key = `${user} ${unit}`
      const left = held.add(key, change)
      if (left === 0) missing.set(key, { user, unit, since: at })
      if (left === 0 || change === -1) return
      note(key, at)
      missing.delete(key)
    },
    end(at: Instant) {
      for (const [key, { user, unit, since }] of missing) {
        note(key, at)
        violations.push({
          rule: 'leftWithNeither',
          at: since,
          subject: user,
          detail: `${unit}: revoked, never granted again`,
        })
      }
    },
  }
}

/** Application group → what it belongs to. Mapped groups share a key; without a mapping the whole pair does. */
function unitsOf(pairs: readonly JudgedPair[]): Map<string, Unit> {
  const units = new Map<string, Unit>()
  for (const { id, primary, secondary, mapping } of pairs) {
    const counterparts = new Map(Object.entries(mapping ?? {}).map(([from, to]) => [idKey(to), idKey(from)]))
    for (const group of primary.applicationGroups) {
      units.set(idKey(group), { pair: id, side: 'primary', key: mapping ? idKey(group) : id })
    }
    for (const group of secondary.applicationGroups) {
      const key = mapping ? (counterparts.get(idKey(group)) ?? idKey(group)) : id
      units.set(idKey(group), { pair: id, side: 'secondary', key })
    }
  }
  return units
}
