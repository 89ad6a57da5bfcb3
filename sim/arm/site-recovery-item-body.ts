import { parseArmId } from '../../src/lib/core/arm-id.ts'
import { minutes } from '../../src/lib/core/time.ts'
import { guidOf } from './avd-resource.ts'
import { diskBody, nicBody } from './site-recovery-disk-body.ts'
import { containerOf, fabricOf, policyId, regionName } from './site-recovery-fabrics.ts'
import { type AsrJob, jobsOfItem } from './site-recovery-job.ts'
import { recoveryPointId } from './site-recovery-job-body.ts'
import { asrId, capital, itemType } from './site-recovery-resource.ts'
import type { Sim, SimReplicatedItem } from './types.ts'

type State = ReturnType<SimReplicatedItem['state']['now']>

/**
 * What each state shows. Recorded: Protected, commit pending and committed; what an item shows while a job runs was not
 * recorded, so no operation is allowed and the words are this simulator's.
 */
const shown: Readonly<
  Record<State, { state: string; description: string; location: string; allowed: readonly string[] }>
> = {
  Protected: {
    state: 'Protected',
    description: 'Protected',
    location: 'Primary',
    allowed: ['UnplannedFailover', 'DisableProtection', 'TestFailover'],
  },
  FailingOver: {
    state: 'UnplannedFailoverInitiated',
    description: 'Failover in progress',
    location: 'Primary',
    allowed: [],
  },
  CommitPending: {
    state: 'UnplannedFailoverCommitPendingStatesBegin',
    description: 'Failover completed',
    location: 'Recovery',
    allowed: ['Commit', 'ChangePit'],
  },
  Committing: {
    state: 'CommitFailoverStatesBegin',
    description: 'Commit in progress',
    location: 'Recovery',
    allowed: [],
  },
  Committed: {
    state: 'UnplannedFailoverCommitted',
    description: 'Failover committed',
    location: 'Recovery',
    allowed: ['CompleteMigration', 'DisableProtection', 'SwitchProtection'],
  },
  Unprotected: {
    state: 'UnprotectedStatesBegin',
    description: 'Enabling protection',
    location: 'Primary',
    allowed: [],
  },
}

type Detail = 'list' | 'get'
type Cached = { readonly key: string; readonly body: Record<string, unknown> }
const cache: Readonly<Record<Detail, WeakMap<SimReplicatedItem, Cached>>> = { list: new WeakMap(), get: new WeakMap() }
/** Replication health is recalculated this often, so bodies stay the same in between. */
const recalculation = minutes(5)

/** An item as recorded (samples asr-rpi-*.json). The list leaves `diskState` and the synced tags null, GET fills them. */
export function itemBody(sim: Sim, item: SimReplicatedItem, detail: Detail): Record<string, unknown> {
  const state = item.state.seen()
  const job = jobShown(item, state)
  const period = Math.floor(sim.now() / recalculation) * recalculation
  const key = `${state} ${job?.id} ${item.targetVm} ${period}`
  const known = cache[detail].get(item)
  if (known?.key === key) return known.body
  const body = build(sim, item, { state, job, period, detail })
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
  const { state: protectionState, description, location, allowed } = shown[state]
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
      replicationHealth: item.replicationHealth,
      failoverHealth: 'Normal',
      healthErrors: [],
      policyId: policyId(item.vault),
      policyFriendlyName: '24-hour-retention-policy',
      ...(hasFailedOver ? { lastSuccessfulFailoverTime: failedOverAt(sim, item) } : {}),
      currentScenario: scenarioBody(item, job),
      failoverRecoveryPointId: hasFailedOver ? recoveryPointId(item) : null,
      providerSpecificDetails: a2aDetails(sim, item, view),
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

function failedOverAt(sim: Sim, item: SimReplicatedItem): string {
  const job = jobsOfItem(item).findLast(({ scenario }) => scenario === 'UnplannedFailover')
  return new Date(job?.end?.at ?? sim.now()).toISOString()
}

function a2aDetails(sim: Sim, item: SimReplicatedItem, { state, period, detail }: View) {
  const source = sim.estate.vms.get(item.vm)
  const primary = item.fabric.replace('asr-a2a-default-', '')
  const { state: vmProtectionState, description, location } = shown[state]
  const isProtected = state === 'Protected'
  const { subscription } = parseArmId(item.id) ?? { subscription: '' }
  const network = `/subscriptions/${subscription}/resourcegroups/${item.targetResourceGroupId.split('/').at(-1)}/providers/microsoft.network/virtualnetworks/vnet-${item.targetLocation}`
  return {
    instanceType: 'A2A',
    fabricObjectId: item.vm.toLowerCase(),
    initialPrimaryZone: '',
    initialPrimaryFabricLocation: primary,
    initialRecoveryZone: '',
    initialPrimaryExtendedLocation: null,
    initialRecoveryExtendedLocation: null,
    initialRecoveryFabricLocation: item.targetLocation,
    multiVmGroupId: guidOf(`${item.id}/group`),
    multiVmGroupName: '',
    multiVmGroupCreateOption: 'AutoCreated',
    managementId: guidOf(`${item.id}/management`),
    protectedDisks: null,
    unprotectedDisks: null,
    protectedManagedDisks: [diskBody(item, { hasFailedOver: location === 'Recovery', isProtected, detail })],
    recoveryBootDiagStorageAccountId: null,
    primaryFabricLocation: primary,
    recoveryFabricLocation: item.targetLocation,
    osType: 'Windows',
    recoveryAzureVMSize: source?.size ?? 'Standard_D4s_v5',
    recoveryAzureVMName: item.vmName,
    recoveryAzureResourceGroupId: item.targetResourceGroupId,
    recoveryCloudService: null,
    recoveryAvailabilitySet: null,
    selectedRecoveryAzureNetworkId: network,
    selectedTfoAzureNetworkId: null,
    vmNics: [nicBody(item, network)],
    vmSyncedConfigDetails:
      detail === 'get' ? { tags: source?.tags.now() ?? {}, inputEndpoints: [] } : { tags: null, inputEndpoints: null },
    monitoringPercentageCompletion: isProtected ? 0 : null,
    monitoringJobType: isProtected ? 'InitialReplication' : null,
    lastHeartbeat: new Date(period).toISOString().replace('Z', '5765Z'),
    agentVersion: '9.65.7397.1',
    agentExpiryDate: '9999-12-31T23:59:59.9999999Z',
    isReplicationAgentUpdateRequired: false,
    isReplicationAgentCertificateUpdateRequired: false,
    recoveryFabricObjectId: location === 'Recovery' ? (item.targetVm?.toLowerCase() ?? null) : null,
    vmProtectionState,
    vmProtectionStateDescription: description,
    lifecycleId: guidOf(`${item.id}/lifecycle`),
    testFailoverRecoveryFabricObjectId: null,
    rpoInSeconds: 46,
    lastRpoCalculatedTime: new Date(period).toISOString().replace('Z', '1608Z'),
    rtoInSeconds: null,
    primaryAvailabilityZone: null,
    recoveryAvailabilityZone: null,
    primaryExtendedLocation: null,
    recoveryExtendedLocation: null,
    vmEncryptionType: 'NotEncrypted',
    tfoAzureVMName: `${item.vmName}-test`,
    recoveryAzureGeneration: 'V2',
    recoveryProximityPlacementGroupId: null,
    autoProtectionOfDataDisk: 'Disabled',
    recoveryVirtualMachineScaleSetId: null,
    recoveryCapacityReservationGroupId: null,
    churnOptionSelected: 'Normal',
    ...(isProtected ? { agentCertificateExpiryDate: '2027-08-28T01:10:06Z' } : {}),
  }
}
