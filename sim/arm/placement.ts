import type { Estate } from './estate-types.ts'
import type { SimRequest } from './types.ts'

/** Where a request goes, as far as throttling and lost regions care. */
export type Placement = {
  /** Lower case; '' at tenant level. */
  readonly subscription: string
  /** Lower case; undefined for what has no region of its own. */
  readonly region: string | undefined
  /** Lower-case id of the VM, when the request is about one. */
  readonly vm: string | undefined
}

/** Providers that live in the region of their resources. AVD metadata and role assignments are global. */
const regional = /\/providers\/microsoft\.(compute|network|storage|keyvault|recoveryservices)(\/|$)/
const globalExtension = /\/providers\/microsoft\.(authorization|insights|resourcehealth)\//

export function placementOf(path: string, estate: Estate): Placement {
  const lower = path.toLowerCase()
  const subscription = /^\/subscriptions\/([^/]+)/.exec(lower)?.[1] ?? ''
  if (!regional.test(lower) || globalExtension.test(lower)) return { subscription, region: undefined, vm: undefined }
  const vm = /^.*?\/providers\/microsoft\.compute\/virtualmachines\/[^/]+/.exec(lower)?.[0]
  return { subscription, region: regionOf(lower, vm, estate), vm }
}

/** Whose services a request is about: also where only its filter says so. */
export const regionAsked = ({ query }: SimRequest, { region }: Placement): string | undefined =>
  region ?? /^location eq '([^']+)'$/i.exec(query.$filter ?? '')?.[1]?.toLowerCase()

export const isDead = (placement: Placement, estate: Estate): boolean =>
  placement.region !== undefined && estate.deadRegions.has(placement.region)

function regionOf(path: string, vm: string | undefined, estate: Estate): string | undefined {
  const named = /\/locations\/([^/]+)/.exec(path)?.[1]
  if (named !== undefined) return named
  const machine = vm === undefined ? undefined : estate.vms.get(vm)
  if (machine) return machine.location.toLowerCase()
  const resource = /^(\/subscriptions\/[^/]+\/resourcegroups\/[^/]+)\/providers\/[^/]+\/[^/]+\/[^/]+/.exec(path)?.[0]
  const group = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+/.exec(path)?.[0]
  const known = (id: string | undefined) => (id === undefined ? undefined : estate.locations.get(id)?.toLowerCase())
  return known(resource) ?? known(group) ?? regionOfMachinesIn(group, estate)
}

/** A resource group whose region nobody noted lives where its machines do. */
function regionOfMachinesIn(group: string | undefined, estate: Estate): string | undefined {
  if (group === undefined) return undefined
  for (const [id, machine] of estate.vms) if (id.startsWith(`${group}/`)) return machine.location.toLowerCase()
  return undefined
}
