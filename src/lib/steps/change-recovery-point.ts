/**
 * Has a VM that was failed over made again from another point in time, as long as the failover is not committed.
 *
 * Nothing of it shows on the item afterwards, so only a job that appeared since the begin tells that it is done.
 */
import { minutes, seconds } from '../core/time.ts'
import { type Begun, defaultSettle, type Look } from '../machine/step.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { couldNotLook, done, faulted, notBegun, underway } from './shared/look.ts'
import { chosenPoint } from './shared/recovery-points.ts'
import { allows, faultOfJob, itemIdOf, newestJob, newJob, readReplication, stateOf } from './shared/replication.ts'
import { begunUnlessBusy, refused } from './shared/write.ts'

export const changeRecoveryPoint: Step = {
  limits: {
    name: 'changeRecoveryPoint',
    timeout: minutes(60),
    maxAttempts: 3,
    pollEvery: seconds(15),
    firstLookAfter: seconds(60),
    settle: defaultSettle,
    retryAfter: seconds(60),
    // It makes a machine, as a failover does.
    paced: 'failovers',
  },
  look,
  begin,
  limiter: ({ spec }) => `${spec[spec.target].subscription}/${spec[spec.target].region}`.toLowerCase(),
}

const scenario = 'ApplyRecoveryPoint'

async function look(context: StepContext): Promise<Look> {
  const read = await readReplication(context)
  if (read.kind === 'unread') return read.look
  const { item, jobs, busyWith } = read.value
  const { readAt } = read
  const state = stateOf(item)
  if (state === 'committed' || state === 'protected' || state === 'unprotected') {
    const message = `there is no failover whose recovery point could be changed: ${item.protectionState}`
    return faulted(readAt, { code: 'rejected', message, retryable: false })
  }
  if (busyWith) return underway(readAt, busyWith)
  const job = newJob(context, jobs, scenario)
  const fault = job && faultOfJob(job)
  if (job && fault) return { ...faulted(readAt, fault), memo: { jobBefore: job.name } }
  if (state === 'other') {
    const message = `Site Recovery says ${item.protectionState || 'nothing'}`
    return couldNotLook(readAt, { code: 'unreadable', message, retryable: true })
  }
  if (job) return done(readAt)
  if (item.allowedOperations.length > 0 && !allows(item, 'ChangePit'))
    return underway(readAt, `the recovery point may not be changed now: ${item.allowedOperations.join(', ')}`)
  return { ...notBegun(readAt), memo: { jobBefore: newestJob(jobs, scenario) } }
}

async function begin(context: StepContext, fence: Fence): Promise<Begun> {
  const itemId = await itemIdOf(context)
  const point = await chosenPoint(context, itemId)
  if (point.kind === 'none') return refused(point.fault)
  return begunUnlessBusy(await context.gateways.siteRecovery.changeRecoveryPoint(itemId, point.id, fence))
}
