/** What the inventory could not see, and what that means. "Could not check" is never a pass. */
import type { Side } from '../machine/spec.ts'
import type { SideSeen } from '../model/inventory.ts'
import { type Weight as AnyWeight, notice, type Weighed } from './preview.ts'
import type { Situation } from './situation.ts'

type Part = Exclude<keyof SideSeen, 'gaps'>

const parts: readonly Part[] = ['hostPool', 'sessionHosts', 'vms', 'applicationGroups', 'scalingPlans', 'quotas']

/** What is asked of the region that is entered, for machines that are made there; of a pool's hosts their sizes alone. */
const roomParts = {
  pooledStandby: ['sizes'],
  personalReplicated: ['sizes', 'reservations', 'subnets'],
} as const satisfies Readonly<Record<string, readonly Part[]>>

type Weight = Exclude<AnyWeight, 'accepted'>
type Missing = { readonly weight: Weight; readonly subject: string; readonly reason: string }

export function gapNotices(situation: Situation): readonly Weighed[] {
  const missing = [
    ...(['primary', 'secondary'] as const).flatMap((side) => missingOf(situation, side)),
    ...missingOfPair(situation),
    ...missingRoom(situation),
  ]
  return (['unsafe', 'refuses', 'warns'] as const).flatMap((weight) => {
    const of = missing.filter((one) => one.weight === weight)
    if (of.length === 0) return []
    const reasons = [...new Set(of.map(({ reason }) => reason))].sort().join('; ')
    return [
      notice(
        weight,
        'inventoryGap',
        `${texts[weight]} (${reasons})`,
        of.map(({ subject }) => subject),
      ),
    ]
  })
}

const texts: Readonly<Record<Weight, string>> = {
  unsafe: 'Could not be read, and nothing safe can be planned without it',
  refuses: 'Could not be read: say that the primary is down, or take the inventory again',
  warns: 'Could not be read',
}

const missingOf = (situation: Situation, side: Side): readonly Missing[] =>
  parts.flatMap((part) => {
    const gap = situation.seen[side].gaps.find(({ what }) => what === part)
    const isThere = situation.seen[side][part] !== undefined
    if (isThere && !gap) return []
    const weight = isThere ? staleWeightOf(situation, side, part) : weightOf(situation, side, part)
    return [{ weight, subject: `${side}: ${part}`, reason: gap?.reason ?? 'not read' }]
  })

function missingOfPair({ pair, seen, moves }: Situation): readonly Missing[] {
  const needed = pair.strategy === 'pooledStandby' ? 'rolesThatUseApplications' : 'replicatedItems'
  const gap = seen.gaps.find(({ what }) => what === needed)
  const isThere = seen[needed] !== undefined
  if (isThere && !gap) return []
  const stale = moves ? 'refuses' : 'warns'
  return [{ weight: isThere ? stale : 'unsafe', subject: needed, reason: gap?.reason ?? 'not read' }]
}

/** Nothing is certain of room anyway: somebody else may take it a minute later. */
function missingRoom({ pair, seen, newSide, moves }: Situation): readonly Missing[] {
  if (!moves) return []
  return roomParts[pair.strategy].flatMap((part): readonly Missing[] => {
    const gap = seen[newSide].gaps.find(({ what }) => what === part)
    if (seen[newSide][part] !== undefined && !gap) return []
    return [{ weight: 'warns', subject: `${newSide}: ${part}`, reason: gap?.reason ?? 'not read' }]
  })
}

/** A value with a gap beside it is from an earlier inventory: enough to plan from when the primary is down. */
const staleWeightOf = ({ pair, moves }: Situation, side: Side, part: Part): Weight =>
  pair.strategy === 'personalReplicated' && (part === 'applicationGroups' || !moves) ? 'warns' : lesser(side)

/** Where people go, and who holds access, must be known. The primary's other parts may be missing when it is down. */
function weightOf(situation: Situation, side: Side, part: Part): Weight {
  const { pair, newSide, seen, moves } = situation
  if (pair.strategy === 'personalReplicated') {
    if (part === 'applicationGroups') return 'warns'
    if (part === 'sessionHosts' && !seen.primary.sessionHosts && !seen.secondary.sessionHosts) return 'unsafe'
    // What is done where a machine runs asks for nothing but its item and its host.
    return side === 'primary' && moves ? 'refuses' : 'warns'
  }
  if (part === 'applicationGroups') return 'unsafe'
  if (side === newSide) return part === 'sessionHosts' || part === 'vms' ? 'unsafe' : lesser(side)
  return part === 'sessionHosts' ? 'refuses' : lesser(side)
}

const lesser = (side: Side): Weight => (side === 'primary' ? 'refuses' : 'warns')
