/** Extensions of VMs, Microsoft.Compute api-version 2026-04-01, and what the Azure Monitor agent is to collect there. */
import { idKey, parseArmId } from '../core/arm-id.ts'
import type { Answer } from '../core/fault.ts'
import type { ExtensionsOfVm, VmExtension } from '../model/azure.ts'
import type { Extensions, ExtensionToPut, Fence } from '../ports/gateways.ts'
import { done, readAllAs, readAs, refused } from './calls.ts'
import type { AzureClients } from './clients.ts'
import { associationOf, byVm, extensionOf, rowOf, vmWithExtensionsOf } from './extensions-shapes.ts'
import { associationsOf, extensionsOf, vmsOf } from './graph-queries.ts'
import { gone, misnamed } from './outcomes.ts'
import { pagesOf } from './pages.ts'
import { actions as graphRights, graphRows } from './resource-graph.ts'
import { record, text } from './wire.ts'

/** The rights this gateway needs. */
export const actions: readonly string[] = [
  'Microsoft.Compute/virtualMachines/extensions/delete',
  'Microsoft.Compute/virtualMachines/extensions/read',
  'Microsoft.Compute/virtualMachines/extensions/write',
  'Microsoft.Compute/virtualMachines/instanceView/read',
  'Microsoft.Compute/virtualMachines/read',
  'Microsoft.Insights/dataCollectionRuleAssociations/read',
  'Microsoft.Insights/dataCollectionRuleAssociations/write',
  'Microsoft.Insights/dataCollectionRules/read',
  'Microsoft.KeyVault/vaults/deploy/action',
  ...graphRights,
]

const computeVersion = 'api-version=2026-04-01'
const associationVersion = 'api-version=2022-06-01'
const associationType = 'Microsoft.Insights/dataCollectionRuleAssociations'

type Azure = Pick<AzureClients, 'compute' | 'calls' | 'get' | 'put' | 'query' | 'pause'>

export function createExtensions(azure: Azure): Extensions {
  const { calls, get } = azure
  return {
    async ofVm(vmId) {
      const vm = vmAt(vmId)
      if (!vm) return misnamed(vmId)
      const read = () => get(vm.subscription, `${vm.path}?$expand=instanceView&${computeVersion}`)
      return readAs(await calls.one(read), 'The VM', vmWithExtensionsOf)
    },
    all: (subscription, resourceGroup) => all(azure, subscription, resourceGroup),
    async associations(vmId) {
      const vm = vmAt(vmId)
      if (!vm) return misnamed(vmId)
      const first = `${vm.path}/providers/${associationType}?${associationVersion}`
      const listing = await calls.all(() => pagesOf(get, vm.subscription, first))
      return readAllAs(listing, 'A data-collection association', associationOf)
    },
    async allAssociations(subscription, resourceGroup) {
      const query = { subscriptions: [subscription], text: associationsOf(resourceGroup) }
      const rows = await graphRows(azure, query, 'A data-collection association', (row) => rowOf(row, associationOf))
      if (rows.kind !== 'ok') return rows
      const all = [...byVm(rows.value)].map(([key, own]) => [key, own.map(({ value }) => value)] as const)
      return { kind: 'ok', value: new Map(all) }
    },
    ...writesOf(azure),
  }
}

/** Two lists: only a VM's own row says which machine it is, and those without any extension have no other. */
async function all(azure: Azure, subscription: string, group: string): Promise<Answer<readonly ExtensionsOfVm[]>> {
  const ofVms = { subscriptions: [subscription], text: vmsOf(group) }
  const ofExtensions = { subscriptions: [subscription], text: extensionsOf(group) }
  const vms = await graphRows(azure, ofVms, 'A VM', (row) => rowOf(row, uniqueIdOf))
  if (vms.kind !== 'ok') return vms
  const once = createOnce<VmExtension>()
  const extensions = await graphRows(azure, ofExtensions, 'An extension', (row) =>
    rowOf(row, (it) => once(extensionOf(it))),
  )
  if (extensions.kind !== 'ok') return extensions
  const owned = byVm(extensions.value)
  const value = vms.value.map(({ vmId, value: { uniqueId } }) => ({
    vmId,
    ...(uniqueId !== undefined && { uniqueId }),
    extensions: (owned.get(idKey(vmId)) ?? []).map((row) => row.value),
  }))
  return { kind: 'ok', value }
}

/** Thousands of machines have the same extensions with the same settings: one of each is enough in memory. */
function createOnce<T>(): (value: T | undefined) => T | undefined {
  const known = new Map<string, T>()
  return (value) => {
    if (value === undefined) return undefined
    const key = JSON.stringify(value)
    const first = known.get(key) ?? value
    known.set(key, first)
    return first
  }
}

const uniqueIdOf = (row: unknown) => ({ uniqueId: text(record(row)?.uniqueId)?.toLowerCase() })

function writesOf({ compute, calls, put }: Azure): Pick<Extensions, 'put' | 'remove' | 'associate'> {
  return {
    async put(vmId, extension, fence) {
      const vm = vmAt(vmId)
      if (!vm) return misnamed(vmId)
      const parameters = parametersOf(extension)
      if (!parameters) return unwritable(`The settings of ${extension.name} are not JSON`)
      const { virtualMachineExtensions } = compute(vm.subscription)
      // Only the request itself is sent: `submitted` does not poll.
      const send = () => virtualMachineExtensions.createOrUpdate(vm.group, vm.name, extension.name, parameters)
      return done(await calls.write(fence, () => send().submitted()))
    },
    async remove(vmId, name, fence) {
      const vm = vmAt(vmId)
      if (!vm) return misnamed(vmId)
      const { virtualMachineExtensions } = compute(vm.subscription)
      return gone(await calls.write(fence, () => virtualMachineExtensions.delete(vm.group, vm.name, name).submitted()))
    },
    async associate(vmId, association, fence: Fence) {
      const vm = vmAt(vmId)
      const { name, ruleId, endpointId } = association
      if (!vm || !associationName.test(name)) return misnamed(vm ? name : vmId)
      const properties = {
        ...(ruleId !== undefined && { dataCollectionRuleId: ruleId }),
        ...(endpointId !== undefined && { dataCollectionEndpointId: endpointId }),
      }
      const path = `${vm.path}/providers/${associationType}/${name}?${associationVersion}`
      return done(await calls.write(fence, () => put(vm.subscription, path, { properties })))
    },
  }
}

/** It becomes part of an address as it stands. */
const associationName = /^[\w][-\w.]*$/

const unwritable = (message: string): Answer<never> => refused({ code: 'rejected', message, retryable: false })

function parametersOf({ name: _, type, version, settings, protectedSettingsFromKeyVault, ...rest }: ExtensionToPut) {
  const parsed = settings === undefined ? undefined : objectIn(settings)
  if (settings !== undefined && !parsed) return undefined
  return {
    ...rest,
    typePropertiesType: type,
    typeHandlerVersion: version,
    ...(parsed && { settings: parsed }),
    ...(protectedSettingsFromKeyVault && {
      protectedSettingsFromKeyVault: {
        secretUrl: protectedSettingsFromKeyVault.secretUrl,
        sourceVault: { id: protectedSettingsFromKeyVault.vaultId },
      },
    }),
  }
}

function objectIn(json: string) {
  try {
    return record(JSON.parse(json))
  } catch {
    return undefined
  }
}

function vmAt(vmId: string) {
  const id = parseArmId(vmId)
  const isVm =
    id !== undefined && /^microsoft\.compute\/virtualmachines$/i.test(id.type) && !/[?#\\%]|\/\.{1,2}\//.test(vmId)
  if (!isVm) return undefined
  const { subscription, resourceGroup: group, name } = id
  const path = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Compute/virtualMachines/${name}`
  return { subscription, group, name, path }
}
