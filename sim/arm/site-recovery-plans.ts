import { idKey } from '../../src/lib/core/arm-id.ts'
import { type Millis, seconds } from '../../src/lib/core/time.ts'
import { type SimRecoveryPlan, worldOf } from '../estate/world.ts'
import { failure, resourceNotFound } from './answers.ts'
import type { SimReplicatedItem } from './estate-types.ts'
import { listAnswer } from './paging.ts'
import { commit, failOver } from './site-recovery-actions.ts'
import { fabricOf } from './site-recovery-fabrics.ts'
import { type AsrEnd, type AsrJob, type AsrScenario, type AsrTask, beginJob, runningJobs } from './site-recovery-job.ts'
import { acceptedJob } from './site-recovery-operations.ts'
import { momentOf } from './site-recovery-recovery-points.ts'
import { asrId, vaultPath, vaultType, withVault } from './site-recovery-resource.ts'
import type { Route, Sim, SimRequest, SimResponse } from './types.ts'

const type = `${vaultType}/replicationRecoveryPlans`
const planPath = `${vaultPath}/replicationRecoveryPlans/{plan}`

/** Recovery plans of a vault, by the interface's description: no recording shows one. */
export const planRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `${vaultPath}/replicationRecoveryPlans`,
    bucket: 'reads',
    action: `${type}/read`,
    handle: withVault((request, vault, sim) => {
      const plans = [...worldOf(sim).recoveryPlans.values()].filter((plan) => idKey(plan.vault) === idKey(vault.id))
      const { pageSize } = worldOf(sim).switches
      return listAnswer(sim, request, plans, (plan) => bodyOf(sim, plan), { pageSize })
    }),
  },
  post('unplannedFailover', failOverAll),
  post('failoverCommit', (request, plan, sim) => runAll(request, sim, plan, 'CommitFailover')),
]

type PlanAction = (request: SimRequest, plan: SimRecoveryPlan, sim: Sim) => SimResponse

function post(name: string, act: PlanAction): Route {
  const handle = withVault((request, vault, sim, { plan = '', group = '' }) => {
    const found = worldOf(sim).recoveryPlans.get(idKey(`${vault.id}/replicationRecoveryPlans/${plan}`))
    return found ? act(request, found, sim) : resourceNotFound(type, plan, group)
  })
  return { method: 'POST', path: `${planPath}/${name}`, bucket: 'writes', action: `${type}/${name}/action`, handle }
}

const pointTypes: ReadonlySet<unknown> = new Set([
  'Latest',
  'LatestProcessed',
  'LatestApplicationConsistent',
  'LatestCrashConsistent',
])

function failOverAll(request: SimRequest, plan: SimRecoveryPlan, sim: Sim): SimResponse {
  const { properties = {} } = (request.body ?? {}) as { properties?: Record<string, unknown> }
  const { failoverDirection, sourceSiteOperations, providerSpecificDetails } = properties
  const [details] = (Array.isArray(providerSpecificDetails) ? providerSpecificDetails : []) as Record<string, unknown>[]
  if (failoverDirection !== 'PrimaryToRecovery')
    return failure(400, 'InvalidInput', 'The failover direction must be PrimaryToRecovery.')
  if (details?.instanceType !== 'A2A' || !pointTypes.has(details.recoveryPointType))
    return failure(400, 'InvalidInput', 'providerSpecificDetails must name A2A and a type of recovery point.')
  return runAll(request, sim, plan, 'UnplannedFailover', sourceSiteOperations === 'Required')
}

/** Accepted whatever its machines are at: the prerequisites are the job's first task, and it fails there. */
function runAll(
  request: SimRequest,
  sim: Sim,
  plan: SimRecoveryPlan,
  scenario: 'UnplannedFailover' | 'CommitFailover',
  withShutdown = false,
): SimResponse {
  const items = itemsOfPlan(sim, plan)
  const [item] = items
  if (!item) return failure(400, 'RecoveryPlanEmpty', `The recovery plan '${plan.name}' has no machine.`)
  const needed = scenario === 'UnplannedFailover' ? 'Protected' : 'CommitPending'
  const busy = items.filter((one) => one.state.now() !== needed || runningJobs(one).length > 0)
  if (busy.length > 0) return acceptedJob(request, sim, failedJob(request, sim, { plan, item, scenario, busy }))
  const jobs = items.map((one) =>
    scenario === 'CommitFailover'
      ? commit(sim, request, one)
      : failOver(sim, request, one, { point: momentOf(sim, one, undefined) ?? sim.now(), withShutdown }),
  )
  const endsAt = Math.max(...jobs.map((job) => job.endsAt))
  const job = beginJob(sim, request, { scenario, item, plan, tasks: planTasks(sim.now(), endsAt), endsAt }, () =>
    endOf(jobs),
  )
  return acceptedJob(request, sim, job)
}

/** Until the check of the prerequisites has failed (model value). */
const checkTakes: Millis = seconds(5)

function failedJob(
  request: SimRequest,
  sim: Sim,
  given: {
    readonly plan: SimRecoveryPlan
    readonly item: SimReplicatedItem
    readonly scenario: AsrScenario
    readonly busy: readonly SimReplicatedItem[]
  },
): AsrJob {
  const { plan, item, scenario, busy } = given
  const endsAt = sim.now() + checkTakes
  const message = `The recovery plan '${plan.name}' cannot run: ${busy.map(({ vmName }) => vmName).join(', ')} not ready.`
  const tasks = planTasks(sim.now(), endsAt).slice(0, 1)
  return beginJob(sim, request, { scenario, item, plan, tasks, endsAt }, () => ({ code: '10042', message }))
}

/** The plan's job ends with the last of its machines', and fails when one of theirs did. */
function endOf(jobs: readonly AsrJob[]): AsrEnd['error'] | { readonly later: Millis } {
  if (jobs.some(({ end }) => !end)) return { later: seconds(1) }
  const failed = jobs.find(({ end }) => end?.error)
  return failed?.end?.error
}

/** The recorded five. */
function planTasks(from: number, to: number): readonly AsrTask[] {
  const task = (name: string, friendlyName: string, start: number, end: number): AsrTask => {
    return { taskId: name, name, friendlyName, from: start, to: end }
  }
  const checked = Math.min(from + checkTakes, to)
  return [
    task('RpSrsPrerequisitesCheck', 'Recovery plan prerequisites check', from, checked),
    task('ShutdownAllActionGroup', 'All groups shutdown', checked, checked),
    task('FailoverAllActionGroup', 'Recovery plan failover', checked, to),
    task('Group1', 'Group 1: Start (1)', to, to),
    task('EndRecoveryPlanTask', 'Finalizing the recovery plan', to, to),
  ]
}

/** Those of its machines, whichever way they are protected now. */
export function itemsOfPlan(sim: Sim, { vault, vmNames }: SimRecoveryPlan): readonly SimReplicatedItem[] {
  const items = [...sim.estate.replicatedItems.values()].filter((item) => idKey(item.vault) === idKey(vault))
  return vmNames.flatMap((name) => items.find(({ vmName }) => vmName === name) ?? [])
}

function bodyOf(sim: Sim, plan: SimRecoveryPlan) {
  const items = itemsOfPlan(sim, plan)
  const [first] = items
  const group = (groupType: string, members: readonly SimReplicatedItem[]) => ({
    groupType,
    replicationProtectedItems: members.map((item) => ({ id: asrId(item.id, item), virtualMachineId: item.vm })),
    startGroupActions: [],
    endGroupActions: [],
  })
  return {
    id: asrId(plan.id, plan),
    name: plan.name,
    type: 'Microsoft.RecoveryServices/vaults/replicationRecoveryPlans',
    properties: {
      friendlyName: plan.name,
      primaryFabricFriendlyName: first?.fabric ?? null,
      recoveryFabricFriendlyName: first ? fabricOf(first.targetLocation) : null,
      failoverDeploymentModel: 'ResourceManager',
      replicationProviders: ['A2A'],
      allowedOperations: ['UnplannedFailover', 'TestFailover'],
      groups: [group('Shutdown', []), group('Failover', []), group('Boot', items)],
    },
  }
}
