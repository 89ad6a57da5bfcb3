import { equipmentIndexed, machinesIndexed } from '../estate/guest.ts'
import { extensionBody } from './compute-extension-body.ts'
import type { Estate } from './estate-types.ts'
import { associationBody } from './insights.ts'
import type { Row } from './resource-graph-query.ts'
import { replicationHealthOf } from './site-recovery-health.ts'
import type { Sim } from './types.ts'

export type Tables = Readonly<Record<string, readonly Row[]>>

/** What Resource Graph would index of the estate: ids as they are, types and resource groups in lower case. */
export function rowsOf(sim: Sim): Tables {
  const { estate } = sim
  const row = rowIn(estate.tenant)
  return {
    resources: [
      ...vmRows(sim, row),
      ...extensionRows(sim, row),
      ...poolRows(estate, row),
      ...groupRows(estate, row),
      ...planRows(estate, row),
    ],
    insightsresources: associationRows(sim, row),
    desktopvirtualizationresources: hostRows(estate, row),
    recoveryservicesresources: [...estate.replicatedItems.values()].map((item) => {
      const { id, vmName: friendlyName, state } = item
      const replicationHealth = replicationHealthOf(sim, item)
      return row(id, itemType, '', { friendlyName, protectionState: state.seen(), replicationHealth })
    }),
  }
}

const vmRows = (sim: Sim, row: RowMaker) =>
  machinesIndexed(sim).map(({ id, location, vmId, size, power, tags }) => {
    const extended = { instanceView: { powerState: { code: `PowerState/${power.seen()}` } } }
    const properties = { vmId, hardwareProfile: { vmSize: size }, extended }
    return row(id, 'microsoft.compute/virtualmachines', location, properties, tags.seen())
  })

const extensionRows = (sim: Sim, row: RowMaker) =>
  machinesIndexed(sim).flatMap((vm) =>
    equipmentIndexed(sim, vm).extensions.map((extension) => {
      const { id, properties } = extensionBody(vm, extension)
      return row(String(id), 'microsoft.compute/virtualmachines/extensions', vm.location, properties as object)
    }),
  )

const associationRows = (sim: Sim, row: RowMaker) =>
  machinesIndexed(sim).flatMap((vm) =>
    equipmentIndexed(sim, vm).associations.map((association) => {
      const { id, properties } = associationBody(vm, association)
      return row(id, 'microsoft.insights/datacollectionruleassociations', '', properties)
    }),
  )

const poolRows = ({ hostPools }: Estate, row: RowMaker) =>
  [...hostPools.values()].map(({ id, location, hostPoolType, startVMOnConnect, maxSessionLimit }) =>
    row(id, `${avd}/hostpools`, location, { hostPoolType, startVMOnConnect, maxSessionLimit }),
  )

const groupRows = ({ applicationGroups }: Estate, row: RowMaker) =>
  [...applicationGroups.values()].map(({ id, location, type, hostPoolId }) =>
    row(id, `${avd}/applicationgroups`, location, { applicationGroupType: type, hostPoolArmPath: hostPoolId }),
  )

const planRows = ({ scalingPlans }: Estate, row: RowMaker) =>
  [...scalingPlans.values()].map(({ id, location, exclusionTag, pools }) => {
    const references = pools.map(({ hostPoolId, enabled }) => ({
      hostPoolArmPath: hostPoolId,
      scalingPlanEnabled: enabled,
    }))
    return row(id, `${avd}/scalingplans`, location, { exclusionTag, hostPoolReferences: references })
  })

const hostRows = ({ sessionHosts, hostPools }: Estate, row: RowMaker) =>
  [...sessionHosts.values()].map(({ pool, name, status, allowNewSession, vm, sessions }) => {
    const location = hostPools.get(pool.toLowerCase())?.location ?? ''
    const seen = { status: status.seen(), allowNewSession: allowNewSession.seen() }
    const properties = { ...seen, resourceId: vm, sessions: sessions.size }
    return row(`${pool}/sessionhosts/${name}`, `${avd}/hostpools/sessionhosts`, location, properties)
  })

const avd = 'microsoft.desktopvirtualization'
const itemType =
  'microsoft.recoveryservices/vaults/replicationfabrics/replicationprotectioncontainers/replicationprotecteditems'

type RowMaker = ReturnType<typeof rowIn>

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
