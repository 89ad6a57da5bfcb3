import { guidOf } from '../arm/avd-resource.ts'
import { completeOptions, type FleetName, type FleetOptions, optionsOf } from './fleet-options.ts'

export type SideIds = {
  readonly location: string
  readonly resourceGroup: string
  readonly hostPool: string
  /** The Desktop one first. */
  readonly applicationGroups: readonly string[]
  readonly workspace: string
  readonly scalingPlan: string
  /** Ids of the VMs; a session host has its VM's name. */
  readonly vms: readonly string[]
}

export type FleetIds = {
  /** In the names of everything below; empty where a fleet is alone. */
  readonly mark: string
  readonly tenant: string
  readonly subscription: string
  readonly primaryLocation: string
  readonly secondaryLocation: string
  /** Of the scaling plans; a VM with it is left alone. */
  readonly exclusionTag: string
  readonly pooled: { readonly primary: SideIds; readonly secondary: SideIds }
  readonly personal: {
    readonly hostPool: string
    readonly applicationGroup: string
    readonly resourceGroup: string
    readonly targetResourceGroup: string
    readonly vms: readonly string[]
    readonly vault: string
    /** Storage accounts replication goes through, by the side whose region they are in. */
    readonly cacheStorage: { readonly primary: string; readonly secondary: string }
    /** What the Azure Monitor agents of its machines collect. */
    readonly dataCollectionRule: string
    readonly keyVault: string
    /** Protected settings of an extension, in the key vault. */
    readonly secretUrl: string
  }
  /** Groups with access to the pooled pair, in the order of their application groups; `personal` last. */
  readonly groups: readonly { readonly id: string; readonly name: string }[]
  readonly personalGroup: { readonly id: string; readonly name: string }
  readonly users: readonly { readonly id: string; readonly name: string }[]
}

const tenant = '72f00000-0000-4000-8000-000000000001'
const subscription = '3b6f9d52-7c1e-4a85-9f20-5d8e6a4c1b70'
const groupId = (name: string) => `/subscriptions/${subscription}/resourceGroups/${name}`
const avd = (group: string, type: string, name: string) =>
  `${groupId(group)}/providers/Microsoft.DesktopVirtualization/${type}/${name}`
const applicationGroupNames = ['dag-desktop', 'rag-office', 'rag-finance']
const groupNames = ['grp-avd-desktop', 'grp-avd-office', 'grp-avd-finance', 'grp-avd-callcenter', 'grp-avd-external']

/** The ids of everything a fleet has, without making it. */
export function fleetIds(fleet: FleetName | Partial<FleetOptions>, overrides: Partial<FleetOptions> = {}): FleetIds {
  const options = typeof fleet === 'string' ? optionsOf(fleet, overrides) : completeOptions({ ...fleet, ...overrides })
  const { personalVms, groups, users, mark } = options
  return {
    mark,
    tenant,
    subscription,
    primaryLocation: 'uksouth',
    secondaryLocation: 'ukwest',
    exclusionTag: 'dr-exclude',
    pooled: {
      primary: sideIds('uksouth', `${mark}uks`, {
        ...options,
        pooledHosts: options.primaryHosts ?? options.pooledHosts,
      }),
      secondary: sideIds('ukwest', `${mark}ukw`, options),
    },
    personal: {
      hostPool: avd('rg-avd-personal-uksouth', 'hostPools', 'hp-personal'),
      applicationGroup: avd('rg-avd-personal-uksouth', 'applicationGroups', 'dag-personal'),
      resourceGroup: groupId('rg-avd-personal-uksouth'),
      targetResourceGroup: groupId('rg-avd-personal-ukwest'),
      vms: vmIds('rg-avd-personal-uksouth', 'avdd-uks', personalVms),
      vault: `${groupId('rg-dr-ukwest')}/providers/Microsoft.RecoveryServices/vaults/rsv-dr-ukwest`,
      cacheStorage: {
        primary: storageAccount('rg-avd-personal-uksouth', 'asrcacheuksouth'),
        secondary: storageAccount('rg-dr-ukwest', 'asrcacheukwest'),
      },
      dataCollectionRule: `${groupId('rg-dr-ukwest')}/providers/Microsoft.Insights/dataCollectionRules/dcr-avd`,
      keyVault: `${groupId('rg-dr-ukwest')}/providers/Microsoft.KeyVault/vaults/kv-dr-ukwest`,
      secretUrl: 'https://kv-dr-ukwest.vault.azure.net/secrets/extension-settings/0123456789abcdef0123456789abcdef',
    },
    groups: numbered(groups).map((i) => named(`${mark}${groupNames[i] ?? `grp-avd-${i + 1}`}`)),
    personalGroup: named(`${mark}grp-avd-personal`),
    users: numbered(users).map((i) => named(`${mark}user${String(i + 1).padStart(4, '0')}@contoso.com`)),
  }
}

function sideIds(location: string, short: string, { pooledHosts, applicationGroups, mark }: FleetOptions): SideIds {
  const group = `rg-avd-${mark}${location}`
  return {
    location,
    resourceGroup: groupId(group),
    hostPool: avd(group, 'hostPools', `hp-pooled-${short}`),
    applicationGroups: numbered(applicationGroups)
      .map((i) => applicationGroupNames[i] ?? `rag-${i + 1}`)
      .map((name) => avd(group, 'applicationGroups', `${name}-${short}`)),
    workspace: avd(group, 'workspaces', `ws-avd-${short}`),
    scalingPlan: avd(group, 'scalingPlans', `sp-pooled-${short}`),
    vms: vmIds(group, `avdp-${short}`, pooledHosts),
  }
}

const storageAccount = (group: string, name: string) =>
  `${groupId(group)}/providers/Microsoft.Storage/storageAccounts/${name}`

const vmIds = (group: string, prefix: string, count: number): string[] =>
  numbered(count).map(
    (i) => `${groupId(group)}/providers/Microsoft.Compute/virtualMachines/${prefix}-${String(i + 1).padStart(4, '0')}`,
  )

const named = (name: string) => ({ id: guidOf(name), name })
const numbered = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
