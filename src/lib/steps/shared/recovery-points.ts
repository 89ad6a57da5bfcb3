/** Which recovery point of a VM the operation asks for. */
import { sameId } from '../../core/arm-id.ts'
import type { Fault } from '../../core/fault.ts'
import type { RecoveryPointChoice } from '../../machine/spec.ts'
import type { RecoveryPoint } from '../../model/azure.ts'
import type { StepContext } from '../../ports/steps.ts'

type Chosen = { readonly kind: 'chosen'; readonly id: string } | { readonly kind: 'none'; readonly fault: Fault }

/** Of those that Site Recovery has processed; the newest of its kind. */
export async function chosenPoint({ gateways, spec }: StepContext, itemId: string): Promise<Chosen> {
  const choice = spec.recoveryPoint
  const points = await gateways.siteRecovery.recoveryPoints(itemId)
  if (points.kind !== 'ok') return { kind: 'none', fault: points.fault }
  const chosen = points.value.filter((point) => fits(point, choice)).reduce<RecoveryPoint | undefined>(newer, undefined)
  return chosen ? { kind: 'chosen', id: chosen.id } : { kind: 'none', fault: noPoint(choice) }
}

/** Azure's words: `CrashConsistent`, `ApplicationConsistent`. */
function fits({ id, kind }: RecoveryPoint, choice: RecoveryPointChoice): boolean {
  if (typeof choice === 'object') return sameId(id, choice.id)
  if (choice === 'latestAppConsistent') return /^app/i.test(kind)
  return choice !== 'latestCrashConsistent' || /^crash/i.test(kind)
}

const newer = (newest: RecoveryPoint | undefined, point: RecoveryPoint): RecoveryPoint =>
  newest && newest.time >= point.time ? newest : point

/** Replication may be about to make one; a point that is named and gone does not come back. */
const noPoint = (choice: RecoveryPointChoice): Fault =>
  typeof choice === 'object'
    ? {
        code: 'notFound',
        message: 'Site Recovery does not keep the recovery point asked for any more',
        retryable: false,
      }
    : {
        code: 'notFound',
        message: `Site Recovery has no processed recovery point of this VM, and ${choice} is asked for`,
        retryable: true,
      }
