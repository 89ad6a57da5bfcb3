/** Sets one property of a host pool back to what planning saw. One that somebody else has set since is left alone. */
import { minutes, seconds } from '../core/time.ts'
import { defaultSettle } from '../machine/step.ts'
import type { Step } from '../ports/steps.ts'
import { backwards, lookAtPoolProperty, setPoolPropertyTo } from './shared/pool-property.ts'

export const restorePoolProperty: Step = {
  limits: {
    name: 'restorePoolProperty',
    timeout: minutes(5),
    maxAttempts: 3,
    pollEvery: seconds(10),
    firstLookAfter: seconds(2),
    settle: defaultSettle,
    retryAfter: seconds(15),
  },
  look: (context) => lookAtPoolProperty(context, backwards(context)),
  begin: (context, fence) => setPoolPropertyTo(context, backwards(context), fence),
}
