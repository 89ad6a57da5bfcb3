/**
 * Takes a group's access to the side that is left away, and proves it with a listing begun afterwards.
 *
 * Done means that nothing lets the principal use the application group any more, inherited roles included: the grants of
 * the whole pair rely on it. Only what the spec recorded is deleted (design rule 11), also when somebody re-made it under
 * another name; any other access that is found is for a person to take away.
 */
import type { Fault } from '../core/fault.ts'
import { type Instant, minutes, seconds } from '../core/time.ts'
import { type Begun, defaultSettle, type Look } from '../machine/step.ts'
import type { RoleAssignment } from '../model/azure.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import {
  accessRolesOf,
  assignmentSubjects,
  holder,
  isSameGrant,
  readAccess,
  roleKey,
  unplannedAccess,
} from './shared/access.ts'
import { done, faulted, notBegun, underway } from './shared/look.ts'
import { wantedForBegin, wantedSince } from './shared/read.ts'
import { assignmentOf } from './shared/subject.ts'
import { accepted, begunOfAll, refusedBy, sendEach } from './shared/write.ts'

export const revokeAccess: Step = {
  limits: {
    name: 'revokeAccess',
    timeout: minutes(10),
    maxAttempts: 5,
    pollEvery: seconds(10),
    firstLookAfter: seconds(5),
    settle: defaultSettle,
    retryAfter: seconds(15),
  },
  look,
  begin,
}

async function look(context: StepContext): Promise<Look> {
  const { revoke, principalId } = assignmentOf(context)
  if (!revoke) return done(context.now, 'nothing to revoke')
  const read = await readAccess(context, revoke.scope, wantedSince(context))
  if (read.kind === 'unread') return read.look
  const roles = accessRolesOf(context.spec)
  const held = read.value.filter((seen) => sameHolder(seen, principalId) && roles.has(roleKey(seen.roleDefinitionId)))
  if (held.length === 0) return isConfirmed(context, read.readAt) ? done(read.readAt) : seenAbsent(read.readAt)
  if (held.some((seen) => isSameGrant(seen, revoke))) {
    // Grants would wait for it in vain, and until then nobody would have access to either side.
    const forgotten = unplannedAccess(context.spec, revoke.scope, read.value)
    return forgotten ? faulted(read.readAt, otherAccess(forgotten)) : notBegun(read.readAt)
  }
  const unplanned = held.find((seen) => !isRevokedElsewhere(context, seen))
  if (unplanned) return faulted(read.readAt, otherAccess(unplanned))
  return underway(read.readAt, 'another role of the same group is still being revoked')
}

async function begin(context: StepContext, fence: Fence): Promise<Begun> {
  const { revoke } = assignmentOf(context)
  if (!revoke) return accepted
  const read = await readAccess(context, revoke.scope, wantedForBegin(context))
  if (read.kind === 'unread') return refusedBy(read.look)
  const ours = read.value.filter((seen) => isSameGrant(seen, revoke))
  return begunOfAll(await sendEach(ours, ({ id }) => context.gateways.access.revoke(id, fence)))
}

/**
 * What we have not deleted ourselves is believed to be gone when a second listing says so, too: entries slip through
 * between the pages of a list, and access that stays would halt all grants of the pair.
 */
const isConfirmed = ({ attempt, memo }: StepContext, readAt: Instant): boolean =>
  attempt > 0 || (typeof memo.absentAt === 'number' && memo.absentAt < readAt)

const seenAbsent = (readAt: Instant): Look => ({
  ...underway(readAt, 'not in the listing: one more is waited for'),
  memo: { absentAt: readAt },
})

const sameHolder = (seen: RoleAssignment, principalId: string): boolean =>
  seen.principalId.toLowerCase() === principalId.toLowerCase()

const isRevokedElsewhere = ({ spec }: StepContext, seen: RoleAssignment): boolean =>
  assignmentSubjects(spec).some(({ revoke }) => revoke !== undefined && isSameGrant(seen, revoke))

const otherAccess = (seen: RoleAssignment): Fault => ({
  code: 'unproven',
  message: `Access remains that was not planned: ${holder(seen)}, role ${roleKey(seen.roleDefinitionId)}`,
  retryable: false,
})
