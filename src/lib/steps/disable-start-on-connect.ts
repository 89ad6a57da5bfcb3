/** Keeps AVD from starting hosts that are being left when somebody connects. */
import { minutes, seconds } from '../core/time.ts'
import { defaultSettle } from '../machine/step.ts'
import type { Step } from '../ports/steps.ts'
import { lookAtStartOnConnect, setStartOnConnect } from './shared/start-on-connect.ts'

export const disableStartOnConnect: Step = {
  limits: {
    name: 'disableStartOnConnect',
    timeout: minutes(5),
    maxAttempts: 3,
    pollEvery: seconds(10),
    firstLookAfter: seconds(2),
    settle: defaultSettle,
    retryAfter: seconds(15),
  },
  look: (context) => lookAtStartOnConnect(context, false),
  begin: (context, fence) => setStartOnConnect(context, false, fence),
}
