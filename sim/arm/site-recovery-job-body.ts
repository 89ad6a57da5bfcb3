import { guidOf } from './avd-resource.ts'
import { lasting } from './lasting-body.ts'
import { fabricOf, regionName } from './site-recovery-fabrics.ts'
import type { AsrJob, AsrScenario, AsrTask } from './site-recovery-job.ts'
import { asrId } from './site-recovery-resource.ts'

const unset = '0001-01-01T00:00:00'
const friendlyNames: Readonly<Record<AsrScenario, string>> = {
  UnplannedFailover: 'Failover',
  CommitFailover: 'Commit',
  ApplyRecoveryPoint: 'Change recovery point',
  SwitchReplicationGroupProtection: 'Reprotect',
  TestFailover: 'Test failover',
}

const ended = new WeakMap<AsrJob, Record<string, unknown>>()

/** The job as it stood at that moment (tasks of a failover as recorded, of a commit derived). */
export function jobBody(job: AsrJob, at: number): Record<string, unknown> {
  const known = ended.get(job)
  if (known) return known
  const body = build(job, at)
  // Once it has ended and every task's time is past, nothing of it changes.
  if (job.end && job.end.at <= at && job.tasks.every(({ to }) => to <= at)) ended.set(job, lasting(body))
  return body
}

function build(job: AsrJob, at: number): Record<string, unknown> {
  const end = job.end && job.end.at <= at ? job.end : undefined
  const state = end?.state ?? 'InProgress'
  const failing = end?.error && errorBody(job, end.error, end.at)
  const errors = failing ? [failing] : []
  return {
    id: asrId(`${job.vault}/replicationJobs/${job.id}`, job.item),
    name: job.id,
    type: 'Microsoft.RecoveryServices/vaults/replicationJobs',
    properties: {
      activityId: job.activityId,
      scenarioName: job.scenario,
      friendlyName: friendlyNames[job.scenario],
      state,
      stateDescription: end ? (state === 'Succeeded' ? 'Completed' : state) : 'InProgress',
      tasks: job.tasks.map((task) => taskBody(job, task, at, errors)),
      errors,
      startTime: timeOf(job.startedAt, '4567Z'),
      ...(end ? { endTime: wholeSeconds(end.at) } : {}),
      allowedActions: end ? [] : ['Cancel'],
      ...targetOf(job),
    },
  }
}

/** What a recovery plan's job says of its target is derived from the interface's description. */
function targetOf(job: AsrJob) {
  if (job.plan) {
    const { id, name } = job.plan
    const customDetails = { instanceType: 'FailoverJobDetails', affectedObjectDetails: null, protectedItemDetails: [] }
    return { targetObjectId: id, targetObjectName: name, targetInstanceType: 'RecoveryPlan', customDetails }
  }
  return {
    targetObjectId: guidOf(job.item.vm),
    targetObjectName: job.item.vmName,
    targetInstanceType: 'ProtectionEntity',
    customDetails: customDetails(job),
  }
}

function taskBody(job: AsrJob, task: AsrTask, at: number, errors: readonly object[]) {
  const { taskId, name, friendlyName } = task
  const [state, stateDescription] = stateOf(job, task, at)
  const hasBegun = state !== 'NotStarted' && state !== 'Other'
  const isOver = state === 'Succeeded' || state === 'Failed'
  return {
    taskId,
    name,
    startTime: hasBegun ? timeOf(task.from) : unset,
    endTime: isOver ? timeOf(Math.min(task.to, job.end?.at ?? task.to)) : unset,
    allowedActions: [],
    friendlyName,
    state,
    stateDescription,
    taskType: 'TaskDetails',
    customDetails: { instanceType: 'TaskDetails' },
    groupTaskCustomDetails: null,
    errors: state === 'Failed' ? errors : [],
  }
}

function stateOf(job: AsrJob, task: AsrTask, at: number): readonly [string, string] {
  const end = job.end && job.end.at <= at ? job.end : undefined
  if (task.isSkipped) return task.from <= at ? ['Other', 'Skipped'] : ['NotStarted', 'NotStarted']
  if (end?.error && failedTask(job) === task) return ['Failed', 'Failed']
  if (end?.error && job.tasks.indexOf(task) > job.tasks.indexOf(failedTask(job))) return ['NotStarted', 'NotStarted']
  if (task.to <= at) return ['Succeeded', 'Completed']
  return task.from <= at ? ['InProgress', 'InProgress'] : ['NotStarted', 'NotStarted']
}

/** A failed job failed in its main task, the one that makes the machine or commits. */
const failedTask = (job: AsrJob): AsrTask =>
  job.tasks.find(({ taskId }) => taskId === 'FailoverTask') ?? (job.tasks.at(-1) as AsrTask)

function errorBody(job: AsrJob, { code, message }: { code: string; message: string }, at: number) {
  return {
    serviceErrorDetails: {
      code,
      message,
      possibleCauses: 'See the error code in the Site Recovery documentation.',
      recommendedAction: 'Fix the cause and retry the operation.',
      activityId: job.activityId.split(' ').at(-1),
    },
    providerErrorDetails: null,
    errorLevel: 'Error',
    creationTime: wholeSeconds(at),
    taskId: failedTask(job).taskId,
  }
}

function customDetails({ item, startedAt, scenario }: AsrJob) {
  const recovery = fabricOf(item.targetLocation)
  const affectedObjectDetails = affectedObjects(item)
  if (scenario === 'SwitchReplicationGroupProtection') {
    const newReplicationProtectedItemId = `${item.vault}/replicationFabrics/${recovery}/replicationProtectionContainers/${recovery}-container/replicationProtectedItems/${item.name}`
    return { newReplicationProtectedItemId, instanceType: 'SwitchProtectionJobDetails', affectedObjectDetails }
  }
  return {
    instanceType: 'FailoverJobDetails',
    affectedObjectDetails,
    protectedItemDetails: [
      {
        name: item.name,
        friendlyName: item.vmName,
        testVmName: null,
        testVmFriendlyName: null,
        networkConnectionStatus: null,
        networkFriendlyName: `vnet-${item.targetLocation}`,
        subnet: 'snet-avd',
        recoveryPointId: recoveryPointId(item),
        recoveryPointTime: wholeSeconds(startedAt - 180_000),
      },
    ],
  }
}

function affectedObjects(item: AsrJob['item']) {
  const [primary, recovery] = [item.fabric, fabricOf(item.targetLocation)]
  return {
    primaryVmId: guidOf(item.vm),
    primaryVmName: item.vmName,
    recoveryVmId: '',
    recoveryVmName: item.vmName,
    protectionProfileId: guidOf(`${item.vault}/policy`),
    primaryCloudId: guidOf(item.container),
    primaryCloudName: item.container,
    recoveryCloudId: guidOf(`${recovery}-container`),
    recoveryCloudName: `${recovery}-container`,
    primaryVmmId: guidOf(primary),
    primaryVmmName: regionName(primary.replace('asr-a2a-default-', '')),
    recoveryVmmId: guidOf(recovery),
    recoveryVmmName: regionName(item.targetLocation),
    primaryFabricProviderId: 'Azure',
    recoveryFabricProviderId: 'Azure',
  }
}

/** Recorded: recovery points name their container by its GUID. */
export const recoveryPointId = (item: {
  vault: string
  fabric: string
  container: string
  name: string
  vm: string
}): string =>
  `${asrId(item.vault, item)}/replicationFabrics/${item.fabric}/replicationProtectionContainers/${guidOf(item.container)}/replicationProtectedItems/${item.name}/recoveryPoints/${guidOf(`${item.vm}/point`)}`

const timeOf = (at: number, end = 'Z'): string => new Date(at).toISOString().replace('Z', end)
export const wholeSeconds = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
