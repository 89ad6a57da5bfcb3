/** What the pools stand on: resource groups, networks, storage, images, locks, and who may do what. Keys are lower-cased ids. */
import type { Instant } from '../../src/lib/core/time.ts'

/** Anything that is only looked at, as Azure writes it. */
export type SimResource = {
  readonly id: string
  /** In Azure's letter case. */
  readonly type: string
  readonly location: string
  readonly kind?: string
  readonly sku?: { readonly name: string; readonly tier?: string }
  readonly zones?: readonly string[]
  readonly tags?: Readonly<Record<string, string>>
  readonly properties: Readonly<Record<string, unknown>>
}

export type SimLock = {
  readonly name: string
  /** What is locked, with everything below it. */
  readonly scope: string
  readonly level: 'CanNotDelete' | 'ReadOnly'
}

/** What a principal may do at a scope and below; who has no entry at all may do everything. */
export type SimRight = {
  readonly scope: string
  readonly actions: readonly string[]
  readonly notActions?: readonly string[]
}

export type SimShare = { readonly name: string; readonly quotaGiB: number; readonly usedBytes: number }

export type SimReplica = {
  readonly region: string
  readonly count: number
  readonly state: 'Completed' | 'Replicating' | 'Failed' | 'Unknown'
}
export type SimImageVersion = {
  readonly id: string
  readonly location: string
  readonly replicas: readonly SimReplica[]
}

/** What a machine was made of, and what holds it. Of a machine that a failover makes only the disk counts. */
export type MachineTraits = {
  readonly image?: Readonly<Record<string, string>>
  readonly osDiskSku?: string
  readonly isEphemeral?: boolean
  readonly availabilitySetId?: string
}

export type SimDiagnosticSetting = { readonly name: string; readonly workspaceId: string }

export type SimPackage = {
  readonly fullName: string
  readonly version: string
  readonly isActive: boolean
  readonly imagePath: string
}
/** App attach: of a subscription, for the pools it names. */
export type SimAppAttachPackage = SimPackage & {
  readonly id: string
  readonly location: string
  readonly hostPools: readonly string[]
}

export type SimBackupItem = {
  readonly vault: string
  readonly kind: 'vm' | 'share'
  /** Id of the VM, or of the storage account of the share. */
  readonly sourceId: string
  readonly share?: string
  readonly policy: string
  readonly state: 'Protected' | 'ProtectionStopped' | 'ProtectionError' | 'IRPending'
  /** Missing: last night. */
  readonly lastBackup?: Instant
}

export type Surroundings = {
  readonly resourceGroups: Map<string, { readonly id: string; readonly location: string }>
  readonly resources: Map<string, SimResource>
  readonly locks: Map<string, SimLock>
  /** By object id, lower case. */
  readonly rights: Map<string, readonly SimRight[]>
  /** By storage account. */
  readonly shares: Map<string, readonly SimShare[]>
  readonly images: Map<string, SimImageVersion>
  /** By VM; one that is not here was made of an image of the marketplace. */
  readonly traits: Map<string, MachineTraits>
  /** By resource group: the subnet that its machines are in. */
  readonly subnetOfGroup: Map<string, string>
  /** By what they are of. */
  readonly diagnostics: Map<string, readonly SimDiagnosticSetting[]>
  /** By host pool. */
  readonly msixPackages: Map<string, readonly SimPackage[]>
  readonly appAttachPackages: Map<string, SimAppAttachPackage>
  readonly backupItems: SimBackupItem[]
  /** Region → how it is dead; silent, where it is not here. */
  readonly deaths: Map<string, Death>
}

/** How a region is dead: it takes requests and never answers, there is no way to it, or what answers talks nonsense. */
export type Death = 'silent' | 'unreachable' | 'garbage'

export const createSurroundings = (): Surroundings => ({
  resourceGroups: new Map(),
  resources: new Map(),
  locks: new Map(),
  rights: new Map(),
  shares: new Map(),
  images: new Map(),
  traits: new Map(),
  subnetOfGroup: new Map(),
  diagnostics: new Map(),
  msixPackages: new Map(),
  appAttachPackages: new Map(),
  backupItems: [],
  deaths: new Map(),
})
