/** Things for step tests: each complete, each part replaceable. */
import type { Fault } from '../../src/lib/core/fault.ts'
import type { OperationSpec, Subject } from '../../src/lib/machine/spec.ts'
import {
  desktopVirtualizationUser,
  type ReplicatedItem,
  type ReplicationJob,
  type RoleAssignment,
  type SessionHost,
  type UserSession,
} from '../../src/lib/model/azure.ts'

export const now = 1_900_000_000_000
export const before = now - 1
export const minute = 60_000

const group = (subscription: string) => `/subscriptions/${subscription}/resourceGroups/rg`
const avd = (subscription: string) => `${group(subscription)}/providers/Microsoft.DesktopVirtualization`
const vmId = (subscription: string, name: string) =>
  `${group(subscription)}/providers/Microsoft.Compute/virtualMachines/${name}`
const vault = `${group('sub-b')}/providers/Microsoft.RecoveryServices/vaults/vault`

export const ids = {
  oldPool: `${avd('sub-a')}/hostPools/old`,
  newPool: `${avd('sub-b')}/hostPools/new`,
  oldVm: vmId('sub-a', 'avd-1'),
  newVm: vmId('sub-b', 'avd-1'),
  oldScope: `${avd('sub-a')}/applicationGroups/old-desktop`,
  otherOldScope: `${avd('sub-a')}/applicationGroups/old-apps`,
  newScope: `${avd('sub-b')}/applicationGroups/new-desktop`,
  vault,
  item: `${vault}/replicationFabrics/f/replicationProtectionContainers/c/replicationProtectedItems/opaque-1`,
}

export const gone: Fault = { code: 'unavailable', message: 'no answer', retryable: true }

export const roleId = (guid: string) => `/subscriptions/sub-a/providers/Microsoft.Authorization/roleDefinitions/${guid}`

export const assignment = (
  scope: string,
  principalId: string,
  parts: Partial<RoleAssignment> = {},
): RoleAssignment => ({
  id: `${scope}/providers/Microsoft.Authorization/roleAssignments/of-${principalId}`,
  name: `of-${principalId}`,
  scope,
  principalId,
  principalType: 'Group',
  roleDefinitionId: roleId(desktopVirtualizationUser),
  ...parts,
})

export type AssignmentSubject = Extract<Subject, { kind: 'assignment' }>

export function move(principalId: string, parts: Partial<AssignmentSubject> = {}): AssignmentSubject {
  const { id: _, name: __, ...grant } = assignment(ids.newScope, principalId)
  return {
    kind: 'assignment',
    key: principalId,
    principalId,
    groupName: `Group ${principalId}`,
    revoke: assignment(ids.oldScope, principalId),
    grant,
    ...parts,
  }
}

/** Two groups move from `old` to `new`. */
export const spec: OperationSpec = {
  v: 1,
  kind: 'failover',
  pairId: 'pair',
  strategy: 'pooledStandby',
  planName: 'plan',
  primary: {
    subscription: 'sub-a',
    resourceGroup: 'rg',
    hostPoolId: ids.oldPool,
    region: 'UKSouth',
    exclusionTag: 'NoScaling',
  },
  secondary: {
    subscription: 'Sub-B',
    resourceGroup: 'rg',
    hostPoolId: ids.newPool,
    region: 'UKWest',
    exclusionTag: 'NoScaling',
  },
  target: 'secondary',
  vaultId: vault,
  primaryIsDown: false,
  grantWithoutSignOutProof: false,
  limits: {
    batchSize: 100,
    batchInterval: 10 * minute,
    grace: 5 * minute,
    minimumCapacity: 1,
    capacityDeadline: 30 * minute,
    deadSideDeadline: 5 * minute,
  },
  message: { title: 'Moving', body: 'Please save your work.' },
  recoveryPoint: 'latest',
  accessRoles: [desktopVirtualizationUser],
  applicationGroups: { primary: [ids.oldScope, ids.otherOldScope], secondary: [ids.newScope] },
  stages: [
    { name: 'revoke', after: [], steps: [], tasks: [move('a'), move('b')], trouble: 'ask' },
    { name: 'grant', after: [], steps: [], tasks: [move('a'), move('b')], trouble: 'goOn' },
  ],
  out: [],
}

export const hostSubject: Subject = { kind: 'host', key: 'avd-1', side: 'secondary', host: 'avd-1', vmId: ids.newVm }

export const desktop: Extract<Subject, { kind: 'desktop' }> = {
  kind: 'desktop',
  key: 'avd-1',
  host: 'avd-1',
  sourceVmId: ids.oldVm,
  targetVmId: ids.newVm,
  itemId: ids.item,
}

export const host = (parts: Partial<SessionHost> = {}): SessionHost => ({
  id: `${ids.newPool}/sessionHosts/avd-1`,
  name: 'avd-1',
  status: 'Available',
  allowNewSession: true,
  sessions: 0,
  lastHeartbeat: now,
  ...parts,
})

export const session = (n: number, on = 'avd-1'): UserSession => ({
  id: `${on}/${n}`,
  host: on,
  user: `user${n}@example.com`,
  state: 'Active',
})

export const item = (parts: Partial<ReplicatedItem> = {}): ReplicatedItem => ({
  id: ids.item,
  name: 'opaque-1',
  vmName: 'avd-1',
  protectionState: 'Protected',
  activeLocation: 'Primary',
  allowedOperations: ['UnplannedFailover', 'DisableProtection', 'TestFailover'],
  replicationHealth: 'Normal',
  failoverHealth: 'Normal',
  sourceVmId: ids.oldVm,
  ...parts,
})

/** As after a failover that is not committed yet. */
export const pendingItem = (parts: Partial<ReplicatedItem> = {}): ReplicatedItem =>
  item({
    protectionState: 'UnplannedFailoverCommitPendingStatesBegin',
    activeLocation: 'Recovery',
    allowedOperations: ['Commit', 'ChangePit'],
    ...parts,
  })

export const committedItem = (parts: Partial<ReplicatedItem> = {}): ReplicatedItem =>
  item({
    protectionState: 'UnplannedFailoverCommitted',
    activeLocation: 'Recovery',
    allowedOperations: ['CompleteMigration', 'DisableProtection', 'SwitchProtection'],
    ...parts,
  })

export const job = (
  name: string,
  state: ReplicationJob['state'],
  parts: Partial<ReplicationJob> = {},
): ReplicationJob => ({
  name,
  scenario: 'UnplannedFailover',
  state,
  target: 'avd-1',
  items: ['opaque-1'],
  ...parts,
})
