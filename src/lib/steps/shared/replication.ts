/** One VM's replicated item and its jobs. Two reads: a running job may not show on the item, a failed one leaves it Protected. */
import type { Fault } from '../../core/fault.ts'
import { jobFault } from '../../core/job-faults.ts'
import { minutes } from '../../core/time.ts'
import type { ReplicatedItem, ReplicationJob } from '../../model/azure.ts'
import type { StepContext } from '../../ports/steps.ts'
import { findItem, vaultOf } from './items.ts'
import { missing } from './look.ts'
import { type Read, readListing, wantedSince } from './read.ts'
import { desktopOf } from './subject.ts'

export type Replication = {
  readonly item: ReplicatedItem
  /** The item's, newest first. */
  readonly jobs: readonly ReplicationJob[]
  /** Of the recovery plan that moves it, newest first. */
  readonly ofPlan?: readonly ReplicationJob[]
  /** Running on the item by either read. */
  readonly busyWith?: string
}

export async function readReplication(
  context: StepContext,
  { find = findItem, planName }: { readonly find?: typeof findItem; readonly planName?: string | undefined } = {},
): Promise<Read<Replication>> {
  const vault = vaultOf(context)
  const since = wantedSince(context)
  const [items, jobs] = await Promise.all([
    readListing(context, since, (notBefore) => context.fleet.replicatedItems(vault, notBefore)),
    readListing(context, since, (notBefore) => context.fleet.jobs(vault, notBefore)),
  ])
  if (items.kind === 'unread') return items
  if (jobs.kind === 'unread') return jobs
  const readAt = Math.min(items.readAt, jobs.readAt)
  const item = find(context, items.value)
  if (!item) return { kind: 'unread', look: missing(readAt, `Replicated item of ${desktopOf(context).host}`) }
  const index = indexOf(jobs.value)
  const own = ownJobs(index, item)
  const busyWith = runningJob(context, item, own, index)
  const ofPlan = planName === undefined ? undefined : (index.byTarget.get(planName.toLowerCase()) ?? [])
  return {
    kind: 'read',
    value: { item, jobs: own, ...(ofPlan && { ofPlan }), ...(busyWith === undefined ? {} : { busyWith }) },
    readAt,
  }
}

/** What the plan says, unless the vault lists another item for the VM. */
export async function itemIdOf(context: StepContext): Promise<string> {
  const answer = await context.fleet.replicatedItems(vaultOf(context), context.enteredAt)
  const item = answer.kind === 'ok' ? findItem(context, answer.value.value) : undefined
  return item?.id ?? desktopOf(context).itemId
}

/** States of an Azure-to-Azure item as recorded; any other word is not understood, and nothing is concluded from it. */
export function stateOf({ protectionState }: ReplicatedItem): State {
  if (/^protected$/i.test(protectionState)) return 'protected'
  if (/^unprotected/i.test(protectionState)) return 'unprotected'
  if (/^(un)?plannedfailovercommitpending/i.test(protectionState)) return 'commitPending'
  if (/^(un)?plannedfailovercommitted/i.test(protectionState)) return 'committed'
  return 'other'
}

type State = 'protected' | 'unprotected' | 'commitPending' | 'committed' | 'other'

export const allows = ({ allowedOperations }: ReplicatedItem, operation: string): boolean =>
  allowedOperations.some((allowed) => allowed.toLowerCase() === operation.toLowerCase())

/** The newest job of a scenario; '' when there is none. Remembered before a begin, so that an older failure is not taken for ours. */
export const newestJob = (jobs: readonly ReplicationJob[], scenario: string): string =>
  jobs.find((job) => sameWord(job.scenario, scenario))?.name ?? ''

/** The job that appeared since `memo.jobBefore` was taken: this attempt's, or somebody's who did the same. */
export function newJob(
  { attempt, memo, begunAt }: StepContext,
  jobs: readonly ReplicationJob[],
  scenario: string,
  before: 'jobBefore' | 'planJobBefore' = 'jobBefore',
): ReplicationJob | undefined {
  if (attempt === 0) return undefined
  const newest = jobs.find((job) => sameWord(job.scenario, scenario))
  if (!newest || newest.name === memo[before]) return undefined
  if (memo[before] !== undefined) return newest
  return newest.startedAt !== undefined && begunAt !== undefined && newest.startedAt >= begunAt ? newest : undefined
}

export function faultOfJob(job: ReplicationJob): Fault | undefined {
  if (job.state === 'failed') return patient(jobFault(job.errorCode, job.errorMessage ?? `${job.scenario} failed`))
  // Somebody decided against it: to begin again would work against a person.
  if (job.state === 'cancelled')
    return { code: 'jobFailed', message: `${job.scenario} ${job.name} was cancelled`, retryable: false }
  return undefined
}

/** Room comes and goes in minutes, not in seconds (Compute, "Allocation failures"). */
const roomComesAfter = minutes(5)

const patient = (fault: Fault): Fault =>
  fault.code === 'noCapacity' && fault.retryable ? { ...fault, retryAfter: roomComesAfter } : fault

function runningJob(
  { attempt }: StepContext,
  item: ReplicatedItem,
  own: readonly ReplicationJob[],
  { byName }: JobIndex,
): string | undefined {
  const running = own.find(({ state }) => state === 'running')
  if (running) return `${running.scenario} ${running.name}`
  // Site Recovery writes `…/replicationJobs/None` when there is none.
  const current = item.currentJob?.split('/').at(-1)
  if (!current || sameWord(current, 'None')) return undefined
  const listed = byName.get(current.toLowerCase())
  if (listed) return listed.state === 'running' ? `job ${current}` : undefined
  // Not listed: too young, or older than the listing. Before our first begin, what the item allows tells which.
  const isFree = allows(item, 'UnplannedFailover') || allows(item, 'SwitchProtection')
  return attempt === 0 && isFree ? undefined : `job ${current}`
}

/** By names in lower case; jobs of one name in the order of the listing. */
type JobIndex = {
  readonly byItem: ReadonlyMap<string, readonly ReplicationJob[]>
  /** Those that name no item: by the VM. */
  readonly byTarget: ReadonlyMap<string, readonly ReplicationJob[]>
  readonly byName: ReadonlyMap<string, ReplicationJob>
}

/** One listing answers the looks of thousands of tasks, and has a job or two for each. */
const indexes = new WeakMap<readonly ReplicationJob[], JobIndex>()

function indexOf(jobs: readonly ReplicationJob[]): JobIndex {
  const known = indexes.get(jobs)
  if (known) return known
  const byItem = new Map<string, ReplicationJob[]>()
  const byTarget = new Map<string, ReplicationJob[]>()
  const byName = new Map<string, ReplicationJob>()
  for (const job of jobs) {
    for (const name of new Set(job.items.map((item) => item.toLowerCase()))) push(byItem, name, job)
    if (job.items.length === 0) push(byTarget, job.target.toLowerCase(), job)
    const name = job.name.toLowerCase()
    if (!byName.has(name)) byName.set(name, job)
  }
  const index = { byItem, byTarget, byName }
  indexes.set(jobs, index)
  return index
}

function push(jobs: Map<string, ReplicationJob[]>, name: string, job: ReplicationJob): void {
  const known = jobs.get(name)
  if (known) known.push(job)
  else jobs.set(name, [job])
}

function ownJobs({ byItem, byTarget }: JobIndex, { name, vmName }: ReplicatedItem): readonly ReplicationJob[] {
  const ofItem = byItem.get(name.toLowerCase()) ?? []
  const ofVm = byTarget.get(vmName.toLowerCase()) ?? []
  if (ofVm.length === 0 || ofItem.length === 0) return ofItem.length === 0 ? ofVm : ofItem
  // Both kinds in one vault are not known of; their order among each other is by their start.
  return [...ofItem, ...ofVm].sort((a, b) => (b.startedAt ?? 0) - (a.startedAt ?? 0))
}

const sameWord = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
