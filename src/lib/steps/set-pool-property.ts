/** Sets one property of a host pool to what the other side has. One that somebody else has set since is left alone. */
import { minutes, seconds } from '../core/time.ts'
import { defaultSettle } from '../machine/step.ts'
import type { Step } from '../ports/steps.ts'
import { forwards, lookAtPoolProperty, setPoolPropertyTo } from './shared/pool-property.ts'

export const setPoolProperty: Step = {
  limits: {
    name: 'setPoolProperty',
    timeout: minutes(5),
    maxAttempts: 3,
    pollEvery: seconds(10),
    firstLookAfter: seconds(2),
    settle: defaultSettle,
    retryAfter: seconds(15),
  },
  look: (context) => lookAtPoolProperty(context, forwards(context)),
  begin: (context, fence) => setPoolPropertyTo(context, forwards(context), fence),
}
