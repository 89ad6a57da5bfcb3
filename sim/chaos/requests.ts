/** What a person may ask for next, sensible or not. */
import { minutes, seconds } from '../../src/lib/core/time.ts'
import type { OperationRequest } from '../../src/lib/plan/request.ts'
import type { Random } from '../arm/types.ts'
import type { FleetIds } from '../fleets/fleet-ids.ts'
import { lastPart } from './model/played.ts'

export type Wish = {
  readonly request: OperationRequest
  /** From now on; undefined: at once. */
  readonly startsAfter?: number
}

export type Situation = {
  readonly pairId: string
  readonly ids: FleetIds
  /** Where the pooled pair's access is, in truth. */
  readonly isThere: boolean
  readonly isPrimaryLost: boolean
}

export const plainRequest = (pairId: string): OperationRequest => ({
  pairId,
  kind: 'failover',
  primaryIsDown: false,
  acceptOut: [],
  grantWithoutSignOutProof: false,
})

export function randomWish(situation: Situation, random: Random): Wish {
  const { pairId, ids, isThere, isPrimaryLost } = situation
  const isPersonal = pairId.startsWith('personal')
  const goesThere = isPersonal ? random.chance(0.95) : random.chance(0.9) !== isThere
  const kind = goesThere || isPrimaryLost ? 'failover' : 'failback'
  const primaryIsDown = kind === 'failover' && (random.chance(0.15) || (isPrimaryLost && random.chance(0.9)))
  const pooled = kind === 'failover' ? ids.pooled.secondary.vms : ids.pooled.primary.vms
  const [hosts, share] = isPersonal ? [ids.personal.vms, 0.35] : [pooled, 0.15]
  const some = { hosts: someOf(hosts.map(lastPart), random), isAsked: random.chance(share) }
  const groups = {
    names: someOf(ids.pooled.primary.applicationGroups.map(lastPart), random),
    isAsked: random.chance(isPersonal ? 0.02 : 0.1),
  }
  const later = { isAsked: random.chance(0.2), by: random.between(seconds(20), minutes(30)) }
  const request: OperationRequest = {
    pairId,
    kind,
    primaryIsDown,
    acceptOut: random.pick(['all', 'all', []] as const) === 'all' ? 'all' : [],
    grantWithoutSignOutProof: random.chance(0.1),
    ...(some.isAsked && { hosts: some.hosts }),
    ...(groups.isAsked && { applicationGroups: groups.names }),
    ...(random.chance(0.3) && { grace: random.pick([0, minutes(1), minutes(5)]) }),
  }
  return { request, ...(later.isAsked && { startsAfter: later.by }) }
}

/** One of them at least. */
function someOf<T>(all: readonly T[], random: Random): T[] {
  const some = all.filter(() => random.chance(0.5))
  return some.length > 0 ? some : all.slice(0, 1)
}
