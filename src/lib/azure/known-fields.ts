/** Fields of nested properties that are compared: one that is new to us may be shown in one region and not yet in another. */
import { record } from './wire.ts'

export const agentUpdateFields: ReadonlySet<string> = new Set([
  'dayOfWeek',
  'hour',
  'maintenanceWindows',
  'maintenanceWindowTimeZone',
  'type',
  'useSessionHostLocalTime',
])

/** `ScalingSchedule` of api-version 2024-04-03. */
export const scheduleFields: ReadonlySet<string> = new Set([
  'daysOfWeek',
  'hour',
  'minute',
  'name',
  ...['StartTime', 'LoadBalancingAlgorithm'].flatMap((what) =>
    ['rampUp', 'peak', 'rampDown', 'offPeak'].map((phase) => phase + what),
  ),
  ...['MinimumHostsPct', 'CapacityThresholdPct'].flatMap((what) => [`rampUp${what}`, `rampDown${what}`]),
  'rampDownForceLogoffUsers',
  'rampDownNotificationMessage',
  'rampDownStopHostsWhen',
  'rampDownWaitTimeMinutes',
])

/** The same without other fields, at whatever depth, and without those that are null. */
export function knownOnly(value: unknown, fields: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((entry) => knownOnly(entry, fields))
  const object = record(value)
  if (!object) return value
  const kept = Object.entries(object).filter(([name, inner]) => fields.has(name) && inner !== null)
  return Object.fromEntries(kept.map(([name, inner]) => [name, knownOnly(inner, fields)]))
}
