/** Writes docs/reference/permissions.md from the rights the gateways name: `node tools/permissions.ts`. */
import { writeFileSync } from 'node:fs'
import { actions as access } from '../src/lib/azure/access.ts'
import { actions as avd } from '../src/lib/azure/avd.ts'
import { actions as compute } from '../src/lib/azure/compute.ts'
import { actions as deployments } from '../src/lib/azure/deployments.ts'
import { actions as estate } from '../src/lib/azure/estate.ts'
import { actions as extensions } from '../src/lib/azure/extensions.ts'
import { actions as room } from '../src/lib/azure/room.ts'
import { actions as siteRecovery } from '../src/lib/azure/site-recovery.ts'
import { desktopVirtualizationUser } from '../src/lib/model/azure.ts'

const gateways = [
  {
    title: 'Azure Virtual Desktop',
    actions: avd,
    scope: 'resource groups of both sides: host pools, application groups, scaling plans',
  },
  {
    title: 'Compute',
    actions: compute,
    scope:
      'resource groups of the VMs on both sides; `virtualMachines/read` and `locations/usages/read` at both subscriptions, for the status listing and quota',
  },
  {
    title: 'Deployments',
    actions: deployments,
    scope:
      'resource groups of the VMs on both sides; `templateSpecs/versions/read` at the template spec. Not needed unless a pair has `repair: replace`',
  },
  {
    title: 'Extensions',
    actions: extensions,
    scope:
      'resource groups of the VMs on both sides; `dataCollectionRules/read` at the rules, `deploy/action` at the key vaults that the extension catalogue names, Resource Graph at both subscriptions. Not needed without a `personalReplicated` pair',
  },
  {
    title: 'Room',
    actions: room,
    scope:
      'both subscriptions for `skus/read`; the networks that desktops are failed over into and the capacity reservation groups that their replication names. Without one of these rights a preview warns that it could not look; nothing else depends on them',
  },
  {
    title: 'Site Recovery',
    actions: siteRecovery,
    scope: 'the vault. Not needed without a `personalReplicated` pair',
  },
  {
    title: 'Access',
    actions: access,
    scope:
      'the mapped application groups of both sides, or their resource groups; `roleDefinitions/read` at both subscriptions',
  },
  {
    title: 'What pairs stand on',
    actions: estate,
    scope:
      'both subscriptions, and those of the storage accounts that the plan names: the role Reader there covers all of it. What cannot be read is *could not check* in the rules that ask for it; no operation depends on it. Resource Graph leaves out what its caller may not read, without a word',
  },
] as const

/** Why each right is asked for. One that is not explained here stops the generator. */
const reasons: Readonly<Record<string, string>> = {
  'Microsoft.AAD/domainServices/read':
    'rules: regions of Microsoft Entra Domain Services. Needed with `identity.kind: entraDomainServices` alone',
  'Microsoft.Authorization/locks/read':
    'rules: locks that would keep people from being signed out, or access from being moved',
  'Microsoft.Authorization/permissions/read': "rules: whether the app's own rights are there",
  'Microsoft.Compute/disks/read':
    'inventory: the kind of OS disk of machines that are off, which Compute does not tell with them',
  'Microsoft.Compute/galleries/images/versions/read': 'rules: replicas of the images that hosts were made of',
  'Microsoft.Compute/galleries/read': 'rules: where their gallery is',
  'Microsoft.DesktopVirtualization/appAttachPackages/read': 'inventory: App attach packages of the pools',
  'Microsoft.DesktopVirtualization/applicationGroups/applications/read': 'inventory: what application groups publish',
  'Microsoft.DesktopVirtualization/hostPools/msixPackages/read': 'inventory: MSIX packages of the pools',
  'Microsoft.DesktopVirtualization/workspaces/read': 'inventory: where people see the application groups',
  'Microsoft.Insights/diagnosticSettings/read': 'rules: the Log Analytics workspaces of pools, groups and workspaces',
  'Microsoft.KeyVault/vaults/read': 'rules: the regions of key vaults, nothing of what is in them',
  'Microsoft.Network/networkInterfaces/read': 'rules: which subnets the machines of a side are in',
  'Microsoft.Network/virtualNetworkGateways/read': 'rules: gateways that survive the loss of a zone',
  'Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems/read':
    'rules: what is backed up. Needed where the plan has `backup` alone',
  'Microsoft.RecoveryServices/vaults/read': 'rules: regions and redundancy of vaults',
  'Microsoft.Resources/subscriptions/resourceGroups/read': 'rules: regions of resource groups',
  'Microsoft.Storage/storageAccounts/fileServices/shares/read':
    'rules: how full the shares of profiles and packages are',
  'Microsoft.Storage/storageAccounts/read': 'rules: region and redundancy of the accounts that the plan names',
  'Microsoft.Authorization/roleAssignments/delete': 'revoke access to the side that is left',
  'Microsoft.Authorization/roleAssignments/read': 'inventory; prove every revoke and grant',
  'Microsoft.Authorization/roleAssignments/write': 'grant access to the side that is entered; restore',
  'Microsoft.Authorization/roleDefinitions/read': 'find every role that lets people use applications',
  'Microsoft.Compute/capacityReservationGroups/capacityReservations/read':
    'inventory: of which size and zone reservations are. Not needed where no desktop is replicated into one',
  'Microsoft.Compute/capacityReservationGroups/read': 'inventory: how much of the reservations is taken',
  'Microsoft.Compute/skus/read': 'inventory: sizes that Azure restricts in the target region',
  'Microsoft.Network/virtualNetworks/read':
    'inventory: addresses that are free in the target subnets of replicated machines; peerings and DNS of all networks, for rules',
  'Microsoft.Compute/locations/operations/read':
    'why a start came to nothing: `AllocationFailed`, `SkuNotAvailable`, quota. Without it the start is tried again, and the reason stays unknown',
  'Microsoft.Compute/locations/usages/read': 'inventory: cores that are free in the target region',
  'Microsoft.Compute/virtualMachines/assessPatches/action':
    'see which patches a standby host lacks while it is awake. Not needed with `patches: none` or without `keepAlive`',
  'Microsoft.Compute/virtualMachines/deallocate/action':
    'put standby hosts back to rest; take back a start, and only where nobody has a session',
  'Microsoft.Compute/virtualMachines/installPatches/action':
    'install critical and security patches while a standby host is awake. Needed with `patches: install` alone',
  'Microsoft.Compute/virtualMachines/extensions/delete':
    'take away an extension that failed, since it keeps others out',
  'Microsoft.Compute/virtualMachines/extensions/read': 'inventory; see which extensions a VM has, and in which state',
  'Microsoft.Compute/virtualMachines/extensions/write': 'put back what a failover leaves behind',
  'Microsoft.Compute/virtualMachines/instanceView/read':
    'power state of one VM; what its patch runs came to; whether its agent answers',
  'Microsoft.Compute/virtualMachines/read':
    'inventory; power states by one listing; tags before they are changed; one VM with all its extensions',
  'Microsoft.Compute/virtualMachines/start/action':
    'start hosts of the new side; start a source VM again after a failed failover',
  'Microsoft.Compute/virtualMachines/write':
    'set and remove the exclusion tag, nothing else. Not used for a side that has no exclusion tag, neither in the plan nor in its scaling plan',
  'Microsoft.DesktopVirtualization/applicationGroups/applications/write':
    'copy applications to the side that is not active. Needed where findings are put right by the app alone',
  'Microsoft.DesktopVirtualization/applicationGroups/read': 'inventory',
  'Microsoft.DesktopVirtualization/applicationGroups/write':
    'copy application groups to the side that is not active. Needed where findings are put right by the app alone',
  'Microsoft.DesktopVirtualization/hostPools/read': 'inventory; Start VM on Connect',
  'Microsoft.DesktopVirtualization/hostPools/retrieveRegistrationToken/action':
    'hand a registration token of two hours to the machine that replaces a host. Needed with `repair: replace` alone',
  'Microsoft.DesktopVirtualization/hostPools/sessionHosts/delete':
    'take the record of a host whose registration has lapsed out of the pool. Needed with `repair: replace` alone',
  'Microsoft.DesktopVirtualization/hostPools/sessionHosts/read': 'inventory; status, heartbeat, drain',
  'Microsoft.DesktopVirtualization/hostPools/sessionHosts/userSessions/delete': 'sign users out',
  'Microsoft.DesktopVirtualization/hostPools/sessionHosts/userSessions/read': 'who is signed in',
  'Microsoft.DesktopVirtualization/hostPools/sessionHosts/userSessions/sendMessage/action': 'tell users',
  'Microsoft.DesktopVirtualization/hostPools/sessionHosts/write': 'drain and undrain',
  'Microsoft.DesktopVirtualization/hostPools/userSessions/read': 'who is signed in, by one listing',
  'Microsoft.DesktopVirtualization/hostPools/write':
    'switch Start VM on Connect; with `repair: replace` make a registration token; copy settings to the side that is not active',
  'Microsoft.DesktopVirtualization/scalingPlans/read': 'inventory; exclusion tag',
  'Microsoft.DesktopVirtualization/scalingPlans/write': 'switch the plan for one host pool',
  'Microsoft.Insights/dataCollectionRuleAssociations/read':
    'inventory; which rules the Azure Monitor agent of a VM goes by',
  'Microsoft.Insights/dataCollectionRuleAssociations/write': 'tell the agent of a failed-over VM the same rules again',
  'Microsoft.Insights/dataCollectionRules/read':
    'the rule that a VM is tied to. Whether Azure Monitor insists on it is not documented',
  'Microsoft.KeyVault/vaults/deploy/action':
    'let Compute fetch protected settings from the vault; the app never sees them. Not needed without `protectedSettingsFromKeyVault`',
  'Microsoft.ResourceGraph/resources/read':
    'inventory: what pairs stand on, and extensions of all VMs of a resource group, by a few lists',
  'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems/applyRecoveryPoint/action':
    'change the recovery point of a failed-over VM before its failover is committed',
  'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/switchprotection/action':
    'protect a failed-over VM again, towards where it came from',
  'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems/failoverCommit/action':
    'commit a failover',
  'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems/read':
    'state of replicated items',
  'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems/recoveryPoints/read':
    'the newest processed recovery point, where the plan asks for it',
  'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems/unplannedFailover/action':
    'fail a VM over',
  'Microsoft.Resources/deployments/read': 'what a deployment came to',
  'Microsoft.Resources/deployments/write': 'replace a host by the template of the plan',
  'Microsoft.Resources/templateSpecs/versions/read': 'read that template, as Resource Manager does for the caller',
  'Microsoft.RecoveryServices/vaults/replicationJobs/read': 'see running and failed jobs',
  'Microsoft.RecoveryServices/vaults/replicationProtectedItems/read': 'state of replicated items, by one listing',
  'Microsoft.RecoveryServices/vaults/replicationRecoveryPlans/read':
    'which machines the recovery plan of a consistency group has',
  'Microsoft.RecoveryServices/vaults/replicationRecoveryPlans/unplannedFailover/action':
    'fail a consistency group over, by its recovery plan',
}

const condition = `(
 (!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'}))
 OR
 (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${desktopVirtualizationUser}}
  AND
  @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'Group'})
)
AND
(
 (!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'}))
 OR
 (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${desktopVirtualizationUser}}
  AND
  @Resource[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'Group'})
)`

export const permissionsText = (): string =>
  [
    '# Rights the app needs',
    '<!-- Written by tools/permissions.ts from the `actions` of src/lib/azure. Do not edit. -->',
    'Everything the app asks of Resource Manager, right by right. It needs no `dataActions`, and no rights in Entra ID: groups are\ngiven by their object ids and their members are never read. Storage rights are in [install](../operating/install.md).',
    ...gateways.flatMap(section),
    '## Limit what it may grant',
    `The right to write role assignments is the right to grant. Put a condition on the app's own role assignment, so that it can grant and\nrevoke the role *Desktop Virtualization User* for groups, and nothing else. Add a role's id if the plan's pairs move another role.`,
    `\`\`\`text\n${condition}\n\`\`\``,
    'The conditions and roles on this page have not been tried against Azure by this project yet. Try them with a pair that nobody uses.',
    '## What comes on top',
    'With `repair: replace` the app needs whatever the template makes, too: a deployment acts with the rights of its caller. For a template\nthat makes a VM with its network card, that is *Virtual Machine Contributor* at the resource group of the VMs and the right to join the\nsubnet. Leave all of it out where no pair has `repair: replace`.',
    "Site Recovery creates the VM, its network card and its disks in the target resource group. What the caller of a failover needs there is\nnot documented exactly. Microsoft's built-in roles *Site Recovery Operator* at the vault and *Virtual Machine Contributor* at the target\nresource group, with the right to join the target subnet, are the usual advice. Find out with a test failover by the same identity.",
    '',
  ].join('\n\n')

function section({ title, actions, scope }: (typeof gateways)[number]): readonly string[] {
  const lines = [...actions].sort().map((action) => `| \`${action}\` | ${reasonFor(action)} |`)
  return [`## ${title}`, `Where: ${scope}.`, ['| Right | What for |', '|---|---|', ...lines].join('\n')]
}

function reasonFor(action: string): string {
  const reason = reasons[action]
  if (!reason) throw new Error(`Say in tools/permissions.ts what ${action} is for`)
  return reason
}

if (import.meta.main) writeFileSync(new URL('../docs/reference/permissions.md', import.meta.url), permissionsText())
