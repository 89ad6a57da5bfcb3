/** Lets new sessions onto a host; where access was revoked not long ago, only once that has surely taken effect. */
import type { Fault } from '../core/fault.ts'
import { minutes, seconds } from '../core/time.ts'
import { defaultSettle, type Look } from '../machine/step.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { lookAtNewSessions, setNewSessions } from './shared/drain.ts'

export const undrainHost: Step = {
  limits: {
    name: 'undrainHost',
    timeout: minutes(30),
    maxAttempts: 30,
    pollEvery: seconds(10),
    firstLookAfter: seconds(2),
    settle: defaultSettle,
    retryAfter: seconds(15),
  },
  look: async (context) => tooEarly(context) ?? withReadiness(context, await lookAtNewSessions(context, true)),
  begin: (context, fence) => setNewSessions(context, true, fence),
}

function tooEarly({ spec, side, subject, letInFrom, now }: StepContext): Look | undefined {
  const isEntered = side === spec.target && subject.kind === 'host'
  if (!isEntered || letInFrom === undefined || letInFrom <= now) return undefined
  const detail = 'access revoked here may still be in force'
  const fault: Fault = { code: 'unproven', message: detail, retryable: true, retryAfter: letInFrom - now }
  return { seen: { kind: 'couldNotLook', fault }, readAt: now, detail }
}

/** Its user has a place to work from here on, whatever is done to the machine afterwards. */
function withReadiness({ spec, side, subject, now }: StepContext, look: Look): Look {
  const isReady = look.seen.kind === 'done' && subject.kind === 'desktop' && side === spec.target
  return isReady ? { ...look, facts: { readyAt: now } } : look
}
