/** Bodies as Azure's pages on them show them, about machines of our own. */
export const vault =
  '/subscriptions/5a4f0000-0000-4000-8000-000000000001/resourceGroups/rg-vault/providers/Microsoft.RecoveryServices/vaults/dr'
export const container = `${vault}/replicationFabrics/fabric-uks/replicationProtectionContainers/container-uks`
export const item = (name: string) => `${container}/replicationProtectedItems/${name}`

const actions = 'Microsoft.RecoveryServices/vaults'
const itemActions = `${actions}/replicationFabrics/replicationProtectionContainers/replicationProtectedItems`
export const operations = {
  failover: `${itemActions}/unplannedFailover/action`,
  testFailover: `${itemActions}/testFailover/action`,
  commit: `${itemActions}/failoverCommit/action`,
  applyPoint: `${itemActions}/applyRecoveryPoint/action`,
  repair: `${itemActions}/repairReplication/action`,
  reprotect: `${actions}/replicationFabrics/replicationProtectionContainers/switchprotection/action`,
  planFailover: `${actions}/replicationRecoveryPlans/unplannedFailover/action`,
} as const

type Entry = {
  readonly operation?: string
  readonly scope?: string
  readonly status?: string
  readonly correlation?: string
}

const entry = ({
  operation = operations.failover,
  scope = item('desk-1'),
  status = 'Accepted',
  correlation = 'c-1',
}: Entry) => ({
  authorization: { action: operation, scope },
  caller: 'operator@contoso.com',
  channels: 'Operation',
  correlationId: correlation,
  eventDataId: 'd-1',
  eventSource: 'Administrative',
  eventTimestamp: '2026-03-14T21:00:00Z',
  level: 'Informational',
  operationName: operation,
  properties: { eventCategory: 'Administrative', entity: scope },
  status,
  subStatus: '',
})

export const commonAlert = (given: Entry = {}, essentials: object = {}) => ({
  schemaId: 'azureMonitorCommonAlertSchema',
  data: {
    essentials: {
      alertId:
        '/subscriptions/5a4f0000-0000-4000-8000-000000000001/resourceGroups/rg/providers/microsoft.insights/activityLogAlerts/asr',
      alertRule: 'asr',
      severity: 'Sev4',
      signalType: 'Activity Log',
      monitorCondition: 'Fired',
      monitoringService: 'Activity Log - Administrative',
      alertTargetIDs: [given.scope ?? item('desk-1')],
      originAlertId: 'o-1',
      firedDateTime: '2026-03-14T21:00:05Z',
      essentialsVersion: '1.0',
      alertContextVersion: '1.0',
      ...essentials,
    },
    alertContext: entry(given),
  },
})

export const legacyAlert = (given: Entry = {}, log: object = {}) => ({
  schemaId: 'Microsoft.Insights/activityLogs',
  data: { status: 'Activated', context: { activityLog: { ...entry(given), ...log } }, properties: {} },
})

export const gridEvent = (given: Entry & { readonly id?: string; readonly type?: string } = {}) => ({
  id: given.id ?? 'e-1',
  topic: '/subscriptions/5a4f0000-0000-4000-8000-000000000001',
  subject: given.scope ?? item('desk-1'),
  eventType: given.type ?? 'Microsoft.Resources.ResourceActionSuccess',
  eventTime: '2026-03-14T21:00:02Z',
  dataVersion: '2',
  metadataVersion: '1',
  data: {
    correlationId: given.correlation ?? 'c-1',
    resourceProvider: 'Microsoft.RecoveryServices',
    resourceUri: given.scope ?? item('desk-1'),
    operationName: given.operation ?? operations.failover,
    status: 'Succeeded',
  },
})

export const handshake = {
  id: 'h-1',
  topic: '/subscriptions/5a4f0000-0000-4000-8000-000000000001',
  subject: '',
  eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
  eventTime: '2026-03-14T21:00:02Z',
  dataVersion: '2',
  metadataVersion: '1',
  data: { validationCode: 'ABC-123', validationUrl: 'https://rp.example/validate' },
}

export const planContext = (given: object = {}, names: readonly string[] = ['desk-1', 'desk-2']) => ({
  RecoveryPlanName: 'desktops',
  FailoverType: 'Unplanned',
  FailoverDirection: 'PrimaryToSecondary',
  GroupId: '1',
  VmMap: Object.fromEntries(
    names.map((RoleName, i) => [
      `0000000${i}-c1d6-49c5-8c5d-33bfce8dd183`,
      {
        SubscriptionId: '5a4f0000-0000-4000-8000-000000000001',
        ResourceGroupName: 'rg',
        CloudServiceName: 'x',
        RoleName,
        RecoveryPointId: 'TimeStamp',
      },
    ]),
  ),
  ...given,
})
