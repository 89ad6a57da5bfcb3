import { stringify } from 'yaml'
import { parseArmId } from '../../src/lib/core/arm-id.ts'
import type { FleetIds, SideIds } from './fleet-ids.ts'
import { groundInPlan } from './surrounding-ids.ts'

/** What a story may want otherwise; lengths of time as a plan writes them. */
export type PlanOverrides = {
  readonly batchSize?: number
  readonly batchInterval?: string
  readonly deadSideDeadline?: string
  readonly grace?: string
  readonly capacityDeadline?: string
  readonly minimumCapacity?: number | string
  readonly keepAlive?: KeepAliveOverrides
  /** Of the personal pairs. */
  readonly replicated?: ReplicatedOverrides
  /** Azure Backup is to have desktops and shares. */
  readonly backup?: boolean
  /** In place of the fleet's own domain, as a plan writes it. */
  readonly identity?: Readonly<Record<string, unknown>>
  /** Policies of rules, as a plan writes them. */
  readonly drift?: Readonly<Record<string, unknown>>
  /** The plan's own entries of the extension catalogue. */
  readonly extensions?: readonly Readonly<Record<string, unknown>>[]
}

/** As a plan writes them; what is left out has its default there, but for `reprotect`: it waits for a person. */
export type ReplicatedOverrides = {
  readonly commit?:
    | 'auto'
    | 'manual'
    | { readonly manual: { readonly deadline?: string; readonly remindEvery?: string } }
  readonly recoveryPoint?: string
  readonly extensions?: { readonly before?: 'users' }
  readonly reprotect?: 'auto' | 'manual'
}

/** As a plan writes them; what is left out has its default there. */
export type KeepAliveOverrides = {
  readonly every?: string
  readonly stayOn?: string
  readonly maxOnTime?: string
  readonly window?: { days?: readonly string[]; from?: string; to?: string; timeZone?: string }
  readonly maxConcurrent?: number
  readonly maxPerDay?: number
  readonly patches?: 'none' | 'assess' | 'install'
  readonly repair?: 'off' | 'propose' | 'replace'
  readonly template?: string
}

/** The DR plan that fits a fleet, or several: pairs `pooled-uk` and `personal-uk`, with their mark, as far as there are any. */
export function planTextFor(ids: FleetIds | readonly FleetIds[], overrides: PlanOverrides = {}): string {
  const {
    batchSize,
    batchInterval,
    deadSideDeadline,
    replicated = {},
    extensions,
    backup,
    drift,
    identity,
    ...ofPairs
  } = overrides
  const pairs = [ids].flat().flatMap((fleet) => [
    ...(fleet.pooled.primary.vms.length > 0
      ? [{ ...pooledPair(fleet), ...(backup && { backup: { shares: true } }) }]
      : []),
    ...(fleet.personal.vms.length > 0
      ? [
          {
            ...personalPair(fleet, replicated.reprotect ?? 'manual'),
            ...present({ ...replicated, reprotect: undefined }),
            ...(backup && { backup: { machines: true } }),
          },
        ]
      : []),
  ])
  const [first] = [ids].flat()
  return stringify({
    version: 1,
    name: 'contoso-desktops',
    limits: present({ batchSize, batchInterval, deadSideDeadline }),
    ...present({ extensions, drift }),
    ...(first && { identity: identity ?? groundInPlan(first).identity }),
    pairs: pairs.map((pair) => ({ ...pair, ...present(ofPairs) })),
  })
}

const pooledPair = (ids: FleetIds) => ({
  id: `pooled-${ids.mark}uk`,
  strategy: 'pooledStandby',
  tier: 1,
  primary: sideOf(ids, ids.pooled.primary),
  secondary: sideOf(ids, ids.pooled.secondary),
  applicationGroups: ids.pooled.primary.applicationGroups.map((primary, i) => ({
    primary: nameOf(primary),
    secondary: nameOf(ids.pooled.secondary.applicationGroups[i] ?? ''),
  })),
  groups: ids.groups.map(({ name, id }) => ({ name, id })),
  profiles: groundInPlan(ids).profiles,
  packages: groundInPlan(ids).packages,
})

const sideOf = ({ subscription, exclusionTag }: FleetIds, side: SideIds) => ({
  subscription,
  resourceGroup: groupOf(side.resourceGroup),
  hostPool: nameOf(side.hostPool),
  region: side.location,
  exclusionTag,
})

/** One pool: only region and resource group of the machines differ. */
const personalPair = (
  { mark, subscription, personal, primaryLocation, secondaryLocation }: FleetIds,
  start: 'auto' | 'manual',
) => {
  const resourceGroup = parseArmId(personal.hostPool)?.resourceGroup ?? ''
  const pool = { subscription, resourceGroup, hostPool: nameOf(personal.hostPool) }
  return {
    id: `personal-${mark}uk`,
    strategy: 'personalReplicated',
    tier: 2,
    primary: { ...pool, region: primaryLocation, vmResourceGroup: groupOf(personal.resourceGroup) },
    secondary: { ...pool, region: secondaryLocation, vmResourceGroup: groupOf(personal.targetResourceGroup) },
    vault: personal.vault,
    reprotect: { cacheStorage: personal.cacheStorage, start },
  }
}

const nameOf = (id: string): string => parseArmId(id)?.name ?? ''
const groupOf = (id: string): string => id.split('/').at(-1) ?? ''

const present = (options: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
