/**
 * Protects a VM that was failed over towards where it came from.
 *
 * It takes hours, and as long as the region it came from is away it is refused: it is asked for again, ever more rarely, and
 * all desktops look together, so that one listing of the vault serves them.
 */
import type { Fault } from '../core/fault.ts'
import { hours, type Instant, isoOf, type Millis, minutes } from '../core/time.ts'
import { type Begun, defaultSettle, type Look } from '../machine/step.ts'
import type { ReplicatedItem } from '../model/azure.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { findEitherItem, type Items, vaultOf } from './shared/items.ts'
import { couldNotLook, done, faulted, notBegun, underway } from './shared/look.ts'
import {
  allows,
  faultOfJob,
  newestJob,
  newJob,
  type Replication,
  readReplication,
  stateOf,
} from './shared/replication.ts'
import { begunUnlessBusy, refused } from './shared/write.ts'

const together: Millis = minutes(5)

export const reprotectVm: Step = {
  limits: {
    name: 'reprotectVm',
    // A region may be away for days, and disks of terabytes take as long.
    timeout: hours(168),
    maxAttempts: 1_000,
    pollEvery: together,
    firstLookAfter: together,
    settle: defaultSettle,
    retryAfter: together,
  },
  look,
  begin,
}

const scenario = 'SwitchReplicationGroupProtection'

/** A commit shows within a minute. */
const commitShows = minutes(30)

async function look(context: StepContext): Promise<Look> {
  const read = await readReplication(context, { find: findEitherItem })
  if (read.kind === 'unread') return read.look
  const found = lookAt(context, read.value, read.readAt)
  const since = sinceOf(context, read.value.item)
  return {
    ...found,
    ...(since !== undefined && { facts: { unprotectedSince: since } }),
    lookAfter: found.lookAfter ?? untilNext(context.now),
  }
}

/** On the full five minutes. */
const untilNext = (now: Instant): Millis => together - (now % together) || together

function lookAt(context: StepContext, { item, jobs, busyWith }: Replication, readAt: Instant): Look {
  const state = stateOf(item)
  if (state === 'protected') return done(readAt, 'is protected')
  if (busyWith) return underway(readAt, `${busyWith}, ${describe(context, item)}`)
  if (state === 'unprotected') return underway(readAt, describe(context, item))
  if (state === 'commitPending') return beforeCommit(context, readAt)
  if (state !== 'committed')
    return couldNotLook(readAt, { code: 'unreadable', message: describe(context, item), retryable: true })
  const job = newJob(context, jobs, scenario)
  const fault = job && faultOfJob(job)
  if (job && fault) {
    const again = job.state === 'failed' ? { retryable: true, retryAfter: pauseAfter(context) } : {}
    return { ...faulted(readAt, { ...fault, ...again }), memo: { jobBefore: job.name } }
  }
  // The job is over before the item shows it.
  if (job) return underway(readAt, `job ${job.state}, ${describe(context, item)}`)
  if (item.allowedOperations.length > 0 && !allows(item, 'SwitchProtection'))
    return underway(readAt, `not allowed yet, ${describe(context, item)}`)
  return { ...notBegun(readAt), memo: { jobBefore: newestJob(jobs, scenario) } }
}

function beforeCommit({ now, enteredAt }: StepContext, readAt: Instant): Look {
  const message = 'its failover is not committed'
  return now - enteredAt > commitShows
    ? faulted(readAt, { code: 'rejected', message, retryable: false })
    : couldNotLook(readAt, { code: 'unproven', message, retryable: true })
}

/** Only the item that was failed over knows when; the one that takes its place does not. */
const sinceOf = ({ facts }: StepContext, item: ReplicatedItem) =>
  stateOf(item) === 'committed' ? item.failedOverAt : facts?.unprotectedSince

function describe(context: StepContext, item: ReplicatedItem): string {
  const since = sinceOf(context, item)
  const state = item.protectionState || 'no state'
  return typeof since === 'number' ? `${state}, unprotected since ${isoOf(since)}` : state
}

async function begin(context: StepContext, fence: Fence): Promise<Begun> {
  const { spec, side, fleet, gateways } = context
  const cacheStorageId = spec.cacheStorage?.[side]
  if (cacheStorageId === undefined) return refused(noCache(side))
  const answer = await fleet.replicatedItems(vaultOf(context), context.enteredAt)
  const items: Items = answer.kind === 'ok' ? answer.value.value : new Map()
  const item = findEitherItem(context, items)
  if (!item) return refused({ code: 'unproven', message: 'the vault could not be listed', retryable: true })
  const begun = begunUnlessBusy(await gateways.siteRecovery.reprotect(item.id, { cacheStorageId }, fence))
  if (begun.kind !== 'refused' || forGood.has(begun.fault.code)) return begun
  if (begun.fault.code === 'overBudget') return begun
  const retryAfter = Math.max(begun.fault.retryAfter ?? 0, pauseAfter(context))
  return refused({ ...begun.fault, retryable: true, retryAfter })
}

/** No waiting helps. What the other region refuses, or what is refused for its sake, may be granted when it is back. */
const forGood: ReadonlySet<Fault['code']> = new Set(['forbidden', 'unreadable', 'needsPerson'])

/** 5, 10, 20, 40 min, then every hour. */
const pauseAfter = ({ attempt }: StepContext): Millis =>
  Math.min(together * 2 ** Math.min(Math.max(attempt - 1, 0), 10), hours(1))

const noCache = (side: string): Fault => ({
  code: 'rejected',
  message: `the plan names no cache storage account for the ${side} region`,
  retryable: false,
})
