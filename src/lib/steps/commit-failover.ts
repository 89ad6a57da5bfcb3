/** Commits a failover: the recovery points that could still be changed to are given up. */
import { minutes, seconds } from '../core/time.ts'
import { type Begun, defaultSettle, type Look } from '../machine/step.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { couldNotLook, done, faulted, notBegun, underway } from './shared/look.ts'
import { allows, faultOfJob, itemIdOf, newestJob, newJob, readReplication, stateOf } from './shared/replication.ts'
import { begunUnlessBusy } from './shared/write.ts'

export const commitFailover: Step = {
  limits: {
    name: 'commitFailover',
    timeout: minutes(60),
    maxAttempts: 20,
    pollEvery: seconds(10),
    firstLookAfter: seconds(10),
    settle: defaultSettle,
    retryAfter: seconds(30),
  },
  look,
  begin,
}

const scenario = 'CommitFailover'

async function look(context: StepContext): Promise<Look> {
  const read = await readReplication(context)
  if (read.kind === 'unread') return read.look
  const { value, readAt } = read
  const { item, jobs, busyWith } = value
  const state = stateOf(item)
  if (state === 'committed') return done(readAt)
  if (busyWith) return underway(readAt, busyWith)
  if (state !== 'commitPending') {
    const message = `Site Recovery says ${item.protectionState || 'nothing'}: no failover to commit`
    return couldNotLook(readAt, { code: 'unproven', message, retryable: true })
  }
  const job = newJob(context, jobs, scenario)
  const fault = job && faultOfJob(job)
  if (job && fault) return { ...faulted(readAt, fault), memo: { jobBefore: job.name } }
  // The job is over before the item shows it.
  if (job) return underway(readAt, `job ${job.state}`)
  if (item.allowedOperations.length > 0 && !allows(item, 'Commit'))
    return underway(readAt, `commit is not allowed yet: ${item.allowedOperations.join(', ')}`)
  return { ...notBegun(readAt), memo: { jobBefore: newestJob(jobs, scenario) } }
}

async function begin(context: StepContext, fence: Fence): Promise<Begun> {
  return begunUnlessBusy(await context.gateways.siteRecovery.commit(await itemIdOf(context), fence))
}
