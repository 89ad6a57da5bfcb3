/** When a task looks again. */
import { type Instant, type Millis, minutes, seconds } from '../core/time.ts'
import type { OperationKind } from '../machine/spec.ts'

const together: Millis = minutes(1)
/** Asked for by what comes at once: a listing that is under way, a turn that is about to come. */
const atOnce: Millis = seconds(2)

/**
 * Nobody waits for a wake-up, so its hosts look together, on the full minute: one listing of a pool then serves all of
 * them. In milliseconds from now.
 */
export function nextLook(kind: OperationKind, lookAfter: Millis, now: Instant): Millis {
  if (kind !== 'keepAlive' || lookAfter <= atOnce) return lookAfter
  return Math.ceil((now + lookAfter) / together) * together - now
}
