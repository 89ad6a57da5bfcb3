import { idKey } from '../../src/lib/core/arm-id.ts'
import { type Instant, type Millis, seconds } from '../../src/lib/core/time.ts'
import { sample, worldOf } from '../estate/world.ts'
import type { SimReplicatedItem } from './estate-types.ts'
import type { Actor } from './ledger-types.ts'
import type { Sim, SimRequest } from './types.ts'

export type AsrScenario =
  | 'UnplannedFailover'
  | 'CommitFailover'
  | 'ApplyRecoveryPoint'
  | 'SwitchReplicationGroupProtection'
  | 'TestFailover'

/** One task of a job, on the job's timetable. A skipped one never begins. */
export type AsrTask = {
  readonly taskId: string
  readonly name: string
  readonly friendlyName: string
  readonly from: Instant
  readonly to: Instant
  readonly isSkipped?: boolean
}

export type AsrEnd = {
  readonly at: Instant
  readonly state: 'Succeeded' | 'Failed' | 'Cancelled'
  readonly error?: { readonly code: string; readonly message: string }
}

export type AsrJob = {
  /** Equal to the id of the operation that polls it. */
  readonly id: string
  readonly vault: string
  readonly scenario: AsrScenario
  readonly item: SimReplicatedItem
  /** Of a whole recovery plan; `item` is its first one. */
  readonly plan?: { readonly id: string; readonly name: string }
  readonly activityId: string
  readonly startedAt: Instant
  readonly tasks: readonly AsrTask[]
  readonly endsAt: Instant
  /** Lists and items learn of the job, and of its end, this much later. */
  readonly lag: Millis
  end?: AsrEnd
}

export type NewJob = Pick<AsrJob, 'scenario' | 'item' | 'plan' | 'tasks' | 'endsAt'>
/** Who asks: a caller's request, or somebody in the portal. */
export type Asker = Pick<SimRequest, 'headers'> & { readonly by?: Actor }
/** How it ended, or how much later to ask again. */
type Finish = (job: AsrJob) => AsrEnd['error'] | { readonly later: Millis }

/** Puts a job on the vault's list. `finish` is called when its time has come and tells how it ended. */
export function beginJob(sim: Sim, asker: Asker, plan: NewJob, finish: Finish): AsrJob {
  const world = worldOf(sim)
  const { item, scenario } = plan
  const job: AsrJob = {
    ...plan,
    id: world.random.uuid(),
    vault: idKey(item.vault),
    // Recorded: the caller's own request id leads the activity id.
    activityId: `${asker.headers['x-ms-client-request-id'] ?? world.random.uuid()} ActivityId: ${world.random.uuid()}`,
    startedAt: sim.now(),
    lag: sample(sim, sim.timings.readLag),
  }
  jobsOf(sim, job.vault).push(job)
  if (!job.plan) jobsOfItem(item).push(job)
  const end = () => {
    const error = finish(job)
    if (error && 'later' in error) {
      sim.agenda.at(sim.now() + error.later, end)
      return
    }
    const state = error ? 'Failed' : 'Succeeded'
    job.end = { at: sim.now(), state, ...(error && { error }) }
    // Every machine of a plan has a job of its own, which tells.
    if (job.plan) return
    sim.ledger.write({
      kind: 'jobEnded',
      job: job.id,
      vm: item.vm,
      scenario,
      state,
      ...(error && { errorCode: error.code }),
    })
  }
  sim.agenda.at(job.endsAt, end)
  return job
}

/** Oldest first. */
export function jobsOf(sim: Sim, vault: string): AsrJob[] {
  const { jobs } = worldOf(sim)
  const key = idKey(vault)
  const known = jobs.get(key)
  if (known) return known
  const fresh: AsrJob[] = []
  jobs.set(key, fresh)
  return fresh
}

export const findJob = (sim: Sim, vault: string, id: string): AsrJob | undefined =>
  jobsOf(sim, vault).findLast((job) => job.id === id.toLowerCase())

const byItem = new WeakMap<SimReplicatedItem, AsrJob[]>()

/** Oldest first. */
export function jobsOfItem(item: SimReplicatedItem): AsrJob[] {
  const known = byItem.get(item)
  if (known) return known
  const fresh: AsrJob[] = []
  byItem.set(item, fresh)
  return fresh
}

/** Jobs of the item that run now, in truth. */
export const runningJobs = (item: SimReplicatedItem): AsrJob[] => jobsOfItem(item).filter((job) => !job.end)

const preflight: Millis = seconds(1.8)
const startOfReplica: Millis = seconds(4.4)
/** Of a failover with shutdown, the shutdown took 63 s of 206 s (recorded). */
const shareOfShutdown = 63 / 206

/** The five tasks of a failover in their recorded order. */
export function failoverTasks(from: Instant, length: Millis, withShutdown: boolean): readonly AsrTask[] {
  const end = from + length
  const checked = from + Math.min(preflight, length / 10)
  const shutDown = withShutdown ? checked + length * shareOfShutdown : checked
  const made = end - Math.min(startOfReplica, length / 10)
  const task = (taskId: string, name: string, friendlyName: string, start: Instant, to: Instant): AsrTask => {
    return { taskId, name, friendlyName, from: Math.round(start), to: Math.round(to) }
  }
  const shutdown = task(
    'ShutdownVmOnPrimaryForUFO',
    'VmShutdownVmOnPrimary',
    'Shut down the virtual machine',
    checked,
    shutDown,
  )
  const synchronize = task(
    'PrepareForUnPlannedFailoverTask',
    'VmPrepareForUnPlannedFailover',
    'Synchronizing the latest changes',
    shutDown,
    shutDown,
  )
  return [
    task(
      'UnplannedFailoverPreflightChecksTask',
      'VmUfoPrerequisitesCheck',
      'Prerequisites check for failover',
      from,
      checked,
    ),
    withShutdown ? shutdown : { ...shutdown, isSkipped: true },
    { ...synchronize, isSkipped: true },
    task('FailoverTask', 'VmFailover', 'Start failover', shutDown, made),
    task('StartVmOnSecondary', 'VmFoStartVmOnSecondary', 'Start the replica virtual machine', made, end),
  ]
}

/** Of a reprotect, as recorded; its last task runs a job of its own, which is not shown. */
export function reprotectTasks(from: Instant, length: Millis): readonly AsrTask[] {
  const checked = from + Math.min(preflight, length / 10)
  const task = (name: string, friendlyName: string, start: Instant, to: Instant): AsrTask => {
    return { taskId: name, name, friendlyName, from: Math.round(start), to: Math.round(to) }
  }
  return [
    task('SwitchReplicationGroupProtectionPreflightTask', 'Prerequisite check', from, checked),
    {
      ...task('CommitFailoverTask', 'Committing failover', checked, checked),
      name: 'VmCommitFailover',
      isSkipped: true,
    },
    task('DiscoverReplicaTask', 'Discovering replica virtual machine', checked, checked),
    task('GetSwitchProtectionRequirementsTask', 'Getting reprotection requirements', checked, checked),
    task('ProtectReplicaTask', 'Reprotecting virtual machine (1)', checked, from + length),
  ]
}

export function commitTasks(from: Instant, length: Millis): readonly AsrTask[] {
  const middle = Math.round(from + length / 3)
  return [
    {
      taskId: 'CommitFailoverPreflightChecksTask',
      name: 'VmCommitFailoverPrerequisitesCheck',
      friendlyName: 'Prerequisite check',
      from,
      to: middle,
    },
    { taskId: 'CommitFailoverTask', name: 'VmCommitFailover', friendlyName: 'Commit', from: middle, to: from + length },
  ]
}
