/** The scaling plans that rule over a pool. */
import { sameId } from '../../core/arm-id.ts'
import type { Begun, Look } from '../../machine/step.ts'
import type { ScalingPlan } from '../../model/azure.ts'
import type { Fence } from '../../ports/gateways.ts'
import type { StepContext } from '../../ports/steps.ts'
import { done, notBegun } from './look.ts'
import { type Read, readNow } from './read.ts'
import { poolOf } from './subject.ts'
import { begunOf, begunOfAll, refusedBy } from './write.ts'

export async function lookAtScalingPlans(context: StepContext, enabled: boolean): Promise<Look> {
  const read = await readPlans(context)
  if (read.kind === 'unread') return read.look
  if (read.value.length === 0) return done(read.readAt, 'no scaling plan')
  const wrong = othersThan(enabled, read.value, poolOf(context))
  return wrong.length === 0 ? done(read.readAt) : notBegun(read.readAt, wrong.map(({ name }) => name).join(', '))
}

/** All of them must get through: one plan left on would undo what the following steps do. */
export async function setScalingPlans(context: StepContext, enabled: boolean, fence: Fence): Promise<Begun> {
  const read = await readPlans(context)
  if (read.kind === 'unread') return refusedBy(read.look)
  const pool = poolOf(context)
  const set = (plan: ScalingPlan) => context.gateways.avd.setScalingPlanEnabled(plan, pool, enabled, fence)
  const answers = await Promise.all(othersThan(enabled, read.value, pool).map(set))
  const refusal = answers.find(({ kind }) => kind === 'refused')
  return refusal ? begunOf(refusal) : begunOfAll(answers)
}

async function readPlans(context: StepContext): Promise<Read<readonly ScalingPlan[]>> {
  const pool = poolOf(context)
  const read = await readNow(context, context.gateways.avd.scalingPlans(pool))
  return read.kind === 'unread' ? read : { ...read, value: read.value.filter((plan) => entries(plan, pool).length > 0) }
}

const entries = (plan: ScalingPlan, pool: string) => plan.pools.filter(({ hostPoolId }) => sameId(hostPoolId, pool))

const othersThan = (enabled: boolean, plans: readonly ScalingPlan[], pool: string) =>
  plans.filter((plan) => entries(plan, pool).some((entry) => entry.enabled !== enabled))
