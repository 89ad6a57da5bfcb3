/** The registry, in the order of the pages: what stops a failover first. */
import type { Rule } from '../rule.ts'
import { accessNotInherited } from './access-not-inherited.ts'
import { agentVersions } from './agent-versions.ts'
import { appOutsidePrimary } from './app-outside-primary.ts'
import { applicationGroupsMirrored } from './application-groups-mirrored.ts'
import { applicationsMirrored } from './applications-mirrored.ts'
import { backupVaultRedundancy } from './backup-vault-redundancy.ts'
import { capacityCoversPeak } from './capacity-covers-peak.ts'
import { capacityReserved } from './capacity-reserved.ts'
import { capacityWithoutAZone } from './capacity-without-a-zone.ts'
import { cloudCacheAlone } from './cloud-cache-alone.ts'
import { cloudCacheForOffice } from './cloud-cache-for-office.ts'
import { cloudCacheOrder } from './cloud-cache-order.ts'
import { counterpartHosts } from './counterpart-hosts.ts'
import { domainControllersPrimary } from './domain-controllers-primary.ts'
import { domainControllersSecondary } from './domain-controllers-secondary.ts'
import { domainServicesReplicas } from './domain-services-replicas.ts'
import { gatewaysZoneRedundant } from './gateways-zone-redundant.ts'
import { hostsHealthy } from './hosts-healthy.ts'
import { imageInBothRegions } from './image-in-both-regions.ts'
import { imageReplicas } from './image-replicas.ts'
import { inactiveSideFenced } from './inactive-side-fenced.ts'
import { keyVaultsOutsidePrimary } from './key-vaults-outside-primary.ts'
import { localDiskForCache } from './local-disk-for-cache.ts'
import { logAnalytics } from './log-analytics.ts'
import { machinesBackedUp } from './machines-backed-up.ts'
import { mappedGroupsExist } from './mapped-groups-exist.ts'
import { networkDns } from './network-dns.ts'
import { networksPeered } from './networks-peered.ts'
import { noDeleteLocks } from './no-delete-locks.ts'
import { oneSideHasAccess } from './one-side-has-access.ts'
import { osDiskPremium } from './os-disk-premium.ts'
import { ownRights } from './own-rights.ts'
import { packageStorage } from './package-storage.ts'
import { packagesInBothPools } from './packages-in-both-pools.ts'
import { poolSettingsEqual } from './pool-settings-equal.ts'
import { profileType } from './profile-type.ts'
import { quotaCoversStarts } from './quota-covers-starts.ts'
import { replicationCoversDesktops } from './replication-covers-desktops.ts'
import { replicationHealthy } from './replication-healthy.ts'
import { resourceGroupsOutsidePrimary } from './resource-groups-outside-primary.ts'
import { sameImage } from './same-image.ts'
import { scalingPlansPaired } from './scaling-plans-paired.ts'
import { serviceLimits } from './service-limits.ts'
import { shareRoom } from './share-room.ts'
import { sharesBackedUp } from './shares-backed-up.ts'
import { sizesOffered } from './sizes-offered.ts'
import { standbyTokens } from './standby-tokens.ts'
import { startOnConnect } from './start-on-connect.ts'
import { storageAccountsApart } from './storage-accounts-apart.ts'
import { storageNotGeoRedundant } from './storage-not-geo-redundant.ts'
import { storageZoneRedundant } from './storage-zone-redundant.ts'
import { tierSet } from './tier-set.ts'
import { vaultOutsidePrimary } from './vault-outside-primary.ts'
import { workspaceModel } from './workspace-model.ts'
import { zonesSpread } from './zones-spread.ts'

export const rules: readonly Rule[] = [
  oneSideHasAccess,
  accessNotInherited,
  mappedGroupsExist,
  applicationGroupsMirrored,
  applicationsMirrored,
  counterpartHosts,
  capacityCoversPeak,
  capacityWithoutAZone,
  quotaCoversStarts,
  sizesOffered,
  capacityReserved,
  sameImage,
  imageInBothRegions,
  imageReplicas,
  replicationCoversDesktops,
  replicationHealthy,
  standbyTokens,
  hostsHealthy,
  agentVersions,
  zonesSpread,
  scalingPlansPaired,
  startOnConnect,
  noDeleteLocks,
  vaultOutsidePrimary,
  keyVaultsOutsidePrimary,
  resourceGroupsOutsidePrimary,
  appOutsidePrimary,
  ownRights,
  inactiveSideFenced,
  poolSettingsEqual,
  osDiskPremium,
  localDiskForCache,
  cloudCacheOrder,
  cloudCacheAlone,
  cloudCacheForOffice,
  profileType,
  storageAccountsApart,
  storageZoneRedundant,
  storageNotGeoRedundant,
  shareRoom,
  packagesInBothPools,
  packageStorage,
  logAnalytics,
  serviceLimits,
  networksPeered,
  networkDns,
  gatewaysZoneRedundant,
  workspaceModel,
  machinesBackedUp,
  sharesBackedUp,
  backupVaultRedundancy,
  domainControllersPrimary,
  domainControllersSecondary,
  domainServicesReplicas,
  tierSet,
]
