/**
 * Commits a failover: the recovery points that could still be changed to are given up.
 *
 * Unless a person asks for the commit, the desktop has to be alive first. One that is not stays uncommitted and is named:
 * another recovery point may bring it up.
 */
import type { Fault } from '../core/fault.ts'
import { hours, minutes, seconds } from '../core/time.ts'
import { type Begun, defaultSettle, type Look } from '../machine/step.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { hasFreshHeartbeat, readHost } from './shared/hosts.ts'
import { findEitherItem, findItem } from './shared/items.ts'
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
  const read = await readReplication(context, { find: isOwn(context) ? findEitherItem : findItem })
  if (read.kind === 'unread') return read.look
  const { value, readAt } = read
  const { item, jobs, busyWith } = value
  const state = stateOf(item)
  if (state === 'committed') return done(readAt)
  if (isOwn(context) && (state === 'protected' || state === 'unprotected')) return done(readAt, 'is protected again')
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
  const look = { ...notBegun(readAt), memo: { jobBefore: newestJob(jobs, scenario) } }
  return isOwn(context) ? look : ((await withoutLife(context)) ?? look)
}

/** The operation is the commit. */
const isOwn = ({ spec }: StepContext): boolean => spec.kind === 'commit'

/** Its host was waited for before: this is for one that has gone silent since. */
const lifeTakes = minutes(10)
/** That Azure does not answer says nothing of the desktop: it was away for more than an hour before. */
const answerTakes = hours(2)

/** Undefined: the desktop is alive. */
async function withoutLife(context: StepContext): Promise<Look | undefined> {
  const { now, memo } = context
  const host = await readHost(context)
  if (host.kind === 'unread') {
    const unreadSince = Number(memo.unreadSince || now)
    if (now - unreadSince > answerTakes) return { ...done(now, unseen.message), lacks: unseen }
    return { ...host.look, memo: { unreadSince } }
  }
  if (hasFreshHeartbeat(host.value, now)) return undefined
  const silentSince = Number(memo.silentSince || now)
  if (now - silentSince > lifeTakes) return { ...done(now, noLife.message), lacks: noLife }
  const look = underway(host.readAt, 'waits for a sign of life of the desktop')
  return { ...look, memo: { silentSince, unreadSince: 0 } }
}

const unseen: Fault = {
  code: 'needsPerson',
  message: 'not committed: whether the desktop is alive could not be read',
  retryable: false,
}

const noLife: Fault = {
  code: 'needsPerson',
  message: 'not committed: the desktop gives no sign of life, and another recovery point may still bring it up',
  retryable: false,
}

async function begin(context: StepContext, fence: Fence): Promise<Begun> {
  return begunUnlessBusy(await context.gateways.siteRecovery.commit(await itemIdOf(context), fence))
}
