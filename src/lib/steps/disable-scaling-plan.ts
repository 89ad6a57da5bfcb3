/** Turns autoscale off for the pool: it would start hosts that are left and override their drain. */
import { minutes, seconds } from '../core/time.ts'
import { defaultSettle } from '../machine/step.ts'
import type { Step } from '../ports/steps.ts'
import { lookAtScalingPlans, setScalingPlans } from './shared/scaling-plans.ts'

export const disableScalingPlan: Step = {
  limits: {
    name: 'disableScalingPlan',
    timeout: minutes(5),
    maxAttempts: 3,
    pollEvery: seconds(10),
    firstLookAfter: seconds(2),
    settle: defaultSettle,
    retryAfter: seconds(15),
  },
  look: (context) => lookAtScalingPlans(context, false),
  begin: (context, fence) => setScalingPlans(context, false, fence),
}
