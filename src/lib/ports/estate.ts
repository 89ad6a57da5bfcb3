/** What is asked of Azure around the pairs, mostly by lists of Resource Graph over several subscriptions at once. */
import type { Answer } from '../core/fault.ts'
import type { Vm } from '../model/azure.ts'
import type {
  BackupItem,
  DiagnosticSetting,
  DomainService,
  FileShare,
  ImageVersion,
  KeyVault,
  Lock,
  Network,
  NetworkGateway,
  NetworkUse,
  ResourceGroup,
  RightsAt,
  StorageAccount,
  Vault,
} from '../model/estate.ts'

type Subscriptions = readonly string[]
type List<T> = (subscriptions: Subscriptions) => Promise<Answer<readonly T[]>>

/** Reads only. Lists by Resource Graph are seconds to minutes old. */
export type Estate = {
  readonly resourceGroups: List<ResourceGroup>
  readonly storageAccounts: List<StorageAccount>
  readonly networks: List<Network>
  readonly networkGateways: List<NetworkGateway>
  /** One entry for each resource group and subnet, not for each network card. */
  readonly networkUse: List<NetworkUse>
  readonly vaults: List<Vault>
  readonly keyVaults: List<KeyVault>
  readonly backupItems: List<BackupItem>
  readonly domainServices: List<DomainService>
  /** Of everything in one subscription: one list. */
  readonly locks: (subscription: string) => Promise<Answer<readonly Lock[]>>
  /** What the caller may do in one resource group: one read. */
  readonly rights: (resourceGroupId: string) => Promise<Answer<RightsAt>>
  /** One account: one list, and one read for each share, since lists do not tell how full they are. */
  readonly shares: (accountId: string) => Promise<Answer<readonly FileShare[]>>
  /** One version, with its replication: two reads, of the version and its gallery. */
  readonly image: (versionId: string) => Promise<Answer<ImageVersion>>
  /** Of one resource: one list. */
  readonly diagnostics: (resourceId: string) => Promise<Answer<readonly DiagnosticSetting[]>>
  /** Machines by id, wherever they are: one list. Those that do not exist are missing. */
  readonly machines: (ids: readonly string[]) => Promise<Answer<readonly Vm[]>>
  /** Azure's kind of the OS disk of each VM whose disk is in one of these resource groups; keys are `idKey` of the VM. */
  readonly osDisks: (
    subscriptions: Subscriptions,
    resourceGroups: readonly string[],
  ) => Promise<Answer<ReadonlyMap<string, string>>>
}
