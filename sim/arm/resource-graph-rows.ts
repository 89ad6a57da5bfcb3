import { equipmentIndexed, machinesIndexed } from '../estate/guest.ts'
import { surroundingsOf } from '../estate/surroundings.ts'
import { worldOf } from '../estate/world.ts'
import { extensionBody } from './compute-extension-body.ts'
import { diskIdOf, osDiskSkuOf, vmProperties } from './compute-vm-body.ts'
import { associationBody } from './insights.ts'
import { networkProperties } from './network.ts'
import { backupRows, domainOf, vaultRows } from './resource-graph-protection.ts'
import type { Row } from './resource-graph-query.ts'
import { type RowMaker, rowIn } from './resource-graph-row.ts'
import { replicationHealthOf } from './site-recovery-health.ts'
import type { Sim } from './types.ts'

type Rows = (sim: Sim, row: RowMaker) => readonly Row[]

/** By table and type, both in lower case: what Resource Graph would index of the estate. */
const indexed: Readonly<Record<string, Readonly<Record<string, Rows>>>> = {
  resources: {
    'microsoft.compute/virtualmachines': vmRows,
    'microsoft.compute/virtualmachines/extensions': extensionRows,
    'microsoft.compute/disks': diskRows,
    'microsoft.desktopvirtualization/hostpools': poolRows,
    'microsoft.desktopvirtualization/applicationgroups': groupRows,
    'microsoft.desktopvirtualization/scalingplans': planRows,
    'microsoft.desktopvirtualization/workspaces': workspaceRows,
    'microsoft.network/networkinterfaces': cardRows,
    'microsoft.network/virtualnetworks': networkRows,
    'microsoft.recoveryservices/vaults': vaultRows,
  },
  resourcecontainers: { 'microsoft.resources/subscriptions/resourcegroups': resourceGroupRows },
  insightsresources: { 'microsoft.insights/datacollectionruleassociations': associationRows },
  desktopvirtualizationresources: { 'microsoft.desktopvirtualization/hostpools/sessionhosts': hostRows },
  recoveryservicesresources: {
    [domainOf.replication]: itemRows,
    [domainOf.backup]: backupRows,
  },
}

/** Types that a table has, lower case; `others` of the table of resources are all that is only looked at. */
export const typesOf = (table: string): readonly string[] => [
  ...Object.keys(indexed[table] ?? {}),
  ...(table === 'resources' ? [others] : []),
]
const others = 'others'

/** Rows of one type: ids as they are, types and resource groups in lower case. */
export function rowsOf(sim: Sim, table: string, type: string): readonly Row[] {
  const row = rowIn(sim.estate.tenant)
  const known = indexed[table]?.[type]?.(sim, row) ?? []
  if (table !== 'resources') return known
  const named = typesOf(table)
  const isMeant = (one: Row) => (type === others ? !named.includes(String(one.type)) : one.type === type)
  return [...known, ...otherRows(sim, row).filter(isMeant)]
}

/** What is only looked at is as it is. */
const otherRows: Rows = (sim, row) =>
  [...surroundingsOf(sim).resources.values()].map((one) => {
    const { id, type, location, properties, tags = null, ...rest } = one
    return { ...row(id, type, location, properties, tags), ...rest }
  })

function vmRows(sim: Sim, row: RowMaker): readonly Row[] {
  return machinesIndexed(sim).map((vm) => {
    const { id, location, zone, power, tags } = vm
    const extended = { instanceView: { powerState: { code: `PowerState/${power.seen()}` } } }
    const properties = { ...vmProperties(sim, vm), extended }
    const zones = zone === undefined ? null : [zone]
    return { ...row(id, 'microsoft.compute/virtualmachines', location, properties, tags.seen()), zones }
  })
}

/** A disk keeps its kind while its machine is off. */
function diskRows(sim: Sim, row: RowMaker): readonly Row[] {
  return machinesIndexed(sim).map((vm) => {
    const properties = {
      osType: 'Windows',
      diskSizeGB: 127,
      diskState: vm.power.seen() === 'deallocated' ? 'Reserved' : 'Attached',
      provisioningState: 'Succeeded',
    }
    const name = osDiskSkuOf(sim, vm)
    const sku = { name, tier: name.split('_')[0] }
    return { ...row(diskIdOf(vm), 'microsoft.compute/disks', vm.location, properties), managedBy: vm.id, sku }
  })
}

function extensionRows(sim: Sim, row: RowMaker): readonly Row[] {
  return machinesIndexed(sim).flatMap((vm) =>
    equipmentIndexed(sim, vm).extensions.map((extension) => {
      const { id, properties } = extensionBody(vm, extension)
      return row(String(id), 'microsoft.compute/virtualmachines/extensions', vm.location, properties as object)
    }),
  )
}

function associationRows(sim: Sim, row: RowMaker): readonly Row[] {
  return machinesIndexed(sim).flatMap((vm) =>
    equipmentIndexed(sim, vm).associations.map((association) => {
      const { id, properties } = associationBody(vm, association)
      return row(id, 'microsoft.insights/datacollectionruleassociations', '', properties)
    }),
  )
}

function poolRows({ estate: { hostPools } }: Sim, row: RowMaker): readonly Row[] {
  return [...hostPools.values()].map(({ id, location, hostPoolType, startVMOnConnect, maxSessionLimit, settings }) =>
    row(id, `${avd}/hostpools`, location, { hostPoolType, startVMOnConnect, maxSessionLimit, ...settings }),
  )
}

function groupRows({ estate: { applicationGroups } }: Sim, row: RowMaker): readonly Row[] {
  return [...applicationGroups.values()].map(({ id, location, type, hostPoolId }) =>
    row(id, `${avd}/applicationgroups`, location, { applicationGroupType: type, hostPoolArmPath: hostPoolId }),
  )
}

function planRows({ estate: { scalingPlans } }: Sim, row: RowMaker): readonly Row[] {
  return [...scalingPlans.values()].map(({ id, location, exclusionTag, pools }) => {
    const references = pools.map(({ hostPoolId, enabled }) => ({
      hostPoolArmPath: hostPoolId,
      scalingPlanEnabled: enabled,
    }))
    return row(id, `${avd}/scalingplans`, location, { exclusionTag, hostPoolReferences: references })
  })
}

function workspaceRows(sim: Sim, row: RowMaker): readonly Row[] {
  return [...worldOf(sim).workspaces.values()].map(({ id, location, name, friendlyName = name, applicationGroups }) =>
    row(id, `${avd}/workspaces`, location, { friendlyName, applicationGroupReferences: applicationGroups }),
  )
}

/** One card a machine, in the subnet of its resource group. */
function cardRows(sim: Sim, row: RowMaker): readonly Row[] {
  const { subnetOfGroup } = surroundingsOf(sim)
  return machinesIndexed(sim).flatMap(({ id, name, location }) => {
    const group = id.split('/').slice(0, 5).join('/')
    const subnet = subnetOfGroup.get(group.toLowerCase())
    if (subnet === undefined) return []
    const card = `${group}/providers/Microsoft.Network/networkInterfaces/${name}-nic`
    const address = { primary: true, privateIPAllocationMethod: 'Dynamic', subnet: { id: subnet } }
    const ipConfigurations = [{ name: 'ipconfig1', id: `${card}/ipConfigurations/ipconfig1`, properties: address }]
    const properties = { provisioningState: 'Succeeded', virtualMachine: { id }, ipConfigurations }
    return [row(card, 'microsoft.network/networkinterfaces', location, properties)]
  })
}

function networkRows(sim: Sim, row: RowMaker): readonly Row[] {
  return [...worldOf(sim).networks.values()].map((found) =>
    row(found.id, 'microsoft.network/virtualnetworks', found.location, networkProperties(sim, found)),
  )
}

function resourceGroupRows(sim: Sim, row: RowMaker): readonly Row[] {
  return [...surroundingsOf(sim).resourceGroups.values()].map(({ id, location }) =>
    row(id, 'microsoft.resources/subscriptions/resourcegroups', location, { provisioningState: 'Succeeded' }),
  )
}

function hostRows({ estate: { sessionHosts, hostPools } }: Sim, row: RowMaker): readonly Row[] {
  return [...sessionHosts.values()].map(({ pool, name, status, allowNewSession, vm, sessions }) => {
    const location = hostPools.get(pool.toLowerCase())?.location ?? ''
    const seen = { status: status.seen(), allowNewSession: allowNewSession.seen() }
    const properties = { ...seen, resourceId: vm, sessions: sessions.size }
    return row(`${pool}/sessionhosts/${name}`, `${avd}/hostpools/sessionhosts`, location, properties)
  })
}

function itemRows(sim: Sim, row: RowMaker): readonly Row[] {
  return [...sim.estate.replicatedItems.values()].map((item) => {
    const { id, vmName: friendlyName, state } = item
    const replicationHealth = replicationHealthOf(sim, item)
    return row(id, domainOf.replication, '', { friendlyName, protectionState: state.seen(), replicationHealth })
  })
}

const avd = 'microsoft.desktopvirtualization'
