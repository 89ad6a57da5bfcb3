/**
 * Fails a VM over to the other region with Site Recovery.
 *
 * Whoever began it, an item that has failed over is done. A failed job leaves the item Protected, as if nothing had
 * happened, so the newest job from before each begin is remembered, and a newer one is judged.
 */
import { minutes, seconds } from '../core/time.ts'
import { type Begun, defaultSettle, type Look } from '../machine/step.ts'
import type { ReplicatedItem } from '../model/azure.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { beginTogether, lookTogether, togetherOf } from './shared/failover-together.ts'
import { couldNotLook, done, faulted, notBegun, underway } from './shared/look.ts'
import { chosenPoint } from './shared/recovery-points.ts'
import {
  allows,
  faultOfJob,
  itemIdOf,
  newestJob,
  newJob,
  type Replication,
  readReplication,
  stateOf,
} from './shared/replication.ts'
import { begunUnlessBusy, refused } from './shared/write.ts'

export const failoverVm: Step = {
  limits: {
    name: 'failoverVm',
    // Site Recovery promises an RTO of one hour (SLA for Online Services).
    timeout: minutes(60),
    maxAttempts: 3,
    pollEvery: seconds(15),
    firstLookAfter: seconds(60),
    settle: defaultSettle,
    retryAfter: seconds(60),
    paced: 'failovers',
  },
  look,
  begin,
  limiter: ({ spec }) => `${spec[spec.target].subscription}/${spec[spec.target].region}`.toLowerCase(),
  slots: (context) => togetherOf(context)?.group.mates.length ?? 1,
}

const scenario = 'UnplannedFailover'

async function look(context: StepContext): Promise<Look> {
  const together = togetherOf(context)
  const own = await lookAlone(context, together?.group.planName)
  return together ? lookTogether(context, together, own) : own
}

async function lookAlone(context: StepContext, planName: string | undefined): Promise<Look> {
  const read = await readReplication(context, { planName })
  if (read.kind === 'unread') return read.look
  const { value, readAt } = read
  const { item, jobs, ofPlan } = value
  if (jobs.some((job) => job.state === 'running' && isFailover(job.scenario))) return underway(readAt, value.busyWith)
  if (hasFailedOver(item)) return done(readAt, item.protectionState)
  if (value.busyWith) return underway(readAt, value.busyWith)
  // Where the vault lists the plan's job alone, it stands for those of its machines.
  const job = newJob(context, jobs, scenario) ?? newJob(context, ofPlan ?? [], scenario, 'planJobBefore')
  if (!job) return beforeFailover(context, value, readAt)
  const fault = faultOfJob(job)
  // The job is over before the item shows it.
  if (!fault || stateOf(item) !== 'protected') return underway(readAt, `job ${job.state}, ${describe(item)}`)
  return { ...faulted(readAt, fault), memo: memoOf(value) }
}

async function begin(context: StepContext, fence: Fence): Promise<Begun> {
  const { siteRecovery } = context.gateways
  const { spec } = context
  // On the way home the side that is left is where this app runs.
  const sourceSiteOperations = spec.primaryIsDown && spec.target === 'secondary' ? 'NotRequired' : 'Required'
  const together = togetherOf(context)
  if (together) return beginTogether(context, together, sourceSiteOperations, fence)
  const itemId = await itemIdOf(context)
  if (spec.recoveryPoint === 'latest')
    return begunUnlessBusy(await siteRecovery.failover(itemId, { sourceSiteOperations }, fence))
  const point = await chosenPoint(context, itemId)
  if (point.kind === 'none') return refused(point.fault)
  return begunUnlessBusy(
    await siteRecovery.failover(itemId, { sourceSiteOperations, recoveryPointId: point.id }, fence),
  )
}

function beforeFailover(context: StepContext, value: Replication, readAt: number): Look {
  const { item } = value
  const state = stateOf(item)
  const memo = memoOf(value)
  if (state === 'protected' && allows(item, scenario)) return { ...notBegun(readAt), memo }
  const unknown = state === 'other' || (state === 'protected' && item.allowedOperations.length === 0)
  if (unknown) return couldNotLook(readAt, { code: 'unreadable', message: describe(item), retryable: true })
  // After a begin the item may be on its way already, or on its way back from a failed job.
  if (context.attempt > 0) return underway(readAt, describe(item))
  const message = `Site Recovery does not allow a failover: ${describe(item)}`
  return faulted(readAt, { code: 'rejected', message, retryable: false })
}

/** An older failure is not taken for ours. */
const memoOf = ({ jobs, ofPlan }: Pick<Replication, 'jobs' | 'ofPlan'>) => ({
  jobBefore: newestJob(jobs, scenario),
  ...(ofPlan && { planJobBefore: newestJob(ofPlan, scenario) }),
})

/** `activeLocation` counts where the state's word is new to us; a Protected item has a failover before it, wherever it runs. */
function hasFailedOver(item: ReplicatedItem): boolean {
  const state = stateOf(item)
  if (state === 'commitPending' || state === 'committed') return true
  return state === 'other' && item.activeLocation.toLowerCase() === 'recovery'
}

const isFailover = (word: string): boolean => word.toLowerCase() === scenario.toLowerCase()

const describe = ({ protectionState, allowedOperations }: ReplicatedItem): string =>
  `${protectionState || 'no state'}, allowed: ${allowedOperations.join(', ') || 'nothing listed'}`
