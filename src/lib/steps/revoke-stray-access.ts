/**
 * Takes away access to the side where nobody works, of a group that has its access where people do work.
 *
 * Deleted is the one assignment that planning recorded whole, and only while fresh listings show that the group keeps the
 * other one: where users really are may be known to Azure alone, e.g. when somebody moved them by hand.
 */
import { sameId } from '../core/arm-id.ts'
import type { Fault } from '../core/fault.ts'
import { type Instant, minutes, seconds } from '../core/time.ts'
import { type Begun, defaultSettle, type Look } from '../machine/step.ts'
import type { RoleAssignment } from '../model/azure.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { isSameGrant, readAccess } from './shared/access.ts'
import { done, faulted, notBegun } from './shared/look.ts'
import { type Read, wantedForBegin, wantedSince } from './shared/read.ts'
import { assignmentOf } from './shared/subject.ts'
import { accepted, begunOf, refused, refusedBy } from './shared/write.ts'

export const revokeStrayAccess: Step = {
  limits: {
    name: 'revokeStrayAccess',
    timeout: minutes(10),
    maxAttempts: 3,
    pollEvery: seconds(10),
    firstLookAfter: seconds(5),
    settle: defaultSettle,
    retryAfter: seconds(15),
  },
  look,
  begin,
}

async function look(context: StepContext): Promise<Look> {
  const stray = await readStray(context, wantedSince(context))
  if (stray.kind === 'unread') return stray.look
  if (!stray.value) return done(stray.readAt)
  const kept = await readKept(context, wantedSince(context))
  if (kept.kind === 'unread') return kept.look
  const readAt = Math.min(stray.readAt, kept.readAt)
  return kept.value ? notBegun(readAt) : faulted(readAt, itsOnlyAccess(context))
}

async function begin(context: StepContext, fence: Fence): Promise<Begun> {
  const kept = await readKept(context, wantedForBegin(context))
  if (kept.kind === 'unread') return refusedBy(kept.look)
  if (!kept.value) return refused(itsOnlyAccess(context))
  const stray = await readStray(context, wantedForBegin(context))
  if (stray.kind === 'unread') return refusedBy(stray.look)
  return stray.value ? begunOf(await context.gateways.access.revoke(stray.value.id, fence)) : accepted
}

/** The very assignment that is on record; one that was made anew since is another finding. */
async function readStray(context: StepContext, since: Instant): Promise<Read<RoleAssignment | undefined>> {
  const { revoke } = assignmentOf(context)
  if (!revoke) return { kind: 'read', value: undefined, readAt: context.now }
  const read = await readAccess(context, revoke.scope, since)
  return read.kind === 'unread' ? read : { ...read, value: read.value.find(({ id }) => sameId(id, revoke.id)) }
}

async function readKept(context: StepContext, since: Instant): Promise<Read<boolean>> {
  const { grant } = assignmentOf(context)
  const read = await readAccess(context, grant.scope, since)
  return read.kind === 'unread' ? read : { ...read, value: read.value.some((seen) => isSameGrant(seen, grant)) }
}

const itsOnlyAccess = (context: StepContext): Fault => ({
  code: 'unproven',
  message: `${assignmentOf(context).groupName} has no access to the other side any more: what it has here is left to it`,
  retryable: false,
})
