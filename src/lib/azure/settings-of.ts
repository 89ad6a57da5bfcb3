import { orderedJson } from '../core/ordered-json.ts'
import type { Written } from '../model/settings.ts'
import type { Wire } from './wire.ts'

/** Those of the names that are set: texts as they are, all else as JSON with its keys in order. Null and empty count as not set. */
export function settingsOf(
  properties: Wire,
  names: Readonly<Record<string, Written>>,
): Readonly<Record<string, string>> {
  const set = Object.keys(names).flatMap((name) => {
    const value = properties[name]
    if (value === undefined || value === null || value === '') return []
    return [[name, typeof value === 'string' ? value : orderedJson(value)] as const]
  })
  return Object.fromEntries(set)
}
