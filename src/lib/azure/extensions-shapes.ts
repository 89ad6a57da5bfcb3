import { idKey } from '../core/arm-id.ts'
import { orderedJson } from '../core/ordered-json.ts'
import type { DataCollectionAssociation, VmExtension, VmWithExtensions } from '../model/azure.ts'
import { list, record, text, texts, type Wire } from './wire.ts'

/** As Resource Manager writes one, and Resource Graph after it. Undefined without name, publisher, type or version. */
export function extensionOf(value: unknown): VmExtension | undefined {
  const extension = record(value)
  const properties = record(extension?.properties) ?? {}
  const name = text(extension?.name)
  const publisher = text(properties.publisher)
  const type = text(properties.type)
  const version = text(properties.typeHandlerVersion)
  if (!name || !publisher || !type || !version) return undefined
  const settings = settingsOf(properties.settings)
  const provisionAfter = texts(properties.provisionAfterExtensions)
  const { autoUpgradeMinorVersion, enableAutomaticUpgrade } = properties
  return {
    name,
    publisher,
    type,
    version,
    state: text(properties.provisioningState) ?? 'Unknown',
    ...(typeof autoUpgradeMinorVersion === 'boolean' && { autoUpgradeMinorVersion }),
    ...(typeof enableAutomaticUpgrade === 'boolean' && { enableAutomaticUpgrade }),
    ...(settings !== undefined && { settings }),
    ...(provisionAfter.length > 0 && { provisionAfter }),
  }
}

/** Asked for without any, Compute shows an empty object or null. */
function settingsOf(value: unknown): string | undefined {
  const settings = record(value)
  return settings && Object.keys(settings).length > 0 ? orderedJson(settings) : undefined
}

/** Of a VM that was read with its instance view. Undefined without location, or when an extension cannot be identified. */
export function vmWithExtensionsOf(value: unknown): VmWithExtensions | undefined {
  const vm = record(value)
  const properties = record(vm?.properties)
  const location = text(vm?.location)
  if (!properties || !location) return undefined
  const view = record(properties.instanceView) ?? {}
  const extensions: VmExtension[] = []
  for (const entry of list(vm?.resources)) {
    const extension = extensionOf(entry)
    if (!extension) return undefined
    const problem = problemOf(view, extension.name)
    extensions.push({ ...extension, ...(problem !== undefined && { problem }) })
  }
  const uniqueId = text(properties.vmId)
  return {
    location,
    isAgentReady: isReady(view),
    extensions,
    ...(uniqueId !== undefined && { uniqueId: uniqueId.toLowerCase() }),
  }
}

/** A machine that has just come up says `ProvisioningState/Unavailable`, "Not Ready". */
const isReady = (view: Wire): boolean =>
  list(record(view.vmAgent)?.statuses).some((status) =>
    /^ProvisioningState\/succeeded$/i.test(text(record(status)?.code) ?? ''),
  )

/** Whole pages of a script's output have been seen there. */
const longestProblem = 300

function problemOf(view: Wire, name: string): string | undefined {
  const own = list(view.extensions)
    .map((entry) => record(entry))
    .find((entry) => text(entry?.name)?.toLowerCase() === name.toLowerCase())
  const failure = list(own?.statuses)
    .map((status) => record(status))
    .find((status) => /^error$/i.test(text(status?.level) ?? '') || /\/failed/i.test(text(status?.code) ?? ''))
  return (text(failure?.message) ?? text(failure?.displayStatus))?.slice(0, longestProblem)
}

/** Undefined without a name. */
export function associationOf(value: unknown): DataCollectionAssociation | undefined {
  const association = record(value)
  const properties = record(association?.properties) ?? {}
  const name = text(association?.name)
  if (!name) return undefined
  const ruleId = text(properties.dataCollectionRuleId)
  const endpointId = text(properties.dataCollectionEndpointId)
  return { name, ...(ruleId !== undefined && { ruleId }), ...(endpointId !== undefined && { endpointId }) }
}

export type Row<T> = { readonly vmId: string; readonly value: T }

/** A row of Resource Graph's about something that belongs to a VM, which its id begins with. */
export function rowOf<T>(value: unknown, map: (value: unknown) => T | undefined): Row<T> | undefined {
  const vmId = vmIdIn.exec(text(record(value)?.id) ?? '')?.[1]
  const mapped = map(value)
  return vmId === undefined || mapped === undefined ? undefined : { vmId, value: mapped }
}

const vmIdIn =
  /^(\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.compute\/virtualmachines\/[^/]+)(?:\/|$)/i

export const byVm = <T>(rows: readonly Row<T>[]): Map<string, Row<T>[]> => Map.groupBy(rows, ({ vmId }) => idKey(vmId))
