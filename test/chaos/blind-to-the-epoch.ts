import type { OperationKind } from '../../src/lib/core/operation-kind.ts'
import type { World } from '../../src/lib/ports/world.ts'

/** A planted product: an operation of this kind that asks whose the pair is hears that it is its own. */
export const blindToTheEpoch =
  (kind: OperationKind) =>
  (world: World): World => {
    let asking: { readonly id: string; readonly kind: OperationKind; readonly epoch?: number } | undefined
    return {
      ...world,
      operations: {
        ...world.operations,
        async load(id) {
          const stored = await world.operations.load(id)
          asking = stored?.value
          return stored
        },
      },
      pairs: {
        ...world.pairs,
        async load(id) {
          const pair = await world.pairs.load(id)
          if (asking?.kind !== kind || asking.epoch === undefined) return pair
          return { ...pair, value: { ...pair.value, epoch: asking.epoch, heldBy: { operationId: asking.id, kind } } }
        },
      },
    }
  }
