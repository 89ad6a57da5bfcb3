import type { OperationSpec } from '../machine/spec.ts'
import type { PairSeen } from '../model/inventory.ts'
import type { DrPlan, PlannedPair } from '../plan/schema.ts'
import { sideSpecOf } from './situation.ts'

/** What the spec of an operation that moves nobody has whatever it does: nobody is told, and no access changes hands. */
export const stayingSpec = (
  plan: DrPlan,
  pair: PlannedPair,
  seen: PairSeen,
  side: OperationSpec['target'],
): Omit<OperationSpec, 'kind' | 'stages' | 'out' | 'accepted'> => ({
  v: 1,
  pairId: pair.id,
  strategy: pair.strategy,
  planName: plan.name,
  primary: sideSpecOf(pair.primary, seen.primary),
  secondary: sideSpecOf(pair.secondary, seen.secondary),
  target: side,
  primaryIsDown: false,
  grantWithoutSignOutProof: false,
  limits: {
    batchSize: plan.limits.batchSize,
    batchInterval: plan.limits.batchInterval,
    grace: 0,
    minimumCapacity: 0,
    capacityDeadline: pair.capacityDeadline,
    deadSideDeadline: plan.limits.deadSideDeadline,
  },
  message: pair.message,
  recoveryPoint: pair.recoveryPoint,
  accessRoles: [],
  applicationGroups: { primary: [], secondary: [] },
})
