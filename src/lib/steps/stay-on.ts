/** Leaves a host on for the time the plan wants, counted from its first heartbeat, and proves it once more at the end. */
import { hours, isoOf, minutes, seconds } from '../core/time.ts'
import { defaultSettle, type Look } from '../machine/step.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { hasFreshHeartbeat, readHost } from './shared/hosts.ts'
import { done, notBegun } from './shared/look.ts'

export const stayOn: Step = {
  limits: {
    name: 'stayOn',
    // Beyond any time a plan may ask for: the wait ends by itself.
    timeout: hours(24),
    maxAttempts: 1,
    pollEvery: minutes(1),
    settle: defaultSettle,
    retryAfter: seconds(60),
  },
  look,
}

/** Whoever cannot be looked at once more is switched off all the same: it has been proven before. */
const patience = minutes(10)

async function look(context: StepContext): Promise<Look> {
  const { now, enteredAt, facts, spec } = context
  const since = typeof facts?.aliveSince === 'number' ? facts.aliveSince : enteredAt
  const until = since + (spec.keepAlive?.stayOn ?? 0)
  // Nobody need look at it before that: the message comes then, and an abort brings one of its own.
  if (now < until) return { ...notBegun(now, `stays on until ${isoOf(until)}`), lookAfter: until - now }
  const read = await readHost(context)
  if (read.kind === 'unread')
    return now < until + patience ? read.look : done(now, 'was on long enough; could not be looked at once more')
  const { lastHeartbeat } = read.value
  if (lastHeartbeat === undefined || !hasFreshHeartbeat(read.value, now))
    return done(read.readAt, 'was on long enough; its agent is silent by now')
  return { ...done(read.readAt, 'was on long enough'), facts: { provenAt: lastHeartbeat } }
}
