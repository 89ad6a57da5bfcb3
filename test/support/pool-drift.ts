/** What the rules about pooled pairs look at, on top of the small pooled pair: applications, peaks, images, zones. */
import type { Application, Vm } from '../../src/lib/model/azure.ts'
import type { ImageVersion } from '../../src/lib/model/estate.ts'
import type { ApplicationGroupSeen, PairSeen } from '../../src/lib/model/inventory.ts'
import { groupIdOf, pooledSeen, subscription, withSide } from './plans.ts'
import { mapVms, sides, withBoth } from './side-traits.ts'

export const well = { findings: [], unchecked: [] }

/** Of all application groups of the pair; `undefined` takes one away. */
export const mapGroups = (
  seen: PairSeen,
  map: (group: ApplicationGroupSeen) => ApplicationGroupSeen | undefined,
): PairSeen =>
  withBoth(seen, (side) => ({
    applicationGroups: (seen[side].applicationGroups ?? []).flatMap((group) => map(group) ?? []),
  }))

export const groupSettings = { friendlyName: 'Office', description: '', showInFeed: 'true' }

export const applicationOf = (group: string, name: string, settings: Application['settings'] = {}): Application => ({
  id: `${groupIdOf(group)}/applications/${name}`,
  name,
  settings: { filePath: `C:\\${name}.exe`, showInPortal: 'true', ...settings },
})

/** Desktop groups, and groups of two applications, alike on both sides. */
export const mirroredSeen: PairSeen = mapGroups(pooledSeen, (group) =>
  group.name.startsWith('dag')
    ? { ...group, settings: groupSettings }
    : {
        ...group,
        type: 'RemoteApp',
        settings: groupSettings,
        applications: [applicationOf(group.name, 'word'), applicationOf(group.name, 'excel')],
      },
)

/** Four hosts a side hold ten sessions each. */
export const withPeaks = (seen: PairSeen, ...sessions: readonly number[]): PairSeen => ({
  ...seen,
  peaks: sessions.map((count, i) => ({ day: `2026-03-1${i}`, sessions: count })),
})

export const withZones = (seen: PairSeen, side: 'primary' | 'secondary', ...zones: readonly string[]): PairSeen => {
  const left = [...zones]
  return mapVms(seen, side, ({ zone: _, ...vm }) => {
    const zone = left.shift()
    return zone === undefined ? vm : { ...vm, zone }
  })
}

export const versionId = (gallery: string, version: string, image = 'win11') =>
  `/subscriptions/${subscription}/resourceGroups/rg-g/providers/Microsoft.Compute/galleries/${gallery}/images/${image}/versions/${version}`

/** All machines of one side made of it. */
export const madeOf = (
  seen: PairSeen,
  side: 'primary' | 'secondary',
  image: string,
  traits: Partial<Vm> = {},
): PairSeen => mapVms(seen, side, (vm) => ({ ...vm, image, ...traits }))

export const imagedSeen: PairSeen = sides.reduce(
  (seen, side) => madeOf(seen, side, versionId('gal', '1.0.3')),
  pooledSeen,
)

type Replica = ImageVersion['replicas'][number]

export const replicaOf = (region: string, traits: Partial<Replica> = {}): Replica => ({
  region,
  count: 1,
  state: 'Completed',
  ...traits,
})

export const imageOf = (traits: Partial<ImageVersion> = {}): ImageVersion => ({
  id: versionId('gal', '1.0.3'),
  galleryLocation: 'ukwest',
  replicas: [replicaOf('uksouth'), replicaOf('ukwest')],
  ...traits,
})

export const withoutHosts = (seen: PairSeen, side: 'primary' | 'secondary', ...names: readonly string[]): PairSeen =>
  withSide(seen, side, { vms: (seen[side].vms ?? []).filter(({ name }) => !names.includes(name)) })
