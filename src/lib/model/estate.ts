/**
 * What is seen of Azure around the pairs: what they stand on. Drift rules compare it; no operation is planned from it.
 * Optional means "Azure did not say".
 */
import type { Instant } from '../core/time.ts'
import type { Vm } from './azure.ts'
import type { Gap } from './inventory.ts'

export type ResourceGroup = { readonly id: string; readonly location: string }

/** Of whatever scope below a subscription: the subscription, a resource group, one resource. */
export type Lock = {
  readonly id: string
  readonly name: string
  /** Id of what is locked. What is below it is locked with it. */
  readonly scope: string
  /** `ReadOnly` keeps everything from being changed, `CanNotDelete` from being deleted. */
  readonly level: 'CanNotDelete' | 'ReadOnly' | 'other'
}

/** What the app itself may do at a scope: an action is allowed when one entry has it and does not take it out again. */
export type RightsAt = {
  /** Id of a resource group. */
  readonly scope: string
  readonly rights: readonly { readonly actions: readonly string[]; readonly notActions: readonly string[] }[]
}

export type StorageAccount = {
  readonly id: string
  readonly name: string
  readonly location: string
  /** Azure's, e.g. `Premium_ZRS`. */
  readonly sku: string
  /** Azure's, e.g. `FileStorage`. */
  readonly kind: string
}

export type FileShare = {
  /** Id of the storage account. */
  readonly accountId: string
  readonly name: string
  readonly quotaGiB: number
  readonly usedBytes?: number
}

export type Network = {
  readonly id: string
  readonly location: string
  /** Empty: Azure's own. */
  readonly dnsServers: readonly string[]
  readonly peerings: readonly { readonly remoteId: string /** `Connected`, … */; readonly state: string }[]
}

export type NetworkGateway = {
  readonly id: string
  readonly location: string
  readonly kind: 'Vpn' | 'ExpressRoute' | 'other'
  /** Azure's, e.g. `ErGw1AZ`. */
  readonly sku: string
}

/** Subnets that network cards of a resource group are in: where the machines of a side stand. */
export type NetworkUse = {
  /** `<subscription>/<resource group>` in lower case. */
  readonly group: string
  readonly subnetId: string
}

/** A version of a golden image in a gallery, as far as machines of the plan were made of it. */
export type ImageVersion = {
  readonly id: string
  /** Of the gallery itself: without its region no version of it can be changed. */
  readonly galleryLocation?: string
  readonly replicas: readonly {
    /** As Azure writes regions in ids, e.g. `uksouth`. */
    readonly region: string
    readonly count: number
    /** `Completed`, `Replicating`, `Failed`, `Unknown`. */
    readonly state?: string
  }[]
}

/** Recovery Services vault. */
export type Vault = {
  readonly id: string
  readonly location: string
  /** Of backups: `LocallyRedundant`, `ZoneRedundant`, `GeoRedundant`. */
  readonly redundancy?: string
}

export type KeyVault = { readonly id: string; readonly location: string }

/** Something Azure Backup protects. */
export type BackupItem = {
  readonly id: string
  readonly vaultId: string
  readonly kind: 'vm' | 'share' | 'other'
  /** Id of the VM, or of the storage account of the share. */
  readonly sourceId: string
  /** Of a share. */
  readonly share?: string
  readonly policyId?: string
  /** `Protected`, `ProtectionStopped`, … */
  readonly state: string
  readonly lastBackup?: Instant
}

/** Microsoft Entra Domain Services. */
export type DomainService = {
  readonly id: string
  readonly name: string
  readonly replicaRegions: readonly string[]
}

/** Of one host pool, application group or workspace. */
export type DiagnosticSetting = {
  readonly resourceId: string
  readonly name: string
  readonly workspaceId?: string
}

/**
 * Of all subscriptions of the plan at once. A missing property has a gap that says why; one with a gap beside it is as it
 * was last seen.
 */
export type EstateSeen = {
  readonly resourceGroups?: readonly ResourceGroup[]
  readonly locks?: readonly Lock[]
  /** Of the resource groups of every side, and of its vault. */
  readonly rights?: readonly RightsAt[]
  readonly storageAccounts?: readonly StorageAccount[]
  /** Of the accounts the plan names. */
  readonly shares?: readonly FileShare[]
  readonly networks?: readonly Network[]
  readonly networkGateways?: readonly NetworkGateway[]
  readonly networkUse?: readonly NetworkUse[]
  readonly images?: readonly ImageVersion[]
  readonly vaults?: readonly Vault[]
  readonly keyVaults?: readonly KeyVault[]
  readonly backupItems?: readonly BackupItem[]
  /** Those the plan names. */
  readonly domainControllers?: readonly Vm[]
  readonly domainServices?: readonly DomainService[]
  readonly gaps: readonly Gap[]
}
