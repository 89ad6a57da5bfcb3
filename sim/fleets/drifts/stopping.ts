/** One fault for each rule about who has access, what there is room for, and images. */
import { idKey } from '../../../src/lib/core/arm-id.ts'
import { quotaKey, sizeOf } from '../../estate/quota.ts'
import { restrictSize } from '../../estate/room.ts'
import { setTraits, surroundingsOf } from '../../estate/surroundings.ts'
import { worldOf } from '../../estate/world.ts'
import type { Drift, DriftPlace } from '../drift.ts'
import { edit, first, grantByHand, sessionsOf } from './tools.ts'

export const stopping = {
  'one-side-has-access': {
    seed: (place) =>
      grantByHand(place, first(place.ids.pooled.secondary.applicationGroups), first(place.ids.groups).id),
  },
  'access-not-inherited': {
    seed: (place) => grantByHand(place, place.ids.pooled.primary.resourceGroup, first(place.ids.groups).id),
  },
  'mapped-groups-exist': {
    seed: (place) =>
      grantByHand(place, first(place.ids.pooled.primary.applicationGroups), 'eeeeeeee-0000-4000-8000-000000000001'),
  },
  'application-groups-mirrored': {
    seed({ sim, ids }) {
      const group = sim.estate.applicationGroups.get(idKey(first(ids.pooled.secondary.applicationGroups)))
      if (group) group.settings = { ...group.settings, showInFeed: false }
    },
  },
  'applications-mirrored': {
    fleet: { applicationGroups: 2 },
    seed({ sim, ids }) {
      const other = { commandLineSetting: 'Require', commandLineArguments: '/readonly' }
      const id = ids.pooled.secondary.applicationGroups[1] ?? ''
      edit(worldOf(sim).applications, id, ([one, ...rest]) => (one ? [{ ...one, settings: other }, ...rest] : rest))
    },
  },
  'counterpart-hosts': {
    seed: ({ sim, ids }) => void sim.estate.vms.delete(idKey(ids.pooled.secondary.vms.at(-1) ?? '')),
  },
  /** One session a host, while there are several on each. */
  'capacity-covers-peak': { seed: (place) => limitSessions(place, 1) },
  /** Just enough for all, as long as all zones are there. */
  'capacity-without-a-zone': {
    seed: (place) => limitSessions(place, Math.ceil(sessionsOf(place) / place.ids.pooled.secondary.vms.length)),
  },
  'quota-covers-starts': {
    seed({ sim, ids }) {
      const size = first([...sim.estate.vms.values()]).size
      const key = quotaKey(ids.subscription, ids.secondaryLocation, sizeOf(size).family)
      edit(sim.estate.quotas, key, ({ used }) => ({ used, limit: used + 4 }))
    },
  },
  'sizes-offered': {
    seed({ sim, ids }) {
      const size = first([...sim.estate.vms.values()]).size
      restrictSize(sim, { location: ids.secondaryLocation, size, zone: '3' })
    },
  },
  'capacity-reserved': {
    seed: ({ sim, ground }) =>
      edit(worldOf(sim).reservationGroups, ground.reservations.pooled, (group) => ({
        ...group,
        reservations: group.reservations.slice(1),
      })),
  },
  'same-image': {
    seed({ sim, ids, ground }) {
      const older = ground.imageVersion.replace(/[^/]+$/, '1.3.0')
      const version = surroundingsOf(sim).images.get(idKey(ground.imageVersion))
      if (version) surroundingsOf(sim).images.set(idKey(older), { ...version, id: older })
      for (const id of ids.pooled.secondary.vms) setTraits(sim, id, { image: { id: older, exactVersion: '1.3.0' } })
    },
  },
  'image-in-both-regions': {
    seed: ({ sim, ids, ground }) =>
      edit(surroundingsOf(sim).images, ground.imageVersion, (version) => ({
        ...version,
        replicas: version.replicas.filter(({ region }) => region !== ids.secondaryLocation),
      })),
  },
  'image-replicas': {
    fleet: { pooledHosts: 60 },
    seed: ({ sim, ground }) =>
      edit(surroundingsOf(sim).images, ground.imageVersion, (version) => ({
        ...version,
        replicas: version.replicas.map((replica) => ({ ...replica, count: 1 })),
      })),
  },
} satisfies Readonly<Record<string, Drift>>

/** What hosts hold from now on, whoever is on them already. */
function limitSessions({ sim, ids }: DriftPlace, maxSessionLimit: number): void {
  for (const { hostPool } of [ids.pooled.primary, ids.pooled.secondary])
    edit(sim.estate.hostPools, hostPool, (pool) => ({ ...pool, maxSessionLimit }))
}
