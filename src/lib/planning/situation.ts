/** What a plan of an operation is made from, gathered once. */
import type { Instant } from '../core/time.ts'
import type { Side, SideSpec } from '../machine/spec.ts'
import type { PairSeen, SideSeen } from '../model/inventory.ts'
import type { PairState } from '../model/pair-state.ts'
import type { OperationRequest } from '../plan/request.ts'
import type { DrPlan, PlannedPair, PlannedSide } from '../plan/schema.ts'

export type Situation = {
  readonly plan: DrPlan
  readonly pair: PlannedPair
  readonly seen: PairSeen
  readonly pairState: PairState
  readonly request: OperationRequest
  readonly now: Instant
  readonly oldSide: Side
  readonly newSide: Side
  /** The side that is left does not answer. */
  readonly oldSideIsDown: boolean
  /** Users go from one side to the other. Otherwise something is done where the machines run: `newSide`. */
  readonly moves: boolean
}

/** `side`: where the machines run, for what moves nobody. */
export const situationOf = (
  given: Pick<Situation, 'plan' | 'pair' | 'seen' | 'pairState' | 'request' | 'now'>,
  side: Side = 'secondary',
): Situation => {
  const { kind, primaryIsDown } = given.request
  const moves = kind === 'failover' || kind === 'failback'
  const target = kind === 'failover' ? 'secondary' : 'primary'
  const newSide = moves ? target : side
  const oldSideIsDown = primaryIsDown && newSide === 'secondary'
  return { ...given, newSide, oldSide: otherSide(newSide), oldSideIsDown, moves }
}

export const otherSide = (side: Side): Side => (side === 'primary' ? 'secondary' : 'primary')

/** Where a side's machines are: `subscription/group` in lower case. */
export const vmGroupOf = ({ subscription, resourceGroup, vmResourceGroup }: PlannedSide): string =>
  `${subscription}/${vmResourceGroup ?? resourceGroup}`.toLowerCase()

export const hostPoolIdOf = ({ subscription, resourceGroup, hostPool }: PlannedSide): string =>
  `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.DesktopVirtualization/hostPools/${hostPool}`

/** The plan's exclusion tag, or the one the pool's scaling plan has. */
export function sideSpecOf(side: PlannedSide, seen: SideSeen): SideSpec {
  const tag = side.exclusionTag ?? tagOfScalingPlan(seen)
  return {
    subscription: side.subscription,
    resourceGroup: side.resourceGroup,
    hostPoolId: hostPoolIdOf(side),
    region: side.region,
    ...(tag === undefined ? {} : { exclusionTag: tag }),
  }
}

/** A pool has one scaling plan at most; sorted in case the listing says otherwise. */
export const tagOfScalingPlan = ({ scalingPlans = [] }: SideSeen): string | undefined =>
  scalingPlans
    .flatMap(({ exclusionTag }) => (exclusionTag ? [exclusionTag] : []))
    .sort()
    .at(0)

/** Names a request gives, compared without letter case and without the domain. */
export const namesOf = (names: readonly string[]): ReadonlySet<string> => new Set(names.map(hostKey))

export const hostKey = (host: string): string => host.toLowerCase()

/** `vm-1.contoso.local` → `vm-1`: AD-joined hosts carry their domain's name. */
export const shortName = (host: string): string => hostKey(host).split('.')[0] ?? ''

export const isNamed = (names: ReadonlySet<string>, host: string): boolean =>
  names.has(hostKey(host)) || names.has(shortName(host))

export const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b))
