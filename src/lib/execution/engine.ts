/** What every part of the engine is given, and the two messages it sends itself. */
import { type Millis, seconds } from '../core/time.ts'
import type { AppPlace } from '../drift/rule.ts'
import type { DrPlan } from '../plan/schema.ts'
import type { OperationRecord } from '../ports/operations.ts'
import type { World } from '../ports/world.ts'
import type { IndexedSpec } from './spec-cache.ts'

export type Engine = {
  readonly world: World
  readonly plan: DrPlan
  /** Missing: nobody knows where the app runs. */
  readonly place?: AppPlace
  readonly specOf: (hash: string) => Promise<IndexedSpec>
}

export const sendTick = ({ world }: Engine, { id, tick }: OperationRecord, delay: Millis): Promise<void> =>
  world.operationTicks.send({ v: 1, operationId: id, tick }, delay)

/** A task that is over tells its operation; all nudges of one `rest` are answered by one count. */
export async function nudge(world: World, operationId: string, rest: Millis = seconds(2)): Promise<void> {
  await world.operationTicks.send({ v: 1, operationId, sentAt: Math.ceil(world.clock.latest()) }, rest)
}
