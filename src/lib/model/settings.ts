/**
 * Azure's properties that a fix may write, and how: `settings` of pools, groups and applications are texts as they are, and
 * JSON with its keys in order for all else. What is not named here is never written.
 */
import { orderedJson } from '../core/ordered-json.ts'

export type Written = 'text' | 'json'

/** Those of a host pool that can be changed later (HostPoolPatch, api-version 2024-04-03). Start VM on Connect is left to steps of its own. */
export const poolSettings: Readonly<Record<string, Written>> = {
  agentUpdate: 'json',
  customRdpProperty: 'text',
  loadBalancerType: 'text',
  maxSessionLimit: 'json',
  personalDesktopAssignmentType: 'text',
  preferredAppGroupType: 'text',
  publicNetworkAccess: 'text',
  ssoClientId: 'text',
  ssoClientSecretKeyVaultPath: 'text',
  ssoSecretType: 'text',
  ssoadfsAuthority: 'text',
  validationEnvironment: 'json',
  vmTemplate: 'text',
}

export const applicationGroupSettings: Readonly<Record<string, Written>> = {
  description: 'text',
  friendlyName: 'text',
  showInFeed: 'json',
}

export const applicationSettings: Readonly<Record<string, Written>> = {
  applicationType: 'text',
  commandLineArguments: 'text',
  commandLineSetting: 'text',
  description: 'text',
  filePath: 'text',
  friendlyName: 'text',
  iconIndex: 'json',
  iconPath: 'text',
  msixPackageApplicationId: 'text',
  msixPackageFamilyName: 'text',
  showInPortal: 'json',
}

/** As Azure takes it. Undefined: not to be written, or not JSON where it should be. */
export function wireValue(names: Readonly<Record<string, Written>>, name: string, value: string): unknown {
  if (!Object.hasOwn(names, name)) return undefined
  if (names[name] === 'text') return value
  try {
    // Azure's schema takes no null inside (HostPoolPatch): what is not set is left out.
    return withoutNulls(JSON.parse(value))
  } catch {
    return undefined
  }
}

/** Azure leaves out in one place what it tells as empty in another, at the top and inside. */
export const isSameSetting = (a: string | undefined, b: string | undefined): boolean => shown(a) === shown(b)

function shown(value = ''): string {
  const text = /^[{[]/.test(value) ? setOnly(value) : value
  return text === 'null' || text === '[]' || text === '{}' ? '' : text
}

/** Without what is null, keys in order; a text that only looks like JSON stays as it is. */
function setOnly(json: string): string {
  try {
    return orderedJson(withoutNulls(JSON.parse(json)))
  } catch {
    return json
  }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (value === null || typeof value !== 'object') return value
  const set = Object.entries(value).filter(([, inner]) => inner !== null)
  return Object.fromEntries(set.map(([name, inner]) => [name, withoutNulls(inner)]))
}

/** Those of `wanted` that can be written are there alike; what else there is does not matter. */
export const hasSettings = (
  seen: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
  names: Readonly<Record<string, Written>>,
): boolean => Object.keys(names).every((name) => isSameSetting(seen[name], wanted[name]))
