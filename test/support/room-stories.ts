/** Desktops for which the region that is entered has no room. */
import type { ReplicatedItem } from '../../src/lib/model/azure.ts'
import type { PairSeen, SideSeen } from '../../src/lib/model/inventory.ts'
import { itemOf, personalSeen, subscription, withSide } from './plans.ts'
import type { NoticeStory } from './replicated-stories.ts'

export const reservationGroup = `/subscriptions/${subscription}/resourceGroups/rg-pw/providers/Microsoft.Compute/capacityReservationGroups/crg-w`
export const subnet = 'rg-net/vnet-w/desktops'

/** Three desktops that would be made with these traits. */
export const comingWith = (traits: Partial<ReplicatedItem>, side: Partial<SideSeen> = {}): PairSeen => ({
  ...withSide(personalSeen, 'secondary', side),
  replicatedItems: ['pc-1', 'pc-2', 'pc-3'].map((name) => itemOf(name, traits)),
})

const offer = { size: 'Standard_D4s_v5', isRestricted: false, zones: ['1', '3'] }
const refusing = { in: 'refusals', down: 'findings' } as const

export const roomStories = {
  sizeRestricted: {
    story: { pair: 'personal', seen: comingWith({ targetZone: '2' }, { sizes: [offer] }) },
    subjects: ['Standard_D4s_v5 in zone 2: 3'],
    ...refusing,
  },
  sizeUnknown: {
    story: { pair: 'personal', seen: comingWith({ targetSize: 'Standard_D8s_v5' }, { quotas: [] }) },
    in: 'warnings',
    subjects: ['Standard_D8s_v5'],
    down: 'warnings',
  },
  reservationMissing: {
    story: { pair: 'personal', seen: comingWith({ capacityReservationGroup: reservationGroup }) },
    subjects: ['crg-w'],
    ...refusing,
  },
  reservationShort: {
    story: {
      pair: 'personal',
      seen: comingWith(
        { capacityReservationGroup: reservationGroup.toUpperCase() },
        { reservations: [{ id: reservationGroup, reservations: [] }] },
      ),
    },
    subjects: ['CRG-W: Standard_D4s_v5: 3 needed, 0 free, 3 desktops short'],
    ...refusing,
  },
  subnetMissing: {
    story: { pair: 'personal', seen: comingWith({ targetSubnets: [subnet] }) },
    subjects: ['vnet-w/desktops'],
    ...refusing,
  },
  subnetFull: {
    story: {
      pair: 'personal',
      seen: comingWith({ targetSubnets: [subnet] }, { subnets: [{ key: subnet, size: 11, used: 10 }] }),
    },
    subjects: ['vnet-w/desktops: 3 needed, 1 free, 2 desktops short'],
    ...refusing,
  },
} as const satisfies Readonly<Record<string, NoticeStory>>
