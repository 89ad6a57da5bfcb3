/** What a person may ask for next of desktops that are here, there, or in between; mostly sensible. */
import { minutes } from '../../../src/lib/core/time.ts'
import type { OperationRequest } from '../../../src/lib/plan/request.ts'
import type { SimReplicatedItem } from '../../arm/estate-types.ts'
import type { Random } from '../../arm/types.ts'

export type Standing = 'atHome' | 'away' | 'commitPending' | 'committed' | 'inBetween'

/** `away`: protected towards home. */
export function standingOf({ state, targetLocation }: SimReplicatedItem, primaryLocation: string): Standing {
  switch (state.now()) {
    case 'Protected':
      return targetLocation === primaryLocation ? 'away' : 'atHome'
    case 'CommitPending':
      return 'commitPending'
    case 'Committed':
      return 'committed'
    default:
      return 'inBetween'
  }
}

type Kind = OperationRequest['kind']

/** Kind, by what makes it sensible, and how much it is wanted then. */
const wants: readonly (readonly [Kind, Standing, number])[] = [
  ['failover', 'atHome', 3],
  ['failback', 'away', 5],
  ['commit', 'commitPending', 3],
  ['changeRecoveryPoint', 'commitPending', 3],
  ['reprotect', 'committed', 5],
  ['restoreExtensions', 'committed', 0.6],
  ['restoreExtensions', 'away', 0.3],
]
const kinds: readonly Kind[] = [
  'failover',
  'failback',
  'reprotect',
  'restoreExtensions',
  'commit',
  'changeRecoveryPoint',
]
const senseless = 0.04

export type Scene = {
  readonly pairId: string
  readonly standings: readonly Standing[]
  readonly names: readonly string[]
  readonly isPrimaryAway: boolean
}

export function wishFor({ pairId, standings, names, isPrimaryAway }: Scene, random: Random): OperationRequest {
  const kind = random.chance(senseless) ? random.pick(kinds) : wantedKind(standings, random)
  const some = random.chance(0.3) ? names.filter(() => random.chance(0.5)) : []
  const moves = kind === 'failover' || kind === 'failback'
  const points = ['latest', 'latestProcessed', 'latestAppConsistent', 'latestCrashConsistent'] as const
  return {
    pairId,
    kind,
    primaryIsDown: kind === 'failover' && (isPrimaryAway || random.chance(0.1)),
    acceptOut: random.chance(0.9) ? 'all' : [],
    grantWithoutSignOutProof: false,
    ...(some.length > 0 && { hosts: some }),
    ...((kind === 'changeRecoveryPoint' || (moves && random.chance(0.3))) && { recoveryPoint: random.pick(points) }),
    ...(moves && random.chance(0.3) && { grace: random.pick([0, minutes(1), minutes(5)]) }),
  }
}

function wantedKind(standings: readonly Standing[], random: Random): Kind {
  const weighed = wants.map(
    ([kind, standing, weight]) => [kind, weight * standings.filter((one) => one === standing).length] as const,
  )
  let left = random.next() * weighed.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [kind, weight] of weighed) {
    left -= weight
    if (weight > 0 && left <= 0) return kind
  }
  return 'failover'
}
