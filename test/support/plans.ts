/** A small pooled pair and a small personal pair, by hand, with traits to vary. */
import { minutes } from '../../src/lib/core/time.ts'
import {
  desktopVirtualizationUser,
  type ReplicatedItem,
  type RoleAssignment,
  type SessionHost,
  type Vm,
  type VmExtension,
} from '../../src/lib/model/azure.ts'
import type {
  ApplicationGroupSeen,
  ExtensionSet,
  Inventory,
  PairSeen,
  SideSeen,
} from '../../src/lib/model/inventory.ts'
import { untouchedPair } from '../../src/lib/model/pair-state.ts'
import { readPlan } from '../../src/lib/plan/read-plan.ts'
import { operationRequestSchema } from '../../src/lib/plan/request.ts'
import type { DrPlan } from '../../src/lib/plan/schema.ts'
import { type PlanningInput, planOperation } from '../../src/lib/planning/plan-operation.ts'

export const now = Date.UTC(2026, 2, 14, 21)
export const subscription = '11111111-2222-4333-8444-555555555555'
export const groups = [
  { name: 'grp-desktop', id: 'aaaaaaaa-0000-4000-8000-000000000001' },
  { name: 'grp-office', id: 'aaaaaaaa-0000-4000-8000-000000000002' },
] as const
export const stranger = 'bbbbbbbb-0000-4000-8000-000000000009'
export const customRole = 'cccccccc-0000-4000-8000-000000000007'

export function storageIdOf(name: string) {
  return `/subscriptions/${subscription}/resourceGroups/rg-v/providers/Microsoft.Storage/storageAccounts/${name}`
}

export const planText = `
version: 1
name: small
pairs:
  - id: pooled
    strategy: pooledStandby
    primary: { subscription: ${subscription}, resourceGroup: rg-s, hostPool: hp-s, region: uksouth }
    secondary: { subscription: ${subscription}, resourceGroup: rg-w, hostPool: hp-w, region: ukwest }
    applicationGroups:
      - { primary: dag-s, secondary: dag-w }
      - { primary: rag-s, secondary: rag-w }
    groups:
      - { name: grp-desktop, id: ${groups[0].id} }
      - { name: grp-office, id: ${groups[1].id} }
  - id: personal
    strategy: personalReplicated
    primary: { subscription: ${subscription}, resourceGroup: rg-p, hostPool: hp-p, region: uksouth }
    secondary: { subscription: ${subscription}, resourceGroup: rg-p, hostPool: hp-p, region: ukwest, vmResourceGroup: rg-pw }
    vault: /subscriptions/${subscription}/resourceGroups/rg-v/providers/Microsoft.RecoveryServices/vaults/vault
    reprotect:
      cacheStorage: { primary: ${storageIdOf('cachep')}, secondary: ${storageIdOf('caches')} }
`

export function planOf(text = planText): DrPlan {
  const read = readPlan(text)
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  return read.plan
}

export const vmIdOf = (group: string, name: string) =>
  `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Compute/virtualMachines/${name}`
export const avdIdOf = (group: string, type: string, name: string) =>
  `/subscriptions/${subscription}/resourcegroups/${group}/providers/Microsoft.DesktopVirtualization/${type}/${name}`

export const vmOf = (group: string, name: string, location: string, traits: Partial<Vm> = {}): Vm => ({
  id: vmIdOf(group, name),
  name,
  location,
  size: 'Standard_D4s_v5',
  power: 'deallocated',
  tags: {},
  ...traits,
})

export const hostOf = (pool: string, group: string, name: string, traits: Partial<SessionHost> = {}): SessionHost => ({
  id: `${avdIdOf('rg', 'hostpools', pool)}/sessionhosts/${name}`,
  name,
  status: 'Available',
  allowNewSession: true,
  sessions: 0,
  lastHeartbeat: now - minutes(1),
  vmId: vmIdOf(group, name),
  ...traits,
})

export const assignmentOf = (
  scope: string,
  principalId: string,
  traits: Partial<RoleAssignment> = {},
): RoleAssignment => ({
  id: `${scope}/providers/Microsoft.Authorization/roleAssignments/name-${principalId.slice(-1)}`,
  name: `name-${principalId.slice(-1)}`,
  scope,
  principalId,
  principalType: 'Group',
  roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${desktopVirtualizationUser}`,
  ...traits,
})

export const roleDefinitionOf = (role: string) =>
  `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`

export const groupIdOf = (name: string) => avdIdOf(name.endsWith('-s') ? 'rg-s' : 'rg-w', 'applicationgroups', name)

export const applicationGroupOf = (name: string, assignments: readonly RoleAssignment[]): ApplicationGroupSeen => ({
  id: groupIdOf(name),
  name,
  hostPoolId: avdIdOf(name.endsWith('-s') ? 'rg-s' : 'rg-w', 'hostpools', name.endsWith('-s') ? 'hp-s' : 'hp-w'),
  type: 'Desktop',
  assignments,
})

const sizeOffer = { size: 'Standard_D4s_v5', isRestricted: false, zones: ['1', '2', '3'] }

const pooledSide = (short: 's' | 'w', location: string, held: boolean): SideSeen => {
  const names = ['1', '2', '3', '4'].map((n) => `vm-${short}${n}`)
  const access = (name: string, group: number) =>
    applicationGroupOf(name, held ? [assignmentOf(groupIdOf(name), groups[group as 0 | 1].id)] : [])
  return {
    hostPool: {
      id: avdIdOf(`rg-${short}`, 'hostpools', `hp-${short}`),
      name: `hp-${short}`,
      location,
      type: 'Pooled',
      startVmOnConnect: false,
      maxSessionLimit: 10,
    },
    sessionHosts: names.map((name) => hostOf(`hp-${short}`, `rg-${short}`, name)),
    vms: names.map((name) => vmOf(`rg-${short}`, name, location)),
    applicationGroups: [access(`dag-${short}`, 0), access(`rag-${short}`, 1)],
    scalingPlans: [],
    quotas: [],
    sizes: [sizeOffer],
    reservations: [],
    subnets: [],
    gaps: [],
  }
}

export const itemOf = (name: string, traits: Partial<ReplicatedItem> = {}): ReplicatedItem => ({
  id: `/Subscriptions/${subscription}/vaults/vault/items/${name}`,
  name: `item-${name}`,
  vmName: name,
  protectionState: 'Protected',
  activeLocation: 'Primary',
  allowedOperations: ['UnplannedFailover', 'DisableProtection'],
  replicationHealth: 'Normal',
  failoverHealth: 'Normal',
  sourceVmId: vmIdOf('rg-p', name).toLowerCase(),
  targetResourceGroupId: `/subscriptions/${subscription}/resourceGroups/rg-pw`,
  targetLocation: 'ukwest',
  ...traits,
})

/** Failed over to the secondary and committed: unprotected. */
export const committedItem = (name: string, traits: Partial<ReplicatedItem> = {}): ReplicatedItem =>
  itemOf(name, {
    protectionState: 'UnplannedFailoverCommitted',
    activeLocation: 'Recovery',
    allowedOperations: ['CompleteMigration', 'DisableProtection', 'SwitchProtection'],
    targetVmId: vmIdOf('rg-pw', name).toLowerCase(),
    failedOverAt: now - minutes(60),
    ...traits,
  })

export const pendingItem = (name: string): ReplicatedItem =>
  committedItem(name, {
    protectionState: 'UnplannedFailoverCommitPendingStatesBegin',
    allowedOperations: ['Commit', 'ChangePit'],
  })

/** The new item of a machine that runs on the secondary and is protected towards home. */
export const homewardItem = (name: string, traits: Partial<ReplicatedItem> = {}): ReplicatedItem =>
  itemOf(name, {
    id: `/Subscriptions/${subscription}/vaults/vault/homeward/${name}`,
    sourceVmId: vmIdOf('rg-pw', name).toLowerCase(),
    targetResourceGroupId: `/subscriptions/${subscription}/resourceGroups/rg-p`,
    targetLocation: 'uksouth',
    ...traits,
  })

export const extensionOf = (kind: string, traits: Partial<VmExtension> = {}): VmExtension => {
  const [publisher = '', type = ''] = kind.split('/')
  return { name: type, publisher, type, version: '1.0', state: 'Succeeded', ...traits }
}

const monitored: ExtensionSet = {
  extensions: [
    extensionOf('Microsoft.Azure.Monitoring.DependencyAgent/DependencyAgentWindows'),
    extensionOf('Microsoft.Azure.Monitor/AzureMonitorWindowsAgent'),
    extensionOf('Microsoft.Compute/JsonADDomainExtension'),
  ],
  associations: [{ name: 'rule', ruleId: '/rules/rule' }],
}

const personalSide = (location: string): SideSeen => {
  const names = location === 'uksouth' ? ['pc-1', 'pc-2', 'pc-3'] : []
  return {
    hostPool: {
      id: avdIdOf('rg-p', 'hostpools', 'hp-p'),
      name: 'hp-p',
      location: 'uksouth',
      type: 'Personal',
      startVmOnConnect: false,
      maxSessionLimit: 1,
    },
    sessionHosts: ['pc-1', 'pc-2', 'pc-3'].map((name) => hostOf('hp-p', 'rg-p', name, { assignedUser: `${name}@x` })),
    vms: names.map((name) => vmOf('rg-p', name, location)),
    applicationGroups: [],
    scalingPlans: [],
    quotas: [{ name: 'cores', used: 0, limit: 12 }],
    sizes: [sizeOffer],
    reservations: [],
    subnets: [],
    gaps: [],
  }
}

export const pooledSeen: PairSeen = {
  primary: pooledSide('s', 'uksouth', true),
  secondary: pooledSide('w', 'ukwest', false),
  rolesThatUseApplications: [desktopVirtualizationUser],
  gaps: [],
}
/** After a failover: access is held on the secondary side. */
export const movedSeen: PairSeen = {
  ...pooledSeen,
  primary: pooledSide('s', 'uksouth', false),
  secondary: pooledSide('w', 'ukwest', true),
}
export const personalSeen: PairSeen = {
  primary: personalSide('uksouth'),
  secondary: personalSide('ukwest'),
  replicatedItems: ['pc-1', 'pc-2', 'pc-3'].map((name) => itemOf(name)),
  extensions: {
    sets: [monitored],
    baselines: Object.fromEntries(
      ['pc-1', 'pc-2', 'pc-3'].map((name) => [name, { vmId: vmIdOf('rg-p', name), takenAt: now - minutes(5), set: 0 }]),
    ),
  },
  rolesThatUseApplications: [desktopVirtualizationUser],
  gaps: [],
}

export const inventoryOf = (pairs: Readonly<Record<string, PairSeen>> = {}): Inventory => ({
  v: 1,
  takenAt: now - minutes(5),
  pairs: { pooled: pooledSeen, personal: personalSeen, ...pairs },
})

export type Story = {
  readonly pair?: 'pooled' | 'personal'
  readonly seen?: PairSeen
  readonly request?: Readonly<Record<string, unknown>>
  readonly pairState?: Partial<PlanningInput['pairState']>
  readonly plan?: DrPlan
  readonly inventory?: Inventory
  readonly now?: number
  readonly drift?: NonNullable<PlanningInput['drift']>
}

const smallPlan = planOf()

/** Plans a failover of the pooled pair unless the story says otherwise. */
export const previewOf = ({ pair = 'pooled', seen, request, pairState, ...rest }: Story = {}) =>
  planOperation({
    plan: rest.plan ?? smallPlan,
    inventory: rest.inventory ?? inventoryOf(seen ? { [pair]: seen } : {}),
    pairState: { ...untouchedPair, ...pairState },
    request: operationRequestSchema.parse({ pairId: pair, kind: 'failover', ...request }),
    now: rest.now ?? now,
    ...(rest.drift && { drift: rest.drift }),
  })

export const withSide = (seen: PairSeen, side: 'primary' | 'secondary', traits: Partial<SideSeen>): PairSeen => ({
  ...seen,
  [side]: { ...seen[side], ...traits },
})

/** The side without one of its parts, and a gap in its place. */
export const withoutPart = (seen: PairSeen, side: 'primary' | 'secondary', part: keyof SideSeen): PairSeen => {
  const { [part]: _, ...rest } = seen[side]
  return { ...seen, [side]: { ...rest, gaps: [{ what: part, reason: 'no answer' }] } }
}

/** The application group of a name, with further assignments. */
export const withAssignment = (seen: PairSeen, name: string, ...assignments: readonly RoleAssignment[]): PairSeen => {
  const side = name.endsWith('-s') ? 'primary' : 'secondary'
  const all = (seen[side].applicationGroups ?? []).map((group) =>
    group.name === name ? { ...group, assignments: [...group.assignments, ...assignments] } : group,
  )
  const known = all.some((group) => group.name === name)
  return withSide(seen, side, { applicationGroups: known ? all : [...all, applicationGroupOf(name, assignments)] })
}
