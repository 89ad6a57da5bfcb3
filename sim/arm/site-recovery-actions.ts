import { idKey, parseArmId } from '../../src/lib/core/arm-id.ts'
import type { Instant } from '../../src/lib/core/time.ts'
import { limiterOf, sample, worldOf } from '../estate/world.ts'
import { failure } from './answers.ts'
import type { SimReplicatedItem } from './estate-types.ts'
import type { Actor } from './ledger-types.ts'
import { runFailover, runSpareJob } from './site-recovery-failover.ts'
import { type Asker, type AsrJob, beginJob, commitTasks, runningJobs } from './site-recovery-job.ts'
import { acceptedJob } from './site-recovery-operations.ts'
import { momentOf } from './site-recovery-recovery-points.ts'
import { reprotect, reprotectAgain, reprotectRefusal } from './site-recovery-reprotect.ts'
import { containerPath, containerType, itemPath, itemType, withItem } from './site-recovery-resource.ts'
import { testFailover } from './site-recovery-test-failover.ts'
import type { Route, Sim, SimRequest, SimResponse } from './types.ts'

export const actionRoutes: readonly Route[] = [
  post('unplannedFailover', unplannedFailover),
  post('failoverCommit', failoverCommit),
  post('applyRecoveryPoint', applyRecoveryPoint),
  post('testFailover', (request, item, sim) => {
    const refusal = refusalOf(item, 'Protected')
    return refusal ?? acceptedJob(request, sim, testFailover(sim, request, item))
  }),
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
  const { instanceType, recoveryPointId } = (providerSpecificDetails ?? {}) as Record<string, unknown>
  if (instanceType !== 'A2A') return failure(400, 'InvalidInput', 'providerSpecificDetails.instanceType must be A2A.')
  if (failoverDirection !== undefined && failoverDirection !== 'PrimaryToRecovery')
    return failure(400, 'InvalidInput', 'The failover direction must be PrimaryToRecovery.')
  if (item.multiVmGroup !== undefined)
    return failure(400, 'MultiVmGroupMember', `'${item.vmName}' is in '${item.multiVmGroup}' and fails over with it.`)
  const isSpare = isWithinWindow(sim, item, 'UnplannedFailover')
  const refusal = isSpare ? undefined : refusalOf(item, 'Protected')
  if (refusal) return refusal
  const point = momentOf(sim, item, recoveryPointId)
  if (point === undefined) return noSuchPoint(recoveryPointId)
  if (!isSpare)
    return acceptedJob(
      request,
      sim,
      failOver(sim, request, item, { point, withShutdown: sourceSiteOperations === 'Required' }),
    )
  const job = runSpareJob(sim, request, item, 'UnplannedFailover')
  note(sim, 'failoverAccepted', item, job)
  return acceptedJob(request, sim, job)
}

/** Begins a failover of an item that is free for it. */
export function failOver(
  sim: Sim,
  asker: Asker,
  item: SimReplicatedItem,
  { point, withShutdown }: { readonly point: Instant; readonly withShutdown: boolean },
): AsrJob {
  const action = `${itemType}/unplannedFailover/action`
  const job = runFailover(sim, asker, item, 'UnplannedFailover', {
    withShutdown,
    point,
    failure: sim.faults.operationFailure(action, idKey(item.id)),
    delay: sim.faults.delay(action, idKey(item.id)),
  })
  note(sim, 'failoverAccepted', item, job, asker.by)
  return job
}

function failoverCommit(request: SimRequest, item: SimReplicatedItem, sim: Sim): SimResponse {
  const isSpare = isWithinWindow(sim, item, 'CommitFailover')
  const refusal = isSpare ? undefined : refusalOf(item, 'CommitPending')
  return refusal ?? acceptedJob(request, sim, commit(sim, request, item, isSpare))
}

/** Begins a commit; a spare one finds nothing to do. */
export function commit(sim: Sim, asker: Asker, item: SimReplicatedItem, isSpare = false): AsrJob {
  const action = `${itemType}/failoverCommit/action`
  const error = sim.faults.operationFailure(action, idKey(item.id))
  const length = sample(sim, sim.timings.commit) + sim.faults.delay(action, idKey(item.id))
  const plan = {
    scenario: 'CommitFailover',
    item,
    tasks: commitTasks(sim.now(), length),
    endsAt: sim.now() + length,
  } as const
  const job = beginJob(sim, asker, plan, () => {
    if (isSpare) return undefined
    item.state.set(error ? 'CommitPending' : 'Committed')
    delete item.currentJob
    return error
  })
  if (!isSpare) {
    item.state.set('Committing')
    item.currentJob = job.id
  }
  note(sim, 'commitAccepted', item, job, asker.by)
  return job
}

/** Change PIT: the failed-over machine is made again from another point in time. */
function applyRecoveryPoint(request: SimRequest, item: SimReplicatedItem, sim: Sim): SimResponse {
  const { recoveryPointId } = propertiesOf(request)
  const refusal = refusalOf(item, 'CommitPending')
  if (refusal) return refusal
  const point = momentOf(sim, item, recoveryPointId)
  if (point === undefined) return noSuchPoint(recoveryPointId)
  const action = `${itemType}/applyRecoveryPoint/action`
  const error = sim.faults.operationFailure(action, idKey(item.id))
  const job = runFailover(sim, request, item, 'ApplyRecoveryPoint', {
    withShutdown: false,
    point,
    failure: error,
    delay: sim.faults.delay(action, idKey(item.id)),
  })
  sim.ledger.write({ kind: 'recoveryPointAccepted', item: idKey(item.id), vm: item.vm, job: job.id })
  return acceptedJob(request, sim, job)
}

const noSuchPoint = (id: unknown): SimResponse =>
  failure(400, 'RecoveryPointNotFound', `The recovery point '${id}' does not exist, or no longer.`)

/** Reprotect: a new item of the same name under the other fabric, protected after hours. */
function switchProtection(request: SimRequest, params: Readonly<Record<string, string>>, sim: Sim): SimResponse {
  const { replicationProtectedItemName: item, providerSpecificDetails } = propertiesOf(request)
  if (typeof item !== 'string') return failure(400, 'InvalidInput', 'replicationProtectedItemName is missing.')
  const handle: ItemAction = (_request, found) => {
    if (isWithinWindow(sim, found, 'SwitchReplicationGroupProtection'))
      return acceptedJob(request, sim, reprotectAgain(sim, request, found))
    const refusal = refusalOf(found, 'Committed') ?? reprotectRefusal(sim, found, providerSpecificDetails)
    return refusal ?? acceptedJob(request, sim, reprotect(sim, request, found))
  }
  return withItem(handle)(request, { ...params, item }, sim)
}

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

function note(
  sim: Sim,
  kind: 'failoverAccepted' | 'commitAccepted',
  item: SimReplicatedItem,
  job: AsrJob,
  by?: Actor,
): void {
  const target = parseArmId(`${item.targetResourceGroupId}/providers/x/y/z`)
  const limiter = limiterOf(target?.subscription ?? '', item.targetLocation)
  sim.ledger.write({ kind, item: idKey(item.id), vm: item.vm, job: job.id, limiter, ...(by && { by }) })
}

const propertiesOf = (request: SimRequest): Record<string, unknown> =>
  (request.body as { properties?: Record<string, unknown> } | undefined)?.properties ?? {}
