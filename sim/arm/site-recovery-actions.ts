import { idKey, parseArmId } from '../../src/lib/core/arm-id.ts'
import { type Millis, minutes } from '../../src/lib/core/time.ts'
import { limiterOf, sample, worldOf } from '../estate/world.ts'
import { failure } from './answers.ts'
import type { SimReplicatedItem } from './estate-types.ts'
import { containerOf, fabricOf } from './site-recovery-fabrics.ts'
import { reversedItem, runFailover, runSpareJob } from './site-recovery-failover.ts'
import { type AsrJob, beginJob, commitTasks, runningJobs } from './site-recovery-job.ts'
import { acceptedJob } from './site-recovery-operations.ts'
import { containerPath, containerType, itemPath, itemType, withItem } from './site-recovery-resource.ts'
import type { Route, Sim, SimRequest, SimResponse } from './types.ts'

export const actionRoutes: readonly Route[] = [
  post('unplannedFailover', unplannedFailover),
  post('failoverCommit', failoverCommit),
  post('applyRecoveryPoint', applyRecoveryPoint),
  post('plannedFailover', () =>
    failure(400, 'PlannedFailoverNotSupported', 'Planned failover is not supported for Azure to Azure replication.'),
  ),
  {
    method: 'POST',
    path: `${containerPath}/switchprotection`,
    bucket: 'writes',
    action: `${containerType}/switchprotection/action`,
    handle: switchProtection,
  },
]

type ItemAction = (request: SimRequest, item: SimReplicatedItem, sim: Sim) => SimResponse

function post(name: string, handle: ItemAction): Route {
  const action = `${itemType}/${name}/action`
  return { method: 'POST', path: `${itemPath}/${name}`, bucket: 'writes', action, handle: withItem(handle) }
}

function unplannedFailover(request: SimRequest, item: SimReplicatedItem, sim: Sim): SimResponse {
  const { providerSpecificDetails, failoverDirection, sourceSiteOperations } = propertiesOf(request)
  if ((providerSpecificDetails as { instanceType?: unknown } | undefined)?.instanceType !== 'A2A')
    return failure(400, 'InvalidInput', 'providerSpecificDetails.instanceType must be A2A.')
  if (failoverDirection !== undefined && failoverDirection !== 'PrimaryToRecovery')
    return failure(400, 'InvalidInput', 'The failover direction must be PrimaryToRecovery.')
  const isSpare = isWithinWindow(sim, item, 'UnplannedFailover')
  const refusal = isSpare ? undefined : refusalOf(item, 'Protected')
  if (refusal) return refusal
  const action = `${itemType}/unplannedFailover/action`
  const job = isSpare
    ? runSpareJob(sim, request, item, 'UnplannedFailover')
    : runFailover(sim, request, item, 'UnplannedFailover', {
        withShutdown: sourceSiteOperations === 'Required',
        failure: sim.faults.operationFailure(action, idKey(item.id)),
        delay: sim.faults.delay(action, idKey(item.id)),
      })
  note(sim, 'failoverAccepted', item, job)
  return acceptedJob(request, sim, job)
}

function failoverCommit(request: SimRequest, item: SimReplicatedItem, sim: Sim): SimResponse {
  const isSpare = isWithinWindow(sim, item, 'CommitFailover')
  const refusal = isSpare ? undefined : refusalOf(item, 'CommitPending')
  if (refusal) return refusal
  const action = `${itemType}/failoverCommit/action`
  const error = sim.faults.operationFailure(action, idKey(item.id))
  const length = sample(sim, sim.timings.commit) + sim.faults.delay(action, idKey(item.id))
  const plan = {
    scenario: 'CommitFailover',
    item,
    tasks: commitTasks(sim.now(), length),
    endsAt: sim.now() + length,
  } as const
  const job = beginJob(sim, request, plan, () => {
    if (isSpare) return undefined
    item.state.set(error ? 'CommitPending' : 'Committed')
    delete item.currentJob
    return error
  })
  if (!isSpare) {
    item.state.set('Committing')
    item.currentJob = job.id
  }
  note(sim, 'commitAccepted', item, job)
  return acceptedJob(request, sim, job)
}

/** Change PIT: the failed-over machine is made again from another point in time. */
function applyRecoveryPoint(request: SimRequest, item: SimReplicatedItem, sim: Sim): SimResponse {
  const refusal = refusalOf(item, 'CommitPending')
  if (refusal) return refusal
  const none = { withShutdown: false, failure: undefined }
  return acceptedJob(request, sim, runFailover(sim, request, item, 'ApplyRecoveryPoint', none))
}

/** Reprotect: a new item of the same name under the other fabric, protected after hours. */
function switchProtection(request: SimRequest, params: Readonly<Record<string, string>>, sim: Sim): SimResponse {
  const { replicationProtectedItemName: item } = propertiesOf(request)
  if (typeof item !== 'string') return failure(400, 'InvalidInput', 'replicationProtectedItemName is missing.')
  return withItem(reprotect)(request, { ...params, item }, sim)
}

function reprotect(request: SimRequest, item: SimReplicatedItem, sim: Sim): SimResponse {
  const refusal = refusalOf(item, 'Committed')
  if (refusal) return refusal
  const length = sample(sim, worldOf(sim).switches.reprotect)
  const reversed = reversedItem(sim, item, fabricOf(item.targetLocation), containerOf(item.targetLocation))
  const task = {
    taskId: 'ProtectReplicaTask',
    name: 'ProtectReplicaTask',
    friendlyName: 'Reprotecting virtual machine (1)',
    from: sim.now(),
    to: sim.now() + length,
  }
  const plan = {
    scenario: 'SwitchReplicationGroupProtection',
    item,
    tasks: [task],
    endsAt: sim.now() + length,
  } as const
  const job = beginJob(sim, request, plan, () => {
    reversed.state.set('Protected')
    return undefined
  })
  // The preflight of a recorded reprotect took three seconds; then the item was listed under the other fabric.
  sim.agenda.at(sim.now() + switchTakes, () => {
    sim.estate.replicatedItems.delete(idKey(item.id))
    sim.estate.replicatedItems.set(idKey(reversed.id), reversed)
  })
  return acceptedJob(request, sim, job)
}

const switchTakes: Millis = minutes(0.05)

/** Right after a first acceptance Site Recovery may not know of it yet, and accept again. */
function isWithinWindow(sim: Sim, item: SimReplicatedItem, scenario: AsrJob['scenario']): boolean {
  const { doubleAcceptWindow } = worldOf(sim).switches
  return runningJobs(item).some((job) => job.scenario === scenario && sim.now() - job.startedAt < doubleAcceptWindow)
}

function refusalOf(item: SimReplicatedItem, needed: ReturnType<SimReplicatedItem['state']['now']>) {
  const [running] = runningJobs(item)
  if (running) {
    const message = `Another operation is in progress on the replicated item '${item.vmName}'. Job: ${running.id}.`
    return failure(409, 'OperationInProgress', message)
  }
  if (item.state.now() === needed) return undefined
  const message = `The operation is not allowed on '${item.vmName}' in its current state '${item.state.now()}'.`
  return failure(409, 'OperationNotAllowedInCurrentState', message)
}

function note(sim: Sim, kind: 'failoverAccepted' | 'commitAccepted', item: SimReplicatedItem, job: AsrJob): void {
  const target = parseArmId(`${item.targetResourceGroupId}/providers/x/y/z`)
  const limiter = limiterOf(target?.subscription ?? '', item.targetLocation)
  sim.ledger.write({ kind, item: idKey(item.id), vm: item.vm, job: job.id, limiter })
}

const propertiesOf = (request: SimRequest): Record<string, unknown> =>
  (request.body as { properties?: Record<string, unknown> } | undefined)?.properties ?? {}
