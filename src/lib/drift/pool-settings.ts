/** Settings of a host pool as they can be compared with another's: what means the same is one text. */
import { orderedJson } from '../core/ordered-json.ts'
import type { HostPool } from '../model/azure.ts'

export type Settings = NonNullable<HostPool['settings']>

/**
 * Left out: what this app switches itself, what describes machines to come (`same-image` looks at those there are), and a
 * vault that each region may have of its own. Where a pool's own data lies is not among its settings.
 */
const leftOut: ReadonlySet<string> = new Set(['startVMOnConnect', 'vmTemplate', 'ssoClientSecretKeyVaultPath'])

export const comparable = (settings: Settings): Settings =>
  Object.fromEntries(
    Object.entries(settings)
      .filter(([name]) => !leftOut.has(name))
      .map(([name, value]) => [name, alike[name]?.(value) ?? value]),
  )

const alike: Readonly<Record<string, (value: string) => string>> = { customRdpProperty: rdpOf, agentUpdate: updatesOf }

/** `name:type:value;` in any order: which comes first means nothing. */
function rdpOf(value: string): string {
  const parts = value.split(';').map((part) => part.trim())
  return parts
    .filter((part) => part !== '')
    .sort()
    .join(';')
}

/** `AgentUpdateProperties` (api-version 2024-04-03). What a newer Azure adds is told in one region before the other. */
const updateFields = ['type', 'useSessionHostLocalTime', 'maintenanceWindowTimeZone', 'maintenanceWindows']
const windowFields = ['hour', 'dayOfWeek']

function updatesOf(json: string): string {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value !== 'object') return json
    const fields = picked(value, updateFields)
    const windows = fields.maintenanceWindows
    if (!Array.isArray(windows)) return orderedJson(fields)
    const sorted = windows.map((one) => orderedJson(picked(one, windowFields))).sort()
    return orderedJson({ ...fields, maintenanceWindows: sorted.map((one) => JSON.parse(one)) })
  } catch {
    return json
  }
}

/** Null is not set. */
const picked = (value: unknown, names: readonly string[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(Object(value)).filter(([name, inner]) => names.includes(name) && inner !== null))
