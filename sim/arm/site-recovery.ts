import { syncRegions } from '../estate/regions.ts'
import { worldOf } from '../estate/world.ts'
import type { SimReplicatedItem } from './estate-types.ts'
import { listAnswer } from './paging.ts'
import { actionRoutes } from './site-recovery-actions.ts'
import { fabricRoutes } from './site-recovery-fabrics.ts'
import { itemBody } from './site-recovery-item-body.ts'
import { jobRoutes } from './site-recovery-jobs.ts'
import { operationRoutes } from './site-recovery-operations.ts'
import { planRoutes } from './site-recovery-plans.ts'
import { recoveryPointBodies } from './site-recovery-recovery-points.ts'
import { containerPath, itemPath, itemsOf, itemType, vaultPath, withItem, withVault } from './site-recovery-resource.ts'
import type { Provider, Route, Sim, SimRequest, SimResponse } from './types.ts'

/** Site Recovery between Azure regions (A2A): Microsoft.RecoveryServices/vaults/replication…, api 2023-06-01. */
export const siteRecovery: Provider = {
  namespace: 'Microsoft.RecoveryServices',
  apiVersions: ['2023-06-01', '2024-04-01'],
  routes: [...itemRoutes(), ...actionRoutes, ...jobRoutes, ...operationRoutes, ...fabricRoutes, ...planRoutes].map(
    afterSync,
  ),
}

function itemRoutes(): Route[] {
  const get = { method: 'GET', bucket: 'reads', action: `${itemType}/read` } as const
  return [
    {
      ...get,
      path: `${vaultPath}/replicationProtectedItems`,
      handle: withVault((request, vault, sim) => page(request, sim, itemsOf(sim, vault))),
    },
    {
      ...get,
      path: `${containerPath}/replicationProtectedItems`,
      handle: withVault((request, vault, sim, { fabric = '', container = '' }) => {
        const isHere = (item: SimReplicatedItem) => same(item.fabric, fabric) && same(item.container, container)
        return page(request, sim, itemsOf(sim, vault).filter(isHere))
      }),
    },
    {
      ...get,
      path: itemPath,
      handle: withItem((_request, item, sim) => ({ status: 200, body: itemBody(sim, item, 'get') })),
    },
    {
      ...get,
      path: `${itemPath}/recoveryPoints`,
      action: `${itemType}/recoveryPoints/read`,
      handle: withItem((request, item, sim) => {
        const { pageSize } = worldOf(sim).switches
        return listAnswer(sim, request, recoveryPointBodies(sim, item), (point) => point, { pageSize })
      }),
    },
  ]
}

/** The vault's list pages with `skipToken`, as its own parameter is spelt. */
function page(request: SimRequest, sim: Sim, items: readonly SimReplicatedItem[]): SimResponse {
  const { pageSize } = worldOf(sim).switches
  return listAnswer(sim, request, items, (item) => itemBody(sim, item, 'list'), { pageSize, tokenName: 'skipToken' })
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

function afterSync(route: Route): Route {
  return {
    ...route,
    handle(request, params, sim) {
      syncRegions(sim)
      return route.handle(request, params, sim)
    },
  }
}
