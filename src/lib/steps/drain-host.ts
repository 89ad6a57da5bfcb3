/** Keeps new sessions off a host; those it has go on. */
import { minutes, seconds } from '../core/time.ts'
import { defaultSettle } from '../machine/step.ts'
import type { Step } from '../ports/steps.ts'
import { lookAtNewSessions, setNewSessions } from './shared/drain.ts'

export const drainHost: Step = {
  limits: {
    name: 'drainHost',
    timeout: minutes(5),
    maxAttempts: 5,
    pollEvery: seconds(10),
    firstLookAfter: seconds(2),
    settle: defaultSettle,
    retryAfter: seconds(15),
  },
  look: (context) => lookAtNewSessions(context, false),
  begin: (context, fence) => setNewSessions(context, false, fence),
}
