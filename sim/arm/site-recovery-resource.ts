import { idKey } from '../../src/lib/core/arm-id.ts'
import { type Vault, worldOf } from '../estate/world.ts'
import { resourceNotFound } from './answers.ts'
import type { SimReplicatedItem } from './estate-types.ts'
import type { Route, Sim, SimRequest, SimResponse } from './types.ts'

export const vaultPath =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.RecoveryServices/vaults/{vault}'
export const containerPath = `${vaultPath}/replicationFabrics/{fabric}/replicationProtectionContainers/{container}`
export const itemPath = `${containerPath}/replicationProtectedItems/{item}`
export const vaultType = 'Microsoft.RecoveryServices/vaults'
export const containerType = `${vaultType}/replicationFabrics/replicationProtectionContainers`
export const itemType = `${containerType}/replicationProtectedItems`

/** Recorded: Site Recovery begins its ids with `/Subscriptions/`, capital. */
export const capital = (id: string): string => id.replace(/^\/subscriptions\//i, '/Subscriptions/')

/** An id below the vault of the item, in the vault's own letter case. */
export function asrId(id: string, item: { readonly vault: string }): string {
  return capital(`${item.vault}${id.slice(item.vault.length)}`)
}

type VaultHandler = (
  request: SimRequest,
  vault: Vault,
  sim: Sim,
  params: Readonly<Record<string, string>>,
) => SimResponse

/** Finds the vault the path names, or answers 404. */
export function withVault(handle: VaultHandler): Route['handle'] {
  return (request, params, sim) => {
    const found = worldOf(sim).vaults.get(vaultKey(params))
    return found
      ? handle(request, found, sim, params)
      : resourceNotFound(vaultType, params.vault ?? '', params.group ?? '')
  }
}

type ItemHandler = (request: SimRequest, item: SimReplicatedItem, sim: Sim) => SimResponse

/** Finds the replicated item the path names, or answers 404. */
export function withItem(handle: ItemHandler): Route['handle'] {
  return (request, params, sim) => {
    const { fabric = '', container = '', item = '', vault = '', group = '' } = params
    const key = `${vaultKey(params)}/replicationfabrics/${fabric}/replicationprotectioncontainers/${container}/replicationprotecteditems/${item}`
    const found = sim.estate.replicatedItems.get(key.toLowerCase())
    return found
      ? handle(request, found, sim)
      : resourceNotFound(itemType, `${vault}/${fabric}/${container}/${item}`, group)
  }
}

export const itemsOf = (sim: Sim, vault: Vault): SimReplicatedItem[] => {
  const key = idKey(vault.id)
  return [...sim.estate.replicatedItems.values()].filter((item) => item.vault === vault.id || idKey(item.vault) === key)
}

const vaultKey = ({ subscription, group, vault }: Readonly<Record<string, string>>): string =>
  `/subscriptions/${subscription}/resourcegroups/${group}/providers/microsoft.recoveryservices/vaults/${vault}`.toLowerCase()
