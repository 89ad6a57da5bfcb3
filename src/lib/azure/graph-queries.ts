/**
 * Every question that is put to Resource Graph: a table, one type, what narrows it down, columns by name. All but one go by
 * `id`, without which there would be no second page, in a fixed order, or rows would be skipped between two pages ("Paging
 * results"). What the caller may not read is left out without a word.
 */
type Table = 'resources' | 'resourcecontainers' | 'insightsresources' | 'recoveryservicesresources'

type List = {
  readonly table: Table
  readonly type: string
  /** Beside the type, e.g. `resourceGroup =~ 'rg'`. */
  readonly where?: readonly string[]
  /** Besides `id`. */
  readonly columns: readonly string[]
}

const listOf = ({ table, type, where = [], columns }: List): string =>
  `${table} | where ${[`type =~ ${quoted(type)}`, ...where].join(' and ')} | project ${['id', ...columns].join(', ')} | order by id asc`

const inGroup = (resourceGroup: string): string => `resourceGroup =~ ${quoted(resourceGroup)}`

const quoted = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

const vmType = 'microsoft.compute/virtualmachines'

export const resourceGroups = listOf({
  table: 'resourcecontainers',
  type: 'microsoft.resources/subscriptions/resourcegroups',
  columns: ['location'],
})

export const storageAccounts = listOf({
  table: 'resources',
  type: 'microsoft.storage/storageaccounts',
  columns: ['name', 'location', 'kind', 'sku = sku.name'],
})

/** Not their subnets: those list every network card. */
export const networks = listOf({
  table: 'resources',
  type: 'microsoft.network/virtualnetworks',
  columns: [
    'location',
    'dnsServers = properties.dhcpOptions.dnsServers',
    'peerings = properties.virtualNetworkPeerings',
  ],
})

export const networkGateways = listOf({
  table: 'resources',
  type: 'microsoft.network/virtualnetworkgateways',
  columns: ['location', 'kind = properties.gatewayType', 'sku = properties.sku.name'],
})

/**
 * Thousands of network cards are in a handful of subnets. All addresses of one card are in one subnet ("Assign multiple IP
 * addresses to virtual machines"). More rows than one page are refused: without `id` there is no second one.
 */
export const networkUse =
  "resources | where type =~ 'microsoft.network/networkinterfaces' and isnotempty(properties.virtualMachine.id)" +
  ' | summarize cards = count() by subscriptionId, resourceGroup, subnetId = tostring(properties.ipConfigurations[0].properties.subnet.id)' +
  ' | order by subscriptionId asc, resourceGroup asc, subnetId asc'

export const vaults = listOf({
  table: 'resources',
  type: 'microsoft.recoveryservices/vaults',
  columns: ['location', 'redundancy = properties.redundancySettings.standardTierStorageRedundancy'],
})

export const keyVaults = listOf({ table: 'resources', type: 'microsoft.keyvault/vaults', columns: ['location'] })

export const backupItems = listOf({
  table: 'recoveryservicesresources',
  type: 'microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems',
  columns: [
    'management = properties.backupManagementType',
    'source = properties.sourceResourceId',
    'dataSource = properties.dataSourceInfo.resourceID',
    'friendlyName = properties.friendlyName',
    'policyId = properties.policyId',
    'currentState = properties.currentProtectionState',
    'state = properties.protectionState',
    'lastBackup = properties.lastBackupTime',
  ],
})

export const domainServices = listOf({
  table: 'resources',
  type: 'microsoft.aad/domainservices',
  columns: ['name', 'location', 'replicaSets = properties.replicaSets'],
})

export const machines = (ids: readonly string[]): string =>
  listOf({
    table: 'resources',
    type: vmType,
    where: [`id in~ (${ids.map(quoted).join(', ')})`],
    columns: [
      'name',
      'location',
      'zones',
      'tags',
      'size = properties.hardwareProfile.vmSize',
      'power = properties.extended.instanceView.powerState.code',
    ],
  })

/** One list for the groups of all sides: pages are fuller, and the quota is counted in queries. */
export const osDisks = (resourceGroups: readonly string[]): string =>
  listOf({
    table: 'resources',
    type: 'microsoft.compute/disks',
    where: [`resourceGroup in~ (${resourceGroups.map(quoted).join(', ')})`, 'isnotempty(properties.osType)'],
    columns: ['managedBy', 'sku = sku.name'],
  })

export const vmsOf = (resourceGroup: string): string =>
  listOf({
    table: 'resources',
    type: vmType,
    where: [inGroup(resourceGroup)],
    columns: ['uniqueId = properties.vmId'],
  })

export const extensionsOf = (resourceGroup: string): string =>
  listOf({
    table: 'resources',
    type: `${vmType}/extensions`,
    where: [inGroup(resourceGroup)],
    columns: ['name', 'properties'],
  })

export const associationsOf = (resourceGroup: string): string =>
  listOf({
    table: 'insightsresources',
    type: 'microsoft.insights/datacollectionruleassociations',
    where: [inGroup(resourceGroup)],
    columns: ['name', 'properties'],
  })
