/** The registry, in the order of the pages: what stops a failover first. */
import type { Rule } from '../rule.ts'
import { accessNotInherited } from './access-not-inherited.ts'
import { applicationGroupsMirrored } from './application-groups-mirrored.ts'
import { applicationsMirrored } from './applications-mirrored.ts'
import { capacityCoversPeak } from './capacity-covers-peak.ts'
import { capacityReserved } from './capacity-reserved.ts'
import { capacityWithoutAZone } from './capacity-without-a-zone.ts'
import { cloudCacheAlone } from './cloud-cache-alone.ts'
import { cloudCacheForOffice } from './cloud-cache-for-office.ts'
import { cloudCacheOrder } from './cloud-cache-order.ts'
import { counterpartHosts } from './counterpart-hosts.ts'
import { imageInBothRegions } from './image-in-both-regions.ts'
import { imageReplicas } from './image-replicas.ts'
import { localDiskForCache } from './local-disk-for-cache.ts'
import { mappedGroupsExist } from './mapped-groups-exist.ts'
import { oneSideHasAccess } from './one-side-has-access.ts'
import { osDiskPremium } from './os-disk-premium.ts'
import { poolSettingsEqual } from './pool-settings-equal.ts'
import { profileType } from './profile-type.ts'
import { quotaCoversStarts } from './quota-covers-starts.ts'
import { sameImage } from './same-image.ts'
import { sizesOffered } from './sizes-offered.ts'

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
  poolSettingsEqual,
  osDiskPremium,
  localDiskForCache,
  cloudCacheOrder,
  cloudCacheAlone,
  cloudCacheForOffice,
  profileType,
]
