/** What drift rules say to planning at this moment, of the inventory that is planned from. */
import type { OperationKind } from '../core/operation-kind.ts'
import { contextOfPair } from '../drift/context-of.ts'
import { driftNow } from '../drift/to-planning.ts'
import type { Inventory } from '../model/inventory.ts'
import type { PastOfPair } from '../model/past.ts'
import type { DriftSeen } from '../planning/drift-seen.ts'
import type { PairRecord } from '../ports/operations.ts'
import type { Engine } from './engine.ts'

/** Undefined: there is nothing rules could look at. */
export async function readDrift(
  { world, plan, place }: Engine,
  inventory: Inventory,
  pairState: PairRecord,
  pasts: readonly PastOfPair[],
  kind: OperationKind,
): Promise<DriftSeen | undefined> {
  const pair = plan.pairs.find(({ id }) => id === pairState.pairId)
  if (!pair) return undefined
  // A clock that cannot be read is something rules could not check, and no reason not to plan.
  const clocks = await world.hosts.list(pair.id).then(
    (all) => all.map(({ value }) => value),
    () => undefined,
  )
  const context = contextOfPair({ plan, pair, inventory, pairState, clocks, place, now: world.clock.now() })
  const past = pasts.find(({ pairId }) => pairId === pair.id)
  return context && driftNow(context, past, { kind })
}
