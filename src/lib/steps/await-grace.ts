/** Gives people the time they were promised. Nobody on the host at the first look: nobody to wait for. */
import { hours, seconds, spell } from '../core/time.ts'
import { defaultSettle, type Look } from '../machine/step.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { readSessions } from './shared/hosts.ts'
import { done, notBegun } from './shared/look.ts'

export const awaitGrace: Step = {
  limits: {
    name: 'awaitGrace',
    // Beyond any grace a plan may ask for: the wait ends by itself.
    timeout: hours(24),
    maxAttempts: 1,
    pollEvery: seconds(15),
    settle: defaultSettle,
    retryAfter: seconds(60),
  },
  look,
}

async function look(context: StepContext): Promise<Look> {
  const { now, enteredAt, memo } = context
  const rest = enteredAt + context.spec.limits.grace - now
  if (rest <= 0) return done(now, 'grace is over')
  if (memo.waits === true) return { ...notBegun(now, `${spell(rest)} of grace left`), lookAfter: rest }
  const read = await readSessions(context)
  if (read.kind === 'unread') return read.look
  if (read.value.length === 0) return done(read.readAt, 'nobody to wait for')
  return { ...notBegun(read.readAt, `${spell(rest)} of grace left`), lookAfter: rest, memo: { waits: true } }
}
