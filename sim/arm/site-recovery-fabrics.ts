import { type Vault, worldOf } from '../estate/world.ts'
import { resourceNotFound } from './answers.ts'
import { guidOf } from './avd-resource.ts'
import { listAnswer } from './paging.ts'
import {
  capital,
  containerPath,
  containerType,
  itemsOf,
  vaultPath,
  vaultType,
  withVault,
} from './site-recovery-resource.ts'
import type { Route, Sim, SimRequest, SimResponse } from './types.ts'

const policy = '24-hour-retention-policy'
/** Names the portal gives when replication is enabled per VM (recorded). */
export const fabricOf = (location: string): string => `asr-a2a-default-${location}`
export const containerOf = (location: string): string => `${fabricOf(location)}-container`

const displayNames: Readonly<Record<string, string>> = { uksouth: 'UK South', ukwest: 'UK West' }
export const regionName = (location: string): string => displayNames[location.toLowerCase()] ?? location

export const fabricRoutes: readonly Route[] = [
  read(`${vaultPath}/replicationFabrics`, `${vaultType}/replicationFabrics`, (request, vault, sim) =>
    page(
      sim,
      request,
      vault.regions.map((region) => fabricBody(vault, region)),
    ),
  ),
  read(
    `${vaultPath}/replicationFabrics/{fabric}`,
    `${vaultType}/replicationFabrics`,
    (_request, vault, _sim, params) => {
      const region = vault.regions.find((location) => fabricOf(location) === params.fabric?.toLowerCase())
      return region === undefined ? missing(params) : { status: 200, body: fabricBody(vault, region) }
    },
  ),
  read(
    `${vaultPath}/replicationFabrics/{fabric}/replicationProtectionContainers`,
    containerType,
    (request, vault, sim, params) => {
      const region = vault.regions.find((location) => fabricOf(location) === params.fabric?.toLowerCase())
      return region === undefined ? missing(params) : page(sim, request, [containerBody(sim, vault, region)])
    },
  ),
  read(`${vaultPath}/replicationProtectionContainers`, containerType, (request, vault, sim) =>
    page(
      sim,
      request,
      vault.regions.map((region) => containerBody(sim, vault, region)),
    ),
  ),
  read(
    `${containerPath}/replicationProtectionContainerMappings`,
    `${containerType}/replicationProtectionContainerMappings`,
    (request, vault, sim) => page(sim, request, mappings(vault)),
  ),
  read(
    `${vaultPath}/replicationProtectionContainerMappings`,
    `${containerType}/replicationProtectionContainerMappings`,
    (request, vault, sim) => page(sim, request, mappings(vault)),
  ),
  read(`${vaultPath}/replicationPolicies`, `${vaultType}/replicationPolicies`, (request, vault, sim) =>
    page(sim, request, [policyBody(vault)]),
  ),
]

function read(path: string, type: string, handle: Parameters<typeof withVault>[0]): Route {
  return { method: 'GET', path, bucket: 'reads', action: `${type}/read`, handle: withVault(handle) }
}

const page = (sim: Sim, request: SimRequest, entries: readonly object[]): SimResponse =>
  listAnswer(sim, request, entries, (entry) => entry, { pageSize: worldOf(sim).switches.pageSize })

const missing = ({ vault, fabric, group }: Readonly<Record<string, string>>): SimResponse =>
  resourceNotFound(`${vaultType}/replicationFabrics`, `${vault}/${fabric}`, group ?? '')

const fabricId = (vault: Vault, location: string) => `${capital(vault.id)}/replicationFabrics/${fabricOf(location)}`
const containerId = (vault: Vault, location: string) =>
  `${fabricId(vault, location)}/replicationProtectionContainers/${containerOf(location)}`
export const policyId = (vault: string): string => `${capital(vault)}/replicationPolicies/${policy}`

/** Recorded: the container's GUID instead of its name. */
function fabricBody(vault: Vault, location: string) {
  const encryption = { kekState: 'None', kekCertThumbprint: null }
  const container = `${fabricId(vault, location)}/replicationProtectionContainers/${guidOf(containerOf(location))}`
  return {
    name: fabricOf(location),
    type: `${vaultType}/replicationFabrics`,
    id: fabricId(vault, location),
    properties: {
      friendlyName: regionName(location),
      encryptionDetails: encryption,
      rolloverEncryptionDetails: encryption,
      internalIdentifier: guidOf(fabricOf(location)),
      bcdrState: 'Valid',
      customDetails: { instanceType: 'Azure', location, containerIds: [container] },
      healthErrorDetails: [],
      health: 'Normal',
    },
  }
}

function containerBody(sim: Sim, vault: Vault, location: string) {
  const items = itemsOf(sim, vault).filter(({ container }) => container === containerOf(location))
  return {
    id: containerId(vault, location),
    name: containerOf(location),
    type: containerType,
    properties: {
      fabricFriendlyName: regionName(location),
      friendlyName: containerOf(location),
      fabricType: 'Azure',
      protectedItemCount: items.length,
      pairingStatus: 'Paired',
      role: location === vault.regions[0] ? 'Primary' : 'Recovery',
      fabricSpecificDetails: null,
    },
  }
}

/** Recorded: the list of any container has the mappings of both directions. */
function mappings(vault: Vault) {
  const [source, target] = vault.regions
  return [mappingBody(vault, target, source), mappingBody(vault, source, target)]
}

function mappingBody(vault: Vault, from: string, to: string) {
  const name = `${from}-${to}-${policy}`
  return {
    id: `${containerId(vault, from)}/replicationProtectionContainerMappings/${name}`,
    name,
    type: `${containerType}/replicationProtectionContainerMappings`,
    properties: {
      targetProtectionContainerId: containerId(vault, to),
      targetProtectionContainerFriendlyName: containerOf(to),
      providerSpecificDetails: { instanceType: 'A2A', agentAutoUpdateStatus: 'Disabled' },
      health: 'Normal',
      healthErrorDetails: [],
      policyId: policyId(vault.id),
      state: 'Paired',
      sourceProtectionContainerFriendlyName: containerOf(from),
      sourceFabricFriendlyName: regionName(from),
      targetFabricFriendlyName: regionName(to),
      policyFriendlyName: policy,
    },
  }
}

function policyBody(vault: Vault) {
  return {
    id: policyId(vault.id),
    name: policy,
    type: `${vaultType}/replicationPolicies`,
    properties: {
      friendlyName: policy,
      providerSpecificDetails: {
        instanceType: 'A2A',
        recoveryPointThresholdInMinutes: 0,
        recoveryPointHistory: 1440,
        appConsistentFrequencyInMinutes: 240,
        multiVmSyncStatus: 'Enabled',
        crashConsistentFrequencyInMinutes: 5,
        status: false,
        associatedItemsCount: 0,
        dataSourceType: 'VM',
      },
    },
  }
}
