/** What the pairs stand on. Reads only, mostly by Resource Graph. */
import { idKey } from '../core/arm-id.ts'
import type { Answer } from '../core/fault.ts'
import type { Estate } from '../ports/estate.ts'
import type { AzureClients } from './clients.ts'
import { plainReadsOf, actions as plainRights } from './estate-plain.ts'
import {
  backupItemOf,
  domainServiceOf,
  machineOf,
  networkGatewayOf,
  networkOf,
  networkUseOf,
  osDiskOf,
  placeOf,
  storageAccountOf,
  vaultOf,
} from './estate-shapes.ts'
import {
  backupItems,
  domainServices,
  keyVaults,
  machines,
  networkGateways,
  networks,
  networkUse,
  osDisks,
  resourceGroups,
  storageAccounts,
  vaults,
} from './graph-queries.ts'
import { actions as graphRights, graphRows } from './resource-graph.ts'

/** The rights this gateway needs. Resource Graph shows what its caller may read, and nothing of what is missing. */
export const actions: readonly string[] = [
  ...graphRights,
  ...plainRights,
  'Microsoft.AAD/domainServices/read',
  'Microsoft.Compute/disks/read',
  'Microsoft.Compute/virtualMachines/read',
  'Microsoft.KeyVault/vaults/read',
  'Microsoft.Network/networkInterfaces/read',
  'Microsoft.Network/virtualNetworkGateways/read',
  'Microsoft.Network/virtualNetworks/read',
  'Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems/read',
  'Microsoft.RecoveryServices/vaults/read',
  'Microsoft.Resources/subscriptions/resourceGroups/read',
  'Microsoft.Storage/storageAccounts/read',
]

type Azure = Pick<AzureClients, 'calls' | 'get' | 'query' | 'pause'>

export function createEstate(azure: Azure): Estate {
  const rowsBy =
    <T>(text: string, what: string, map: (row: unknown) => T | undefined) =>
    (subscriptions: readonly string[]): Promise<Answer<readonly T[]>> =>
      graphRows(azure, { subscriptions, text }, what, map)
  const inSubnets = rowsBy(networkUse, 'A network card', networkUseOf)
  return {
    resourceGroups: rowsBy(resourceGroups, 'A resource group', placeOf),
    storageAccounts: rowsBy(storageAccounts, 'A storage account', storageAccountOf),
    networks: rowsBy(networks, 'A virtual network', networkOf),
    networkGateways: rowsBy(networkGateways, 'A network gateway', networkGatewayOf),
    async networkUse(subscriptions) {
      const rows = await inSubnets(subscriptions)
      if (rows.kind !== 'ok') return rows
      const value = rows.value.flatMap(({ group, subnetId }) => (group && subnetId ? [{ group, subnetId }] : []))
      return { kind: 'ok', value }
    },
    vaults: rowsBy(vaults, 'A vault', vaultOf),
    keyVaults: rowsBy(keyVaults, 'A key vault', placeOf),
    backupItems: rowsBy(backupItems, 'A backup item', backupItemOf),
    domainServices: rowsBy(domainServices, 'A domain service', domainServiceOf),
    async machines(ids) {
      if (ids.length === 0) return { kind: 'ok', value: [] }
      const subscriptions = [...new Set(ids.map((id) => (id.split('/')[2] ?? '').toLowerCase()))]
      return graphRows(azure, { subscriptions, text: machines(ids) }, 'A VM', machineOf)
    },
    async osDisks(subscriptions, groups) {
      if (groups.length === 0) return { kind: 'ok', value: new Map() }
      const rows = await graphRows(azure, { subscriptions, text: osDisks(groups) }, 'A disk', osDiskOf)
      if (rows.kind !== 'ok') return rows
      const told = rows.value.flatMap(({ vmId, sku }) => (vmId && sku ? [[idKey(vmId), sku] as const] : []))
      return { kind: 'ok', value: new Map(told) }
    },
    ...plainReadsOf(azure),
  }
}
