/** Gives the pool back to autoscale: the undo of `disableScalingPlan`, and its counterpart at failback. */
import { minutes, seconds } from '../core/time.ts'
import { defaultSettle } from '../machine/step.ts'
import type { Step } from '../ports/steps.ts'
import { lookAtScalingPlans, setScalingPlans } from './shared/scaling-plans.ts'

export const enableScalingPlan: Step = {
  limits: {
    name: 'enableScalingPlan',
    timeout: minutes(5),
    maxAttempts: 5,
    pollEvery: seconds(10),
    firstLookAfter: seconds(2),
    settle: defaultSettle,
    retryAfter: seconds(15),
  },
  look: (context) => lookAtScalingPlans(context, true),
  begin: (context, fence) => setScalingPlans(context, true, fence),
}
