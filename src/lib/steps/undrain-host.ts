/** Lets new sessions onto a host. */
import { minutes, seconds } from '../core/time.ts'
import { defaultSettle } from '../machine/step.ts'
import type { Step } from '../ports/steps.ts'
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
  look: (context) => lookAtNewSessions(context, true),
  begin: (context, fence) => setNewSessions(context, true, fence),
}
