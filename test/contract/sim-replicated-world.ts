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
    jobs: async () => jsonOf(await send(`${vault}/replicationJobs?${version}`)).value,
  }
}
