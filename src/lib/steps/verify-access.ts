/** Waits until everybody this operation moves has access to the side that is entered, and nobody to the one that is left. */
import { minutes, seconds } from '../core/time.ts'
import { defaultSettle, type Look } from '../machine/step.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { assignmentSubjects, holder, isSameGrant, readAccessToSide } from './shared/access.ts'
import { done, notBegun } from './shared/look.ts'
import { wantedSince } from './shared/read.ts'
import { leftSide } from './shared/subject.ts'

export const verifyAccess: Step = {
  limits: {
    name: 'verifyAccess',
    timeout: minutes(15),
    maxAttempts: 1,
    pollEvery: seconds(15),
    settle: defaultSettle,
    retryAfter: seconds(60),
  },
  look,
}

async function look(context: StepContext): Promise<Look> {
  const { spec } = context
  const since = wantedSince(context)
  const [left, entered] = await Promise.all([
    readAccessToSide(context, leftSide(spec), since),
    readAccessToSide(context, spec.target, since),
  ])
  if (left.kind === 'unread') return left.look
  if (entered.kind === 'unread') return entered.look
  const readAt = Math.min(left.readAt, entered.readAt)
  const [first] = left.value
  if (first) return notBegun(readAt, `${holder(first)} has access to the ${leftSide(spec)} side`)
  const absent = assignmentSubjects(spec).filter(({ grant }) => !entered.value.some((seen) => isSameGrant(seen, grant)))
  if (absent.length === 0) return done(readAt)
  return notBegun(readAt, `without access yet: ${absent.map(({ groupName }) => groupName).join(', ')}`)
}
