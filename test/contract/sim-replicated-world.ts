import { osDiskName } from '../../sim/arm/compute-vm-body.ts'
import type { SimReplicatedItem } from '../../sim/arm/estate-types.ts'
import { jsonOf } from './kernel-world.ts'
import { createFleetWorld, groupOf, nameOf } from './sim-world.ts'

export const version = 'api-version=2023-06-01'
export const inVault =
  '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.RecoveryServices/vaults/{resourceName}'
export const inContainer = `${inVault}/replicationFabrics/{fabricName}/replicationProtectionContainers/{protectionContainerName}`
export const failoverBody = {
  properties: {
    failoverDirection: 'PrimaryToRecovery',
    sourceSiteOperations: 'Required',
    providerSpecificDetails: { instanceType: 'A2A' as const },
  },
}
const quick = { failover: [120_000, 120_000], commit: [10_000, 10_000], agentBoot: [60_000, 60_000] } as const

/** A personal pool with replicated VMs, and shorthand for what is asked of the first one. */
export function createReplicatedWorld(
  options: Parameters<typeof createFleetWorld>[1] = {},
  fleet: Parameters<typeof createFleetWorld>[0] = {},
) {
  const { timings, ...more } = options
  const made = createFleetWorld({ personalVms: 3, users: 3, ...fleet }, { timings: { ...quick, ...timings }, ...more })
  const { vault } = made.ids.personal
  const [item] = made.sim.estate.replicatedItems.values()
  if (!item) throw new Error('the fleet has no replicated item')
  const { send } = made
  return {
    ...made,
    item,
    vaultName: nameOf(vault),
    group: groupOf(vault),
    vault,
    failover: () => send(`${item.id}/unplannedFailover?${version}`, { method: 'POST', body: failoverBody }),
    commit: () => send(`${item.id}/failoverCommit?${version}`, { method: 'POST' }),
    read: async () => jsonOf(await send(`${item.id}?${version}`)).properties,
    /** A body as recorded, for an item that is committed; `changes` replace parts of its details. */
    reprotect: (of: SimReplicatedItem = item, changes: object = {}) => {
      const container = of.id.replace(/\/replicationProtectedItems\/.*$/, '')
      const { cacheStorage } = made.ids.personal
      const recoveryResourceGroupId = of.vm.split('/').slice(0, 5).join('/')
      const disk = {
        diskId: `${of.targetResourceGroupId}/providers/Microsoft.Compute/disks/${osDiskName(of.vmName)}`,
        primaryStagingAzureStorageAccountId:
          of.targetLocation === 'ukwest' ? cacheStorage.secondary : cacheStorage.primary,
        recoveryResourceGroupId,
        recoveryReplicaDiskAccountType: 'Premium_LRS',
        recoveryTargetDiskAccountType: 'Premium_LRS',
      }
      const providerSpecificDetails = {
        instanceType: 'A2A',
        recoveryContainerId: container,
        vmDisks: [],
        vmManagedDisks: [disk],
        recoveryResourceGroupId,
        ...changes,
      }
      const body = { properties: { replicationProtectedItemName: of.name, providerSpecificDetails } }
      return send(`${container}/switchprotection?${version}`, { method: 'POST', body })
    },
    /** The item of that name that is there now. */
    current: (): SimReplicatedItem => {
      const found = [...made.sim.estate.replicatedItems.values()].find(({ name }) => name === item.name)
      if (!found) throw new Error('the item is gone')
      return found
    },
    jobs: async () => jsonOf(await send(`${vault}/replicationJobs?${version}`)).value,
  }
}
