/** Lets AVD start hosts again when somebody connects. */
import { minutes, seconds } from '../core/time.ts'
import { defaultSettle } from '../machine/step.ts'
import type { Step } from '../ports/steps.ts'
import { lookAtStartOnConnect, setStartOnConnect } from './shared/start-on-connect.ts'

export const enableStartOnConnect: Step = {
  limits: {
    name: 'enableStartOnConnect',
    timeout: minutes(5),
    maxAttempts: 5,
    pollEvery: seconds(10),
    firstLookAfter: seconds(2),
    settle: defaultSettle,
    retryAfter: seconds(15),
  },
  look: (context) => lookAtStartOnConnect(context, true),
  begin: (context, fence) => setStartOnConnect(context, true, fence),
}
