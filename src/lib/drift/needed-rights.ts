/**
 * Rights the app needs for its moves, by where. A test compares them with the actions that the gateways name, and so with
 * docs/reference/permissions.md. What only the inventory reads is not here: without such a right it has a gap.
 */
import type { PlannedPair } from '../plan/schema.ts'
import type { Place } from './places.ts'

export type NeededRight = {
  readonly action: string
  readonly at: Place | 'scalingPlans'
  /** Missing: for every pair that has the place. */
  readonly needs?: (pair: PlannedPair) => boolean
  /** A move goes on without it. */
  readonly isOptional?: true
}

const pooled = ({ strategy }: PlannedPair): boolean => strategy === 'pooledStandby'
const replicated = ({ strategy }: PlannedPair): boolean => strategy === 'personalReplicated'
const replaces = ({ keepAlive }: PlannedPair): boolean => keepAlive?.repair === 'replace'
const installs = ({ keepAlive }: PlannedPair): boolean => keepAlive?.patches === 'install'
const assesses = ({ keepAlive }: PlannedPair): boolean => keepAlive !== undefined && keepAlive.patches !== 'none'

const at = (place: NeededRight['at'], actions: readonly string[], rest: Omit<NeededRight, 'at' | 'action'> = {}) =>
  actions.map((action): NeededRight => ({ action, at: place, ...rest }))

const avd = 'Microsoft.DesktopVirtualization'
const vms = 'Microsoft.Compute/virtualMachines'
const vaults = 'Microsoft.RecoveryServices/vaults'
const container = `${vaults}/replicationFabrics/replicationProtectionContainers`

export const neededRights: readonly NeededRight[] = [
  ...at('pools', [
    `${avd}/hostPools/read`,
    `${avd}/hostPools/write`,
    `${avd}/hostPools/sessionHosts/read`,
    `${avd}/hostPools/sessionHosts/write`,
    `${avd}/hostPools/sessionHosts/userSessions/read`,
    `${avd}/hostPools/sessionHosts/userSessions/delete`,
    `${avd}/hostPools/sessionHosts/userSessions/sendMessage/action`,
    `${avd}/hostPools/userSessions/read`,
  ]),
  ...at('pools', [`${avd}/hostPools/retrieveRegistrationToken/action`, `${avd}/hostPools/sessionHosts/delete`], {
    needs: replaces,
    isOptional: true,
  }),
  ...at('scalingPlans', [`${avd}/scalingPlans/read`, `${avd}/scalingPlans/write`]),
  ...at('applicationGroups', [
    `${avd}/applicationGroups/read`,
    'Microsoft.Authorization/roleAssignments/read',
    'Microsoft.Authorization/roleAssignments/write',
    'Microsoft.Authorization/roleAssignments/delete',
  ]),
  ...at('machines', [`${vms}/read`, `${vms}/instanceView/read`, `${vms}/start/action`]),
  ...at('machines', [`${vms}/deallocate/action`], { needs: pooled }),
  /** Exclusion tags alone: without them autoscale may take a host away that has just been started. */
  ...at('machines', [`${vms}/write`], { needs: pooled, isOptional: true }),
  ...at('machines', [`${vms}/assessPatches/action`], { needs: assesses, isOptional: true }),
  ...at('machines', [`${vms}/installPatches/action`], { needs: installs, isOptional: true }),
  ...at('machines', ['Microsoft.Resources/deployments/read', 'Microsoft.Resources/deployments/write'], {
    needs: replaces,
    isOptional: true,
  }),
  ...at(
    'machines',
    [
      `${vms}/extensions/read`,
      `${vms}/extensions/write`,
      `${vms}/extensions/delete`,
      'Microsoft.Insights/dataCollectionRuleAssociations/read',
      'Microsoft.Insights/dataCollectionRuleAssociations/write',
    ],
    { needs: replicated, isOptional: true },
  ),
  ...at('vault', [
    `${vaults}/replicationProtectedItems/read`,
    `${vaults}/replicationJobs/read`,
    `${container}/replicationProtectedItems/read`,
    `${container}/replicationProtectedItems/recoveryPoints/read`,
    `${container}/replicationProtectedItems/unplannedFailover/action`,
    `${container}/replicationProtectedItems/failoverCommit/action`,
    `${container}/replicationProtectedItems/applyRecoveryPoint/action`,
    `${container}/switchprotection/action`,
    `${vaults}/replicationRecoveryPlans/read`,
    `${vaults}/replicationRecoveryPlans/unplannedFailover/action`,
  ]),
]
