/**
 * Resource ids of Azure Resource Manager, `/subscriptions/{s}/resourceGroups/{g}/providers/{namespace}/{type}/{name}…`.
 *
 * Services disagree about letter case (Site Recovery: `/Subscriptions/…`, AVD: `resourcegroups`), so ids are compared
 * without it, and a key made of an id is always lower case.
 */
export type ArmId = {
  readonly subscription: string
  readonly resourceGroup: string
  /** `Microsoft.Compute/virtualMachines`, nested types joined by `/`. */
  readonly type: string
  /** The last name in the id. */
  readonly name: string
  /** Every name in the id, outermost first. */
  readonly names: readonly string[]
}

const pattern = /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/([^/]+)\/(.+)$/i

/** Undefined when the text is not the id of a resource in a resource group. */
export function parseArmId(id: string): ArmId | undefined {
  const match = pattern.exec(id)
  if (!match) return undefined
  const [, subscription = '', resourceGroup = '', namespace = '', rest = ''] = match
  const parts = rest.split('/')
  if (parts.length % 2 !== 0 || parts.includes('')) return undefined
  const types = parts.filter((_, i) => i % 2 === 0)
  const names = parts.filter((_, i) => i % 2 === 1)
  return { subscription, resourceGroup, type: [namespace, ...types].join('/'), name: names.at(-1) ?? '', names }
}

/** One spelling per resource: for comparing and for keys. */
export const idKey = (id: string): string => id.replace(/\/+/g, '/').replace(/\/$/, '').toLowerCase()

export const sameId = (a: string, b: string): boolean => idKey(a) === idKey(b)
