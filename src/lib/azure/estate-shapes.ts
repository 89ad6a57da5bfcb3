/** Rows of Resource Graph, as `graph-queries.ts` asks for them. Undefined without what identifies the thing. */
import type { Vm } from '../model/azure.ts'
import type {
  BackupItem,
  DomainService,
  KeyVault,
  Network,
  NetworkGateway,
  NetworkUse,
  ResourceGroup,
  StorageAccount,
  Vault,
} from '../model/estate.ts'
import { powerFrom, tagsOf } from './compute-shapes.ts'
import { lastOf, list, moment, record, text, texts, type Wire } from './wire.ts'

/** Of resource groups and of key vaults. */
export function placeOf(value: unknown): (ResourceGroup & KeyVault) | undefined {
  const { id, location } = rowOf(value)
  return id ? { id, location } : undefined
}

export function storageAccountOf(value: unknown): StorageAccount | undefined {
  const { id, location, row } = rowOf(value)
  return id ? { id, name: lastOf(id), location, sku: text(row.sku) ?? '', kind: text(row.kind) ?? '' } : undefined
}

export function networkOf(value: unknown): Network | undefined {
  const { id, location, row } = rowOf(value)
  if (!id) return undefined
  const peerings = list(row.peerings).flatMap((entry) => {
    const properties = record(record(entry)?.properties) ?? {}
    const remoteId = text(record(properties.remoteVirtualNetwork)?.id)
    return remoteId === undefined ? [] : [{ remoteId, state: text(properties.peeringState) ?? 'Unknown' }]
  })
  return { id, location, dnsServers: texts(row.dnsServers), peerings }
}

export function networkGatewayOf(value: unknown): NetworkGateway | undefined {
  const { id, location, row } = rowOf(value)
  const kind = (['Vpn', 'ExpressRoute'] as const).find((word) => word.toLowerCase() === text(row.kind)?.toLowerCase())
  return id ? { id, location, kind: kind ?? 'other', sku: text(row.sku) ?? '' } : undefined
}

/** Without a subnet: network cards that are in none any more. */
export function networkUseOf(value: unknown): Partial<NetworkUse> | undefined {
  const { row } = rowOf(value)
  const subscription = text(row.subscriptionId)
  const resourceGroup = text(row.resourceGroup)
  const subnetId = text(row.subnetId)
  if (!subscription || !resourceGroup) return undefined
  return { group: `${subscription}/${resourceGroup}`.toLowerCase(), ...(subnetId !== undefined && { subnetId }) }
}

export function vaultOf(value: unknown): Vault | undefined {
  const { id, location, row } = rowOf(value)
  const redundancy = text(row.redundancy)
  return id ? { id, location, ...(redundancy !== undefined && { redundancy }) } : undefined
}

/** Items of the older vaults name their source in one of two places, and their state in one of two words. */
export function backupItemOf(value: unknown): BackupItem | undefined {
  const { id, row } = rowOf(value)
  const vaultId = vaultIn.exec(id ?? '')?.[1]
  const sourceId = text(row.source) ?? text(row.dataSource)
  if (!id || !vaultId || !sourceId) return undefined
  const kind = kindOf(text(row.management))
  const share = kind === 'share' ? text(row.friendlyName) : undefined
  const policyId = text(row.policyId)
  const lastBackup = moment(row.lastBackup)
  return {
    id,
    vaultId,
    kind,
    sourceId,
    state: text(row.currentState) ?? text(row.state) ?? 'Unknown',
    ...(share !== undefined && { share }),
    ...(policyId !== undefined && { policyId }),
    ...(lastBackup !== undefined && { lastBackup }),
  }
}

const vaultIn = /^(\/.+?\/providers\/microsoft\.recoveryservices\/vaults\/[^/]+)\//i

/** `BackupManagementType` of the interface's description. */
function kindOf(management: string | undefined): BackupItem['kind'] {
  if (/^AzureIaasVM$/i.test(management ?? '')) return 'vm'
  return /^AzureStorage$/i.test(management ?? '') ? 'share' : 'other'
}

export function domainServiceOf(value: unknown): DomainService | undefined {
  const { id, row } = rowOf(value)
  if (!id) return undefined
  const replicaRegions = list(row.replicaSets).flatMap((entry) => text(record(entry)?.location) ?? [])
  return { id, name: text(row.name) ?? lastOf(id), replicaRegions }
}

export function machineOf(value: unknown): Vm | undefined {
  const { id, location, row } = rowOf(value)
  if (!id) return undefined
  const [zone] = texts(row.zones)
  return {
    id,
    name: text(row.name) ?? lastOf(id),
    location,
    size: text(row.size) ?? '',
    power: powerFrom(text(row.power)),
    tags: tagsOf(row.tags),
    ...(zone !== undefined && { zone }),
  }
}

/** One that no VM has may be there as well. */
export function osDiskOf(value: unknown): { readonly vmId?: string; readonly sku?: string } | undefined {
  const { id, row } = rowOf(value)
  const vmId = text(row.managedBy)
  const sku = text(row.sku)
  return id ? { ...(vmId !== undefined && { vmId }), ...(sku !== undefined && { sku }) } : undefined
}

function rowOf(value: unknown): { readonly id: string | undefined; readonly location: string; readonly row: Wire } {
  const row = record(value) ?? {}
  return { id: text(row.id), location: text(row.location) ?? '', row }
}
