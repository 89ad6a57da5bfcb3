/**
 * Gives a group access to the side that is entered.
 *
 * The barrier is the pair, not the group, because people are in several groups: before every grant, fresh listings prove
 * again that nobody this operation moves has access to the side that is left. A listing may lag behind a revoke for some
 * seconds, so access found there means waiting, and at the timeout the task ends by the name of who has it.
 */
import type { Fault } from '../core/fault.ts'
import { type Instant, minutes, seconds } from '../core/time.ts'
import { type Begun, defaultSettle, type Look } from '../machine/step.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { holder, isSameGrant, readAccess, readAccessToSide } from './shared/access.ts'
import { done, notBegun, underway } from './shared/look.ts'
import { type Read, wantedForBegin, wantedSince } from './shared/read.ts'
import { assignmentOf, leftSide } from './shared/subject.ts'
import { begunOf, refused, refusedBy } from './shared/write.ts'

export const grantAccess: Step = {
  limits: {
    name: 'grantAccess',
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
  const { grant } = assignmentOf(context)
  const since = Math.max(wantedSince(context), wantedForBegin(context))
  const left = await unproven(context, since)
  if (left.kind === 'unread') return left.look
  if (left.value) return underway(left.readAt, left.value.message)
  const own = await readAccess(context, grant.scope, since)
  if (own.kind === 'unread') return own.look
  const readAt = Math.min(left.readAt, own.readAt)
  return own.value.some((seen) => isSameGrant(seen, grant)) ? done(readAt) : notBegun(readAt)
}

async function begin(context: StepContext, fence: Fence): Promise<Begun> {
  const left = await unproven(context, wantedForBegin(context))
  if (left.kind === 'unread') return refusedBy(left.look)
  if (left.value) return refused(left.value)
  return begunOf(await context.gateways.access.grant(assignmentOf(context).grant, fence))
}

/** Undefined when it is proven that nobody has access to the side that is left. */
async function unproven(context: StepContext, since: Instant): Promise<Read<Fault | undefined>> {
  const side = leftSide(context.spec)
  const read = await readAccessToSide(context, side, since)
  if (read.kind === 'unread') return read
  const [first] = read.value
  const message = first && `${holder(first)} still has access to the ${side} side`
  return { ...read, value: message === undefined ? undefined : { code: 'unproven', message, retryable: true } }
}
