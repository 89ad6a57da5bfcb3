import type { SimRoleDefinition } from './estate-types.ts'

const avd = 'Microsoft.DesktopVirtualization'

const role = (
  name: string,
  roleName: string,
  actions: readonly string[],
  dataActions: readonly string[] = [],
): SimRoleDefinition => ({ name, roleName, type: 'BuiltInRole', actions, dataActions })

/**
 * Built-in roles an AVD estate meets (learn.microsoft.com, Azure built-in roles). The actions are shortened to what
 * matters here; `useApplications` is the one data action that lets people use an application group, `*` includes it.
 */
export const builtInRoles: readonly SimRoleDefinition[] = [
  role(
    '1d18fff3-a72a-46b5-b4a9-0b38a3cd7e63',
    'Desktop Virtualization User',
    [],
    [`${avd}/applicationGroups/useApplications/action`],
  ),
  role('082f0a83-3be5-4ba1-904c-961cca79b387', 'Desktop Virtualization Contributor', [`${avd}/*`]),
  role('e307426c-f9b6-4e81-87de-d99efb3c32bc', 'Desktop Virtualization Host Pool Contributor', [`${avd}/hostpools/*`]),
  role('ceadfde2-b300-400a-ab7b-6143895aa822', 'Desktop Virtualization Host Pool Reader', [`${avd}/hostpools/*/read`]),
  role('86240b0e-9422-4c43-887b-b61143f32ba8', 'Desktop Virtualization Application Group Contributor', [
    `${avd}/applicationgroups/*`,
  ]),
  role('2ad6aaab-ead9-4eaa-8ac5-da422f562408', 'Desktop Virtualization Session Host Operator', [
    `${avd}/hostpools/sessionhosts/*`,
  ]),
  role('ea4bfff8-7fb4-485a-aadd-d4129a0ffaa6', 'Desktop Virtualization User Session Operator', [
    `${avd}/hostpools/sessionhosts/usersessions/*`,
  ]),
  role('489581de-a3bd-480d-9518-53dea7416b33', 'Desktop Virtualization Power On Contributor', [
    'Microsoft.Compute/virtualMachines/start/action',
  ]),
  role('40c5ff49-9181-41f8-ae61-143b0e78555e', 'Desktop Virtualization Power On Off Contributor', [
    'Microsoft.Compute/virtualMachines/start/action',
    'Microsoft.Compute/virtualMachines/deallocate/action',
  ]),
  role('a959dbd1-f747-45e3-8ba6-dd80f235f97c', 'Desktop Virtualization Virtual Machine Contributor', [
    'Microsoft.Compute/virtualMachines/*',
  ]),
  role('9980e02c-c2be-4d73-94e8-173b1dc7cf3c', 'Virtual Machine Contributor', ['Microsoft.Compute/virtualMachines/*']),
  role('6670b86e-a3f7-4917-ac9b-5d6ab1be4567', 'Site Recovery Contributor', ['Microsoft.RecoveryServices/vaults/*']),
  role('494ae006-db33-4328-bf46-533a6560a3ca', 'Site Recovery Operator', [
    'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems/unplannedFailover/action',
  ]),
  role('dbaa88c4-0c30-4179-9fb3-46319faa6149', 'Site Recovery Reader', ['Microsoft.RecoveryServices/vaults/*/read']),
  role('f58310d9-a9f6-439a-9e8d-f62e7b41a168', 'Role Based Access Control Administrator', [
    'Microsoft.Authorization/roleAssignments/write',
    'Microsoft.Authorization/roleAssignments/delete',
    '*/read',
  ]),
]
