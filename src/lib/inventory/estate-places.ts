/** Where to look for what the pairs stand on: what the plan names, and what was seen of the pairs. */
import { idKey, parseArmId } from '../core/arm-id.ts'
import type { Vm } from '../model/azure.ts'
import type { PairSeen } from '../model/inventory.ts'
import type { DrPlan, PlannedSide } from '../plan/schema.ts'

export const sidesIn = ({ pairs }: DrPlan): readonly PlannedSide[] =>
  pairs.flatMap(({ primary, secondary }) => [primary, secondary])

/** Storage accounts of profiles and of packages, each once. */
export function accountsIn({ pairs }: DrPlan): readonly string[] {
  const named = pairs.flatMap(({ profiles, packages }) =>
    [profiles?.accounts, packages?.accounts].flatMap((accounts) => [
      ...(accounts?.primary ?? []),
      ...(accounts?.secondary ?? []),
    ]),
  )
  return once(named)
}

/** Resource groups of what the app writes to: those of the plan, and of scaling plans, which lie where they like. */
export const writtenGroupsIn = (plan: DrPlan, pairs: Readonly<Record<string, PairSeen>>): readonly string[] =>
  once([
    ...groupsIn(plan),
    ...Object.values(pairs).flatMap(({ primary, secondary }) =>
      [...(primary.scalingPlans ?? []), ...(secondary.scalingPlans ?? [])].flatMap((scaling) => {
        const id = parseArmId(scaling.id)
        return id ? [groupId(id.subscription, id.resourceGroup)] : []
      }),
    ),
  ])

/** Where machines of all sides are: subscriptions, and names of resource groups, each once. */
export function machineGroupsIn(plan: DrPlan): [subscriptions: readonly string[], resourceGroups: readonly string[]] {
  const sides = sidesIn(plan)
  const subscriptions = sides.map(({ subscription }) => subscription.toLowerCase())
  const groups = sides.map(({ resourceGroup, vmResourceGroup }) => (vmResourceGroup ?? resourceGroup).toLowerCase())
  return [[...new Set(subscriptions)].sort(), [...new Set(groups)].sort()]
}

/** Ids of the resource groups of all sides, and of their vaults. */
export function groupsIn(plan: DrPlan): readonly string[] {
  const ofSides = sidesIn(plan).flatMap(({ subscription, resourceGroup, vmResourceGroup, applicationGroups }) =>
    [resourceGroup, vmResourceGroup, applicationGroups].flatMap((name) =>
      name === undefined ? [] : [groupId(subscription, name)],
    ),
  )
  const ofVaults = plan.pairs.flatMap(({ vault }) => {
    const id = parseArmId(vault ?? '')
    return id ? [groupId(id.subscription, id.resourceGroup)] : []
  })
  return once([...ofSides, ...ofVaults])
}

/** In lower case. */
export function subscriptionsIn(plan: DrPlan): readonly string[] {
  const vaults = plan.pairs.flatMap(({ vault }) => vault ?? [])
  const named = [...accountsIn(plan), ...vaults].flatMap((id) => parseArmId(id)?.subscription ?? [])
  const sides = sidesIn(plan).map(({ subscription }) => subscription)
  return [...new Set([...sides, ...named].map((one) => one.toLowerCase()))].sort()
}

/** Versions of gallery images that machines of the pairs were made of. */
export const imagesIn = (pairs: Readonly<Record<string, PairSeen>>): readonly string[] =>
  once(
    Object.values(pairs).flatMap(({ primary, secondary }) =>
      [...(primary.vms ?? []), ...(secondary.vms ?? [])].flatMap((vm) => versionOf(vm) ?? []),
    ),
  )

/** A machine that was made of the newest version of an image says which one that was. */
function versionOf({ image = '', imageVersion }: Vm): string | undefined {
  if (/\/galleries\/[^/]+\/images\/[^/]+\/versions\/[^/]+$/i.test(image)) return image
  return /\/galleries\/[^/]+\/images\/[^/]+$/i.test(image) && imageVersion
    ? `${image}/versions/${imageVersion}`
    : undefined
}

const groupId = (subscription: string, name: string) => `/subscriptions/${subscription}/resourceGroups/${name}`

const once = (ids: readonly string[]): readonly string[] => [...new Map(ids.map((id) => [idKey(id), id])).values()]
