/**
 * Puts back exactly the assignment that `revokeAccess` took away, and never beside access to the other side.
 *
 * The barrier is the pair here too: a member of this group may be in another one that was let in over there already.
 */
import type { Fault } from '../core/fault.ts'
import { type Instant, minutes, seconds } from '../core/time.ts'
import { type Begun, defaultSettle, type Look } from '../machine/step.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { holder, isSameGrant, readAccess, readAccessToSide } from './shared/access.ts'
import { done, faulted, notBegun } from './shared/look.ts'
import { type Read, wantedForBegin, wantedSince } from './shared/read.ts'
import { assignmentOf } from './shared/subject.ts'
import { accepted, begunOf, refused, refusedBy } from './shared/write.ts'

export const restoreAccess: Step = {
  limits: {
    name: 'restoreAccess',
    timeout: minutes(60),
    maxAttempts: 60,
    pollEvery: seconds(10),
    firstLookAfter: seconds(5),
    settle: defaultSettle,
    retryAfter: seconds(15),
  },
  look,
  begin,
}

async function look(context: StepContext): Promise<Look> {
  const { revoke } = assignmentOf(context)
  if (!revoke) return done(context.now, 'nothing was revoked')
  const since = wantedSince(context)
  const here = await readAccess(context, revoke.scope, since)
  if (here.kind === 'unread') return here.look
  if (here.value.some((seen) => isSameGrant(seen, revoke))) return done(here.readAt)
  const there = await accessAcross(context, since)
  if (there.kind === 'unread') return there.look
  const readAt = Math.min(here.readAt, there.readAt)
  return there.value ? faulted(readAt, there.value) : notBegun(readAt)
}

async function begin(context: StepContext, fence: Fence): Promise<Begun> {
  const { revoke } = assignmentOf(context)
  if (!revoke) return accepted
  const there = await accessAcross(context, wantedForBegin(context))
  if (there.kind === 'unread') return refusedBy(there.look)
  if (there.value) return refused(there.value)
  const { id: _, ...recorded } = revoke
  return begunOf(await context.gateways.access.grant(recorded, fence))
}

async function accessAcross(context: StepContext, since: Instant): Promise<Read<Fault | undefined>> {
  const read = await readAccessToSide(context, context.spec.target, since)
  if (read.kind === 'unread') return read
  const [first] = read.value
  return {
    ...read,
    value: first && {
      code: 'conflict',
      message: `Not restored, for nobody may have both sides: ${holder(first)} has access to the ${context.spec.target} side`,
      retryable: false,
    },
  }
}
