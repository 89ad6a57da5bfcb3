/** Machines that calls of the operation a pair was taken from may still change. */
import { idKey } from '../core/arm-id.ts'
import type { Instant } from '../core/time.ts'
import type { Subject } from '../machine/spec.ts'
import type { OperationRecord } from '../ports/operations.ts'
import type { Engine } from './engine.ts'

/** Undefined: whatever is seen of this subject may be believed. */
export async function doubtUntilOf(
  { world, specOf }: Engine,
  { trustFrom, takenFrom }: OperationRecord,
  subject: Subject,
): Promise<Instant | undefined> {
  const mine = machinesOf(subject)
  if (trustFrom === undefined || mine.length === 0) return undefined
  // Later on it is only a matter of a newer listing, whatever the subject.
  if (takenFrom === undefined || world.clock.now() >= trustFrom) return trustFrom
  const { spec } = await specOf(takenFrom)
  const theirs = new Set(spec.stages.flatMap(({ tasks }) => tasks.flatMap(machinesOf)))
  return mine.some((id) => theirs.has(id)) ? trustFrom : undefined
}

function machinesOf(subject: Subject): readonly string[] {
  if (subject.kind === 'host') return [idKey(subject.vmId)]
  return subject.kind === 'desktop' ? [idKey(subject.sourceVmId), idKey(subject.targetVmId)] : []
}
