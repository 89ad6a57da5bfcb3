import { minutes } from '../../src/lib/core/time.ts'
import { guidOf } from './avd-resource.ts'
import type { SimReplicatedItem } from './estate-types.ts'
import { lasting } from './lasting-body.ts'
import { a2aBody } from './site-recovery-a2a-body.ts'
import { containerOf, fabricOf, policyId, regionName } from './site-recovery-fabrics.ts'
import { replicationHealthOf } from './site-recovery-health.ts'
import { type AsrJob, jobsOfItem } from './site-recovery-job.ts'
import { recoveryPointId } from './site-recovery-job-body.ts'
import { asrId, capital, itemType } from './site-recovery-resource.ts'
import type { Sim } from './types.ts'

type State = ReturnType<SimReplicatedItem['state']['now']>

type Detail = 'list' | 'get'
type Shown = {
  readonly words: string
  readonly description: string
  readonly location: string
  readonly allowed: readonly string[]
}

/**
 * What each state shows. Recorded: Protected, commit pending and committed; what an item shows while a job runs was not
 * recorded, so no operation is allowed and the words are this simulator's.
 */
const shown: Readonly<Record<State, Shown>> = {
  Protected: {
    words: 'Protected',
    description: 'Protected',
    location: 'Primary',
    allowed: ['UnplannedFailover', 'DisableProtection', 'TestFailover'],
  },
  FailingOver: {
    words: 'UnplannedFailoverInitiated',
    description: 'Failover in progress',
    location: 'Primary',
    allowed: [],
  },
  CommitPending: {
    words: 'UnplannedFailoverCommitPendingStatesBegin',
    description: 'Failover completed',
    location: 'Recovery',
    allowed: ['Commit', 'ChangePit'],
  },
  Committing: {
    words: 'CommitFailoverStatesBegin',
    description: 'Commit in progress',
    location: 'Recovery',
    allowed: [],
  },
  Committed: {
    words: 'UnplannedFailoverCommitted',
    description: 'Failover committed',
    location: 'Recovery',
    allowed: ['CompleteMigration', 'DisableProtection', 'SwitchProtection'],
  },
  Unprotected: {
    words: 'UnprotectedStatesBegin',
    description: 'Enabling protection',
    location: 'Primary',
    allowed: [],
  },
}

type Cached = { readonly key: string; readonly body: Record<string, unknown> }
const cache: Readonly<Record<Detail, WeakMap<SimReplicatedItem, Cached>>> = { list: new WeakMap(), get: new WeakMap() }
/** Replication health is recalculated this often, so bodies stay the same in between. */
const recalculation = minutes(5)

/** An item as recorded. The list leaves `diskState` and the synced tags null, GET fills them. */
export function itemBody(sim: Sim, item: SimReplicatedItem, detail: Detail): Record<string, unknown> {
  const state = item.state.seen()
  const job = jobShown(item, state)
  const period = Math.floor(sim.now() / recalculation) * recalculation
  const key = `${state} ${job?.id} ${item.targetVm} ${item.failedOverAt} ${period}`
  const known = cache[detail].get(item)
  if (known?.key === key) return known.body
  const body = lasting(build(sim, item, { state, job, period, detail }))
  cache[detail].set(item, { key, body })
  return body
}

type View = {
  readonly state: State
  readonly job: AsrJob | undefined
  readonly period: number
  readonly detail: Detail
}

/** The running job, once the item shows that something runs. */
function jobShown(item: SimReplicatedItem, state: State): AsrJob | undefined {
  if (state !== 'FailingOver' && state !== 'Committing') return undefined
  return jobsOfItem(item).at(-1)
}

function build(sim: Sim, item: SimReplicatedItem, view: View): Record<string, unknown> {
  const { state, job } = view
  const { words: protectionState, description, location, allowed } = shown[state]
  const vault = capital(item.vault)
  const primary = item.fabric.replace('asr-a2a-default-', '')
  const hasFailedOver = location === 'Recovery'
  const recovery = `${vault}/replicationFabrics/${fabricOf(item.targetLocation)}`
  return {
    id: capital(item.id),
    name: item.name,
    type: itemType,
    properties: {
      friendlyName: item.vmName,
      protectedItemType: '',
      protectableItemId: null,
      recoveryServicesProviderId: `${vault}/replicationFabrics/${item.fabric}/replicationRecoveryServicesProviders/${guidOf(`${item.fabric}/provider`)}`,
      primaryFabricFriendlyName: regionName(primary),
      primaryFabricProvider: 'AzureFabric',
      recoveryFabricFriendlyName: regionName(item.targetLocation),
      recoveryFabricId: recovery,
      primaryProtectionContainerFriendlyName: item.container,
      recoveryProtectionContainerFriendlyName: containerOf(item.targetLocation),
      protectionState,
      protectionStateDescription: description,
      activeLocation: location,
      testFailoverState: 'None',
      testFailoverStateDescription: 'None',
      switchProviderState: 'None',
      switchProviderStateDescription: null,
      allowedOperations: allowed,
      replicationHealth: replicationHealthOf(sim, item, view.period),
      failoverHealth: 'Normal',
      healthErrors: [],
      policyId: policyId(item.vault),
      policyFriendlyName: '24-hour-retention-policy',
      ...(hasFailedOver ? { lastSuccessfulFailoverTime: new Date(item.failedOverAt ?? sim.now()).toISOString() } : {}),
      currentScenario: scenarioBody(item, job),
      failoverRecoveryPointId: hasFailedOver ? recoveryPointId(item) : null,
      providerSpecificDetails: a2aBody(sim, item, { ...view, ...shown[state] }),
      recoveryContainerId: `${recovery}/replicationProtectionContainers/${containerOf(item.targetLocation)}`,
      eventCorrelationId: guidOf(`${item.id}/events`),
    },
  }
}

function scenarioBody(item: SimReplicatedItem, job: AsrJob | undefined) {
  const jobId = asrId(`${item.vault}/replicationJobs/${job?.id ?? 'None'}`, item)
  if (!job) return { scenarioName: 'None', jobId, startTime: '1753-01-01T01:01:01Z' }
  return { scenarioName: job.scenario, jobId, startTime: new Date(job.startedAt).toISOString() }
}
