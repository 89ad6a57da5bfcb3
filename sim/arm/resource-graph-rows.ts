import type { Row } from './resource-graph-query.ts'
import type { Sim } from './types.ts'

export type Tables = Readonly<Record<string, readonly Row[]>>

/** What Resource Graph would index of the estate: ids as they are, types and resource groups in lower case. */
export function rowsOf({ estate }: Sim): Tables {
  const row = rowIn(estate.tenant)
  const vms = [...estate.vms.values()].map((vm) =>
    row(
      vm.id,
      'microsoft.compute/virtualmachines',
      vm.location,
      {
        vmId: vm.vmId,
        hardwareProfile: { vmSize: vm.size },
        extended: { instanceView: { powerState: { code: `PowerState/${vm.power.seen()}` } } },
      },
      vm.tags.seen(),
    ),
  )
  const pools = [...estate.hostPools.values()].map((pool) => {
    const { hostPoolType, startVMOnConnect, maxSessionLimit } = pool
    const properties = { hostPoolType, startVMOnConnect, maxSessionLimit }
    return row(pool.id, 'microsoft.desktopvirtualization/hostpools', pool.location, properties)
  })
  const groups = [...estate.applicationGroups.values()].map((group) =>
    row(group.id, 'microsoft.desktopvirtualization/applicationgroups', group.location, {
      applicationGroupType: group.type,
      hostPoolArmPath: group.hostPoolId,
    }),
  )
  const plans = [...estate.scalingPlans.values()].map((plan) =>
    row(plan.id, 'microsoft.desktopvirtualization/scalingplans', plan.location, {
      exclusionTag: plan.exclusionTag,
      hostPoolReferences: plan.pools.map(({ hostPoolId, enabled }) => ({
        hostPoolArmPath: hostPoolId,
        scalingPlanEnabled: enabled,
      })),
    }),
  )
  const hosts = [...estate.sessionHosts.values()].map((host) => {
    const properties = {
      status: host.status.seen(),
      allowNewSession: host.allowNewSession.seen(),
      resourceId: host.vm,
      sessions: host.sessions.size,
    }
    const location = estate.hostPools.get(host.pool.toLowerCase())?.location ?? ''
    return row(
      `${host.pool}/sessionhosts/${host.name}`,
      'microsoft.desktopvirtualization/hostpools/sessionhosts',
      location,
      properties,
    )
  })
  const items = [...estate.replicatedItems.values()].map((item) => {
    const properties = {
      friendlyName: item.vmName,
      protectionState: item.state.seen(),
      replicationHealth: item.replicationHealth,
    }
    return row(item.id, itemType, '', properties)
  })
  return {
    resources: [...vms, ...pools, ...groups, ...plans],
    desktopvirtualizationresources: hosts,
    recoveryservicesresources: items,
  }
}

const itemType =
  'microsoft.recoveryservices/vaults/replicationfabrics/replicationprotectioncontainers/replicationprotecteditems'

const rowIn =
  (tenantId: string) =>
  (id: string, type: string, location: string, properties: object, tags: object | null = null): Row => {
    const [, , subscriptionId = '', , resourceGroup = ''] = id.split('/')
    const name = id.split('/').at(-1) ?? ''
    return {
      id,
      name,
      type,
      tenantId,
      location,
      resourceGroup: resourceGroup.toLowerCase(),
      subscriptionId,
      tags,
      properties,
    }
  }
