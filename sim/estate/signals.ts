/** What Azure would post about a failover: bodies of a recovery plan's runbook, of activity-log alerts and of Event Grid. */
import { idKey } from '../../src/lib/core/arm-id.ts'
import { guidOf } from '../arm/avd-resource.ts'
import type { SimReplicatedItem } from '../arm/estate-types.ts'
import type { Sim } from '../arm/types.ts'
import { worldOf } from './world.ts'

export type SignalKind = 'recoveryPlanContext' | 'commonAlert' | 'legacyAlert' | 'eventGrid'
export type Signal = { readonly kind: SignalKind; readonly body: unknown }

export type Act = {
  /** `Microsoft.RecoveryServices/vaults/…/unplannedFailover/action` */
  readonly operation: string
  /** Id of what it was done to. */
  readonly resource: string
  /** The stages of one request share it. */
  readonly correlation: string
}
export type Stage = 'Started' | 'Accepted' | 'Succeeded' | 'Failed'

export type PlanGroup = {
  readonly plan: string
  readonly type: 'Unplanned' | 'Planned' | 'Test'
  readonly group: number
  readonly items: readonly SimReplicatedItem[]
  /** Before the group is failed over its machines have neither name nor resource group (documented). */
  readonly isBefore: boolean
}

/** As Automation hands it to a runbook, which posts it (documented; the names of the group are by example). */
export function contextOf(sim: Sim, { plan, type, group, items, isBefore }: PlanGroup): Signal {
  const [first] = items
  const source = worldOf(sim).vaults.get(idKey(first?.vault ?? ''))?.regions[0]
  const isHomeward = first !== undefined && first.targetLocation === source
  const entries = items.map((item) => {
    const [, , SubscriptionId, , ResourceGroupName] = item.targetResourceGroupId.split('/')
    const named = isBefore
      ? { ResourceGroupName: '', RoleName: '' }
      : { ResourceGroupName, RoleName: type === 'Test' ? `${item.vmName}-test` : item.vmName }
    return [guidOf(item.vm), { SubscriptionId, CloudServiceName: '', ...named, RecoveryPointId: 'TimeStamp' }] as const
  })
  const body = {
    RecoveryPlanName: plan,
    FailoverType: type,
    FailoverDirection: isHomeward ? 'SecondaryToPrimary' : 'PrimaryToSecondary',
    GroupId: String(group),
    VmMap: Object.fromEntries(entries),
  }
  return { kind: 'recoveryPlanContext', body }
}

/** One entry of the activity log, as an alert hands it on. */
export function alertsOf(sim: Sim, act: Act, stage: Stage): readonly Signal[] {
  const entry = entryOf(sim, act, stage)
  return [
    { kind: 'commonAlert', body: commonAlert(sim, act, entry) },
    {
      kind: 'legacyAlert',
      body: {
        schemaId: 'Microsoft.Insights/activityLogs',
        data: { status: 'Activated', context: { activityLog: entry }, properties: {} },
      },
    },
  ]
}

function entryOf(sim: Sim, { operation, resource, correlation }: Act, stage: Stage) {
  const time = new Date(sim.now()).toISOString()
  const [, , subscriptionId, , resourceGroupName] = resource.split('/')
  return {
    authorization: { action: operation, scope: resource },
    channels: 'Operation',
    claims: '{}',
    caller: 'somebody@contoso.com',
    correlationId: correlation,
    description: '',
    eventSource: 'Administrative',
    eventTimestamp: time,
    eventDataId: guidOf(`${correlation}/${stage}`),
    level: 'Informational',
    operationName: operation,
    operationId: correlation,
    properties: { eventCategory: 'Administrative', entity: resource, message: operation },
    resourceId: resource,
    resourceGroupName,
    resourceProviderName: 'Microsoft.RecoveryServices',
    status: stage,
    subStatus: stage === 'Accepted' ? 'Accepted (HTTP Status Code: 202)' : '',
    subscriptionId,
    submissionTimestamp: time,
  }
}

function commonAlert(sim: Sim, { resource }: Act, entry: ReturnType<typeof entryOf>) {
  const [, , subscription] = resource.split('/')
  return {
    schemaId: 'azureMonitorCommonAlertSchema',
    data: {
      essentials: {
        alertId: `/subscriptions/${subscription}/resourceGroups/rg-dr-ukwest/providers/microsoft.insights/activityLogAlerts/site-recovery`,
        alertRule: 'site-recovery',
        severity: 'Sev4',
        signalType: 'Activity Log',
        monitorCondition: 'Fired',
        monitoringService: 'Activity Log - Administrative',
        alertTargetIDs: [resource.toLowerCase()],
        configurationItems: [resource.split('/').at(-1)],
        originAlertId: `${entry.eventDataId}_${guidOf(`${entry.eventDataId}/alert`).replaceAll('-', '')}`,
        firedDateTime: new Date(sim.now()).toISOString(),
        description: '',
        essentialsVersion: '1.0',
        alertContextVersion: '1.0',
      },
      alertContext: entry,
    },
  }
}

/** A subscription's event: `Success` of an action says that it was accepted, no more. */
export function eventOf(sim: Sim, { operation, resource, correlation }: Act, isAccepted: boolean): Signal {
  const [, , subscriptionId] = resource.split('/')
  const event = {
    subject: resource,
    eventType: `Microsoft.Resources.ResourceAction${isAccepted ? 'Success' : 'Failure'}`,
    eventTime: new Date(sim.now()).toISOString(),
    id: guidOf(`${correlation}/event`),
    data: {
      authorization: { scope: resource, action: operation, evidence: { role: 'Contributor' } },
      claims: { aud: 'https://management.azure.com/' },
      correlationId: correlation,
      httpRequest: { clientRequestId: correlation, clientIpAddress: '198.51.100.7', method: 'POST', url: resource },
      resourceProvider: 'Microsoft.RecoveryServices',
      resourceUri: resource,
      operationName: operation,
      status: isAccepted ? 'Succeeded' : 'Failed',
      subscriptionId,
      tenantId: sim.estate.tenant,
    },
    dataVersion: '2',
    metadataVersion: '1',
    topic: `/subscriptions/${subscriptionId}`,
  }
  return { kind: 'eventGrid', body: [event] }
}
