/** Diagnostic settings of any resource: Microsoft.Insights, api 2021-05-01-preview. Read only, one list. */
import { idKey } from '../../src/lib/core/arm-id.ts'
import { surroundingsOf } from '../estate/surroundings.ts'
import { worldOf } from '../estate/world.ts'
import { gatewayFailure } from './answers.ts'
import type { Route, Sim } from './types.ts'

const type = 'Microsoft.Insights/diagnosticSettings'

export const diagnosticRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `/{scope*}/providers/${type}`,
    bucket: 'reads',
    action: `${type}/read`,
    apiVersions: ['2021-05-01-preview'],
    handle(_request, { scope = '' }, sim) {
      const id = `/${scope}`
      if (!exists(sim, id)) return gatewayFailure(404, 'ResourceNotFound', `The Resource '${id}' was not found.`)
      const found = surroundingsOf(sim).diagnostics.get(idKey(id)) ?? []
      return { status: 200, body: { value: found.map(({ name, workspaceId }) => bodyOf(id, name, workspaceId)) } }
    },
  },
]

/** Recorded elsewhere in this letter case: the resource's own id comes back in lower case. */
const bodyOf = (id: string, name: string, workspaceId: string) => ({
  id: `${id.toLowerCase()}/providers/microsoft.insights/diagnosticSettings/${name}`,
  type,
  name,
  properties: {
    storageAccountId: null,
    eventHubAuthorizationRuleId: null,
    workspaceId,
    metrics: [],
    logs: [{ categoryGroup: 'allLogs', enabled: true, retentionPolicy: { enabled: false, days: 0 } }],
  },
})

function exists(sim: Sim, id: string): boolean {
  const { estate } = sim
  const key = idKey(id)
  return [estate.hostPools, estate.applicationGroups, worldOf(sim).workspaces, estate.vms, estate.scalingPlans].some(
    (all) => all.has(key),
  )
}
