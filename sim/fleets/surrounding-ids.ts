/** Ids of what the pools of a fleet stand on, and what a plan says of it. */
import { parseArmId } from '../../src/lib/core/arm-id.ts'
import type { FleetIds, SideIds } from './fleet-ids.ts'

export type SideGround = {
  readonly location: string
  readonly resourceGroup: string
  /** Profiles, Office containers, app packages. */
  readonly storage: { readonly profiles: string; readonly office: string; readonly packages: string }
  /** Where the machines are; its subnet is `default`. */
  readonly network: string
}

export type RegionGround = {
  readonly location: string
  readonly hub: string
  readonly hubGroup: string
  readonly gateway: string
  readonly identityGroup: string
  readonly domainControllers: readonly string[]
  /** Of the domain controllers, and of the hub. */
  readonly dns: readonly string[]
}

export type GroundIds = {
  readonly pooled: { readonly primary: SideGround; readonly secondary: SideGround }
  readonly primary: RegionGround
  readonly secondary: RegionGround
  readonly recoveryGroup: string
  readonly gallery: string
  readonly imageVersion: string
  /** Of each side its own. */
  readonly logAnalytics: { readonly primary: string; readonly secondary: string }
  readonly backupGroup: string
  readonly backupVault: string
  readonly personalWorkspace: string
  /** Reservation groups: of the standby hosts, of the machines that failovers make. */
  readonly reservations: { readonly pooled: string; readonly personal: string }
}

export function groundIds(ids: FleetIds): GroundIds {
  const { subscription, primaryLocation, secondaryLocation, pooled, personal } = ids
  const group = (name: string) => `/subscriptions/${subscription}/resourceGroups/${name}`
  const recoveryGroup = personal.vault.split('/').slice(0, 5).join('/')
  const gallery = `${recoveryGroup}/providers/Microsoft.Compute/galleries/gal_avd`
  const backupGroup = group('rg-backup-uksouth')
  const region = (location: string, short: string, net: number, controllers: readonly string[]): RegionGround => {
    const hubGroup = group(`rg-hub-${location}`)
    const identityGroup = group(`rg-identity-${location}`)
    return {
      location,
      hubGroup,
      hub: `${hubGroup}/providers/Microsoft.Network/virtualNetworks/vnet-hub-${location}`,
      gateway: `${hubGroup}/providers/Microsoft.Network/virtualNetworkGateways/ergw-${short}`,
      identityGroup,
      domainControllers: controllers.map(
        (name) => `${identityGroup}/providers/Microsoft.Compute/virtualMachines/${name}`,
      ),
      dns: controllers.map((_, i) => `10.${net}.0.${i + 4}`),
    }
  }
  return {
    pooled: { primary: sideGround(ids, pooled.primary), secondary: sideGround(ids, pooled.secondary) },
    primary: region(primaryLocation, 'uks', 0, ['dc-uks-1', 'dc-uks-2']),
    secondary: region(secondaryLocation, 'ukw', 1, ['dc-ukw-1']),
    recoveryGroup,
    gallery,
    imageVersion: `${gallery}/images/win11-avd/versions/1.4.0`,
    logAnalytics: {
      primary: `${group('rg-hub-uksouth')}/providers/Microsoft.OperationalInsights/workspaces/law-avd-uks`,
      secondary: `${recoveryGroup}/providers/Microsoft.OperationalInsights/workspaces/law-avd-ukw`,
    },
    backupGroup,
    backupVault: `${backupGroup}/providers/Microsoft.RecoveryServices/vaults/rsv-backup-uksouth`,
    personalWorkspace: `${personal.resourceGroup}/providers/Microsoft.DesktopVirtualization/workspaces/ws-avd-personal`,
    reservations: {
      pooled: `${pooled.secondary.resourceGroup}/providers/Microsoft.Compute/capacityReservationGroups/crg-pooled`,
      personal: `${personal.targetResourceGroup}/providers/Microsoft.Compute/capacityReservationGroups/crg-personal`,
    },
  }
}

function sideGround({ mark }: FleetIds, { location, resourceGroup }: SideIds): SideGround {
  const short = `${mark}${location.slice(0, 3)}`.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  const account = (name: string) =>
    `${resourceGroup}/providers/Microsoft.Storage/storageAccounts/${`${name}${short}`.slice(0, 24)}`
  return {
    location,
    resourceGroup,
    storage: { profiles: account('stprof'), office: account('stoffp'), packages: account('stapps') },
    network: `${resourceGroup}/providers/Microsoft.Network/virtualNetworks/vnet-avd-${mark}${location}`,
  }
}

/** The same in the plan's words. */
export function groundInPlan(ids: FleetIds) {
  const { pooled, primary, secondary } = groundIds(ids)
  const both = (pick: (side: SideGround) => readonly string[]) => ({
    primary: pick(pooled.primary),
    secondary: pick(pooled.secondary),
  })
  return {
    identity: { kind: 'domain', domainControllers: [...primary.domainControllers, ...secondary.domainControllers] },
    profiles: { kind: 'cloudCache', accounts: both(({ storage }) => [storage.profiles, storage.office]) },
    packages: { accounts: both(({ storage }) => [storage.packages]) },
  }
}

/** What hosts of a side tell of FSLogix by a tag: nearest account first. */
export function guestFacts(own: SideGround, other: SideGround): string {
  const name = (id: string) => parseArmId(id)?.name ?? ''
  const pair = (pick: (storage: SideGround['storage']) => string) =>
    [own, other].map(({ storage }) => name(pick(storage))).join(' ')
  const ccd = pair(({ profiles }) => profiles)
  const office = pair((storage) => storage.office)
  return JSON.stringify({ type: 0, vhd: 0, ccd, office, officeVhd: 0 })
}
